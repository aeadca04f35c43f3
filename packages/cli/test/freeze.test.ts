import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { createTestDatabase } from '@callback-quorum/service'
import { expect, inject, onTestFinished, test } from 'vitest'
import { planOf, writeDemoConfiguration, type DemoConfiguration } from '../src/index.ts'
import { runCommandLine, type Ran } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Rig {
  readonly configuration: DemoConfiguration
  run(command: 'freeze' | 'unfreeze', ...args: readonly string[]): Promise<Ran>
}

async function openRig(): Promise<Rig> {
  const database = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => database.drop())
  const configuration = await writeDemoConfiguration({
    directory: await temporaryFolder(),
    payoutsUrl: 'http://127.0.0.1:1/',
    edit: { gateway: (config) => ({ ...config, database_url: database.url, log: { level: 'silent' } }) },
  })
  const { file } = planOf(configuration, 'gateway')
  const gateway = await startGateway({ file: await readGatewayConfig(file, {}) })
  onTestFinished(() => gateway.stop())
  return { configuration, run: (command, ...args) => runCommandLine([command, '--config', file, ...args]) }
}

test('freeze stops approvals and unfreeze allows them, each said with who and why', async () => {
  const { configuration, run } = await openRig()
  const { viewer, operator, approver } = configuration.admin.tokens
  expect((await run('freeze', '--status', '--token-file', viewer)).stdout).toMatch(/^not frozen since /)

  const frozen = await run('freeze', '--token-file', operator, '--reason', 'key of limits leaked')
  expect(frozen).toMatchObject({ exitCode: 0, stderr: '' })
  expect(frozen.stdout).toMatch(/^FROZEN since \S+Z, by demo-operator: key of limits leaked\n$/)
  expect((await run('freeze', '--status', '--token-file', viewer)).stdout).toBe(frozen.stdout)

  const url = configuration.admin.url
  const thawed = await runCommandLine([
    'unfreeze',
    '--admin-url',
    `${url}/`,
    '--token-file',
    approver,
    '--reason',
    'new key',
    '--output',
    'json',
  ])
  expect(JSON.parse(thawed.stdout)).toMatchObject({ frozen: false, who: 'demo-approver', reason: 'new key' })
})

test('a token of too small a role changes nothing', async () => {
  const { configuration, run } = await openRig()
  const { viewer, operator } = configuration.admin.tokens
  expect(await run('freeze', '--token-file', viewer, '--reason', 'x')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 403: the role operator is needed/) as string,
  })
  expect(await run('unfreeze', '--token-file', operator, '--reason', 'x')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/HTTP 403: the role approver is needed/) as string,
  })
  expect((await run('freeze', '--status', '--token-file', viewer)).stdout).toMatch(/^not frozen/)
})

test('a token file that others can read is refused', async () => {
  const { configuration, run } = await openRig()
  const { operator } = configuration.admin.tokens
  await chmod(operator, 0o644)
  expect(await run('freeze', '--token-file', operator, '--reason', 'x')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/is open to others: chmod 0600/) as string,
  })
})

test('a gateway that does not answer is said to be in an unknown state', async () => {
  const file = join(await temporaryFolder(), 'ops.token')
  await writeFile(file, 'cqadm_abc\n', { mode: 0o600 })
  const { exitCode, stderr } = await runCommandLine([
    'freeze',
    '--admin-url',
    'http://127.0.0.1:1',
    '--token-file',
    file,
    '--reason',
    'x',
  ])
  expect(stderr).toMatch(/does not answer; whether it took effect is not known/)
  expect(exitCode).toBe(1)
})
