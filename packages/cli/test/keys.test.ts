import { createPublicKey } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPublicKey, loadAdminTokens } from '@callback-quorum/service'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadProducers } from '../../business-lookup/src/connectors/inbox/inbox-producers.ts'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('keys generate makes two files and prints the fingerprint of the public one', async () => {
  const folder = await temporaryFolder()
  const { exitCode, stdout } = await runCommandLine([
    'keys',
    'generate',
    '--dir',
    folder,
    '--name',
    'limits',
    '--bits',
    '3072',
  ])
  expect(exitCode).toBe(0)
  const { fingerprint, key } = await loadPublicKey(join(folder, 'limits.pub'))
  expect(stdout).toBe(
    `private key  ${folder}/limits.pem\npublic key   ${folder}/limits.pub\nfingerprint  ${fingerprint}\n`,
  )
  expect(createPublicKey(key.export({ type: 'spki', format: 'pem' })).asymmetricKeyDetails?.modulusLength).toBe(3072)
  expect((await stat(join(folder, 'limits.pem'))).mode & 0o777).toBe(0o600)
})

test.each(['limits.pem', 'limits.pub'])('keys generate leaves an existing %s as it is', async (existing) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, existing), 'mine')
  const { exitCode, stdout, stderr } = await runCommandLine(['keys', 'generate', '--dir', folder, '--name', 'limits'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toMatch(/^error: ERR_SERVICE_KEY_EXISTS/)
  expect(await readFile(join(folder, existing), 'utf8')).toBe('mine')
})

test('admin-token prints a token that its own entry accepts, for its role', async () => {
  const { exitCode, stdout } = await runCommandLine(['admin-token', '--name', 'ops-oncall', '--role', 'operator'])
  expect(exitCode).toBe(0)
  const [, token = '', entry = ''] = /\n\n {2}(\S+)\n\nEntry for the tokens file:\n\n([^]*)$/.exec(stdout) ?? []
  expect(entry).not.toContain(token)
  expect(parse(entry)).toMatchObject({ tokens: [{ name: 'ops-oncall', role: 'operator' }] })
  const file = join(await temporaryFolder(), 'tokens.yaml')
  await writeFile(file, entry)
  const authenticate = await loadAdminTokens(file)
  expect(authenticate(`Bearer ${token}`)).toEqual({ name: 'ops-oncall', role: 'operator' })
})

test('admin-token never prints the same token twice', async () => {
  const make = (): Promise<{ stdout: string }> =>
    runCommandLine(['admin-token', '--name', 'ops', '--role', 'viewer', '--output', 'json'])
  const [first, second] = [await make(), await make()].map(({ stdout }) => JSON.parse(stdout) as { token: string })
  expect(first?.token).not.toBe(second?.token)
})

test('a producer of the inbox gets a token, and the inbox an entry that accepts it', async () => {
  const args = ['business-lookup', 'producer-token', '--name', 'payouts-eu']
  const { exitCode, stdout } = await runCommandLine(args)
  expect(exitCode).toBe(0)
  const token = /cqpro_\S+/.exec(stdout)?.[0] ?? ''
  const directory = await temporaryFolder()
  const path = join(directory, 'producers.yaml')
  await writeFile(path, stdout.slice(stdout.indexOf('tokens:')))
  const find = await loadProducers(path, { 'payouts-eu': 'acme' })
  expect(find(`Bearer ${token}`)).toEqual({ name: 'payouts-eu', organisation: 'acme' })
  expect(find('Bearer cqpro_another')).toBeUndefined()
  const json = await runCommandLine([...args, '--output', 'json'])
  expect(JSON.parse(json.stdout)).toMatchObject({ entry: { name: 'payouts-eu' } })
  expect(await runCommandLine(['business-lookup', 'producer-token', '--name', 'Payouts EU'])).toMatchObject({
    exitCode: 64,
  })
})
