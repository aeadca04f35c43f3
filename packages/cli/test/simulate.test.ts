import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateRsaKeyFiles, loadPublicKey } from '@callback-quorum/service'
import { startCallbackDouble, type Behaviour, type CallbackDouble } from '@callback-quorum/simulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Rig {
  readonly double: CallbackDouble
  readonly folder: string
  readonly args: readonly string[]
  simulate(...args: readonly string[]): ReturnType<typeof runCommandLine>
}

async function openRig(behaviour: Behaviour): Promise<Rig> {
  const folder = await temporaryFolder()
  const { privatePath, publicPath } = await generateRsaKeyFiles(folder, 'node')
  const double = await startCallbackDouble({
    name: 'limits',
    callerKeys: [(await loadPublicKey(publicPath)).key],
    behaviour,
  })
  onTestFinished(() => double.close())
  const serverKey = join(folder, 'server.pub')
  await writeFile(serverKey, double.publicKey.export({ type: 'spki', format: 'pem' }))
  const args = ['simulate', '--key', privatePath, '--server', `${double.checkUrls['cobo-v2']}=${serverKey}`]
  return { double, folder, args, simulate: (...more) => runCommandLine([...args, ...more]) }
}

describe('one task', () => {
  test('that every server approves ends with 0', async () => {
    const { double, simulate } = await openRig('approve')
    const { exitCode, stdout } = await simulate(
      '--make',
      'v2-keysign',
      '--amount',
      '1.5',
      '--token',
      'ETH_USDT',
      '--reference',
      'WD-1',
      '--request-id',
      'r-1',
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/attempt 1 {2}approve .*\nAPPROVE {2}request r-1: /)
    const { reading } = double.requests[0] ?? {}
    expect(reading).toMatchObject({
      request: { requestId: 'r-1', extra: { transaction: { request_id: 'WD-1', token_id: 'ETH_USDT' } } },
    })
  })

  test('that a server rejects ends with 3', async () => {
    const { simulate } = await openRig('reject')
    expect(await simulate('--make', 'v2-keysign')).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/\nREJECT {2}request /) as string,
    })
  })

  test('that is asked again --retry-times and then given up', async () => {
    const { double, simulate } = await openRig('http-500')
    const { exitCode } = await simulate('--make', 'v2-keysign', '--retry-times', '2', '--sleep-seconds', '0')
    expect({ exitCode, asked: double.requests.length }).toEqual({ exitCode: 3, asked: 3 })
  })

  test('with --on-error reject is not asked again', async () => {
    const { double, simulate } = await openRig('http-500')
    const { exitCode } = await simulate(
      '--make',
      'v2-keysign',
      '--retry-times',
      '2',
      '--sleep-seconds',
      '0',
      '--on-error',
      'reject',
    )
    expect({ exitCode, asked: double.requests.length }).toEqual({ exitCode: 3, asked: 1 })
  })

  test('with --json is one line with its exchanges', async () => {
    const { simulate } = await openRig('approve')
    const { stdout } = await simulate('--make', 'v2-keysign', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      decision: 'APPROVE',
      exchanges: [{ attempt: 1, result: 'approve', http: 200 }],
    })
  })

  // White space and a member twice: no serialiser would write this, so nothing may read and write it again.
  const BY_HAND = '{ "request_id": "by hand",  "request_type": 2, "request_type": 2 }'

  test('sends what a file holds, byte by byte', async () => {
    const { double, folder, simulate } = await openRig('reject')
    const file = join(folder, 'request.json')
    await writeFile(file, BY_HAND)
    await simulate('--package', file, '--retry-times', '0')
    expect(Buffer.from(double.requests[0]?.verified?.content ?? []).toString()).toBe(BY_HAND)
  })

  test('sends what standard input holds, byte by byte', async () => {
    const { double, args } = await openRig('reject')
    await runCommandLine([...args, '--package', '-', '--retry-times', '0'], {
      readStdin: () => Promise.resolve(BY_HAND),
    })
    expect(Buffer.from(double.requests[0]?.verified?.content ?? []).toString()).toBe(BY_HAND)
  })
})

test('a ping that is answered with status 0 ends with 0, and decides nothing', async () => {
  const { simulate } = await openRig('reject')
  const { exitCode, stdout } = await simulate('--make', 'v2-ping', '--json')
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ result: 'status', status: 0 })
})

test('a server without a readable key is a configuration problem', async () => {
  const { folder, double, simulate } = await openRig('approve')
  const { exitCode, stderr } = await simulate(
    '--server',
    `${double.checkUrls['cobo-v2']}=${folder}/none.pub`,
    '--make',
    'v2-keysign',
  )
  expect(stderr).toMatch(/none\.pub: cannot be opened/)
  expect(exitCode).toBe(78)
})
