import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadAddressBook } from '@callback-quorum/checker-kit'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { readGatewayConfig } from '@callback-quorum/gateway'
import { generateRsaKeyFiles } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../packages/cli/test/command-line.ts'

// As an operator does it: the files that the command of each option makes are those that the example of the option names.
const EXAMPLES = join(import.meta.dirname, '../../deploy/fireblocks')
const OPTIONS = [
  ['option-1-public-key.yaml', 1, 'fireblocks-jwt'],
  ['option-2-pinned-certificate.yaml', 2, 'fireblocks-json'],
  ['option-3-root-ca.yaml', 3, 'fireblocks-json'],
  ['option-4-public-key-and-pin.yaml', 4, 'fireblocks-jwt'],
  ['option-5-public-key-and-root-ca.yaml', 5, 'fireblocks-jwt'],
] as const
const OTHER_KEYS = ['gateway', 'gateway-internal', 'integrity', 'cosigner-1', 'cosigner-2', 'cosigner-2-old']

const folders: string[] = []
let shared: string
beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'fireblocks examples '))
  folders.push(shared)
  await cp(EXAMPLES, shared, { recursive: true })
  for (const name of OTHER_KEYS) await generateRsaKeyFiles(join(shared, 'keys'), name)
  const { stdout } = await runCommandLine(['admin-token', '--name', 'ops', '--role', 'operator'])
  await writeFile(join(shared, 'admin-tokens.yaml'), stdout.slice(stdout.indexOf('tokens:')))
})
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

test('every option has an example, and every example is read below', async () => {
  const yaml = (await readdir(EXAMPLES)).filter((file) => file.endsWith('.yaml'))
  expect(yaml).toEqual(['addresses.yaml', 'integrity-json.yaml', 'integrity.yaml', ...OPTIONS.map(([file]) => file)])
})

describe.each(OPTIONS)('%s', (file, option, dialect) => {
  test('holds with the files that "keys co-signer" makes for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fireblocks option '))
    folders.push(folder)
    await cp(shared, folder, { recursive: true })
    const keys = ['--dir', join(folder, 'keys'), '--name', 'cb', '--host', 'callback.example.com']
    await runCommandLine(['keys', 'co-signer', ...keys, '--option', String(option)])
    const checked = await runCommandLine(['check-config', '--config', join(folder, file), '--output', 'json'])
    expect(checked).toMatchObject({ exitCode: 0, stderr: '' })
    const { quorum } = JSON.parse(checked.stdout) as { quorum: { kind: string; require: string; unbound: boolean }[] }
    // One example shows what other approvers are left.
    const unlessApproved = option === 1 ? ', else IGNORE' : ''
    expect(new Set(quorum.map(({ kind, require, unbound }) => `${kind} ${require} ${unbound}`))).toEqual(
      new Set([
        `tx-approval integrity@1${unlessApproved} false`,
        'tx-signing integrity@1 false',
        `config-change integrity@1${unlessApproved} false`,
      ]),
    )
    const { value } = await readGatewayConfig(join(folder, file), {})
    expect(value.callers.flatMap(({ dialects }) => dialects)).toEqual(value.callers.map(() => dialect))
    if (option > 1) {
      const made = (await readdir(join(folder, 'keys'))).map((name) => `keys/${name}`)
      expect(made).toEqual(expect.arrayContaining([value.callback[0]?.tls?.cert, value.callback[0]?.tls?.key]))
    }
  })

  test('has a checker that knows its Co-signers and API users', async () => {
    const checker = join(shared, dialect === 'fireblocks-jwt' ? 'integrity.yaml' : 'integrity-json.yaml')
    expect(await runCommandLine(['check-config', '--config', checker])).toMatchObject({ exitCode: 0, stderr: '' })
    const { readIntegrityConfig } = await import('@callback-quorum/integrity')
    const known = (await readIntegrityConfig(checker, {})).value.callers
    for (const caller of (await readGatewayConfig(join(shared, file), {})).value.callers) {
      const same = known.find(({ name }) => name === caller.name)
      expect(same).toMatchObject({
        dialects: caller.dialects,
        organisation: caller.organisation,
        pubkey_path: caller.pubkey_path,
      })
      // Behind a gateway all are asked at one path; the roles are the same.
      for (const [id, { role }] of Object.entries(caller.signer_ids ?? {}))
        expect(same?.signer_ids?.[id]).toEqual({ role, path: '' })
    }
  })
})

test('the addresses of the examples belong to vault accounts', async () => {
  const book = await loadAddressBook(join(EXAMPLES, 'addresses.yaml'), createAssetRegistry(STARTER_ASSETS))
  expect(book.walletOf('0x52908400098527886E0F7030069857D2E4169EE7', 'ethereum')).toBe('VAULT:0')
})
