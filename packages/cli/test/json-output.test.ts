import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateRsaKeyFiles, loadPublicKey } from '@callback-quorum/service'
import { startCallbackDouble } from '@callback-quorum/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { jsonDocument } from '../src/demo/report.ts'
import { snakeCased } from '../src/snake-cased.ts'
import { runCommandLine } from './command-line.ts'
import { CUSTOMER, openLimitsRig } from './limits-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Every member's name at every depth. */
function namesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesOf(member)])
}

function oneDocument(stdout: string): Readonly<Record<string, unknown>> {
  const document = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  expect(namesOf(document).filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([])
  expect(stdout.endsWith('\n')).toBe(true)
  return document
}

async function openNode() {
  const folder = await temporaryFolder()
  const { privatePath, publicPath } = await generateRsaKeyFiles(folder, 'node')
  const double = await startCallbackDouble({
    name: 'limits',
    callerKeys: [(await loadPublicKey(publicPath)).key],
    behaviour: 'approve',
  })
  onTestFinished(() => double.close())
  const serverKey = join(folder, 'server.pub')
  await writeFile(serverKey, double.publicKey.export({ type: 'spki', format: 'pem' }))
  const server = `${double.checkUrls['cobo-v2']}=${serverKey}`
  return {
    double,
    folder,
    privatePath,
    serverKey,
    simulate: (...args: readonly string[]) =>
      runCommandLine(['simulate', '--key', privatePath, '--server', server, ...args]),
  }
}

test('keys generate says where the files are', async () => {
  const dir = await temporaryFolder()
  const { exitCode, stdout } = await runCommandLine(['keys', 'generate', '--dir', dir, '--name', 'a', '-o', 'json'])
  expect(exitCode).toBe(0)
  const { fingerprint } = await loadPublicKey(join(dir, 'a.pub'))
  expect(oneDocument(stdout)).toEqual({
    private_key: join(dir, 'a.pem'),
    public_key: join(dir, 'a.pub'),
    sha256: fingerprint,
  })
})

test('simulate prints a task as one document, and a ping too', async () => {
  const { simulate } = await openNode()
  const task = await simulate('--make', 'v2-keysign', '--request-id', 'r-1', '--output', 'json')
  expect(task).toMatchObject({ exitCode: 0, stderr: '' })
  expect(oneDocument(task.stdout)).toMatchObject({
    request_id: 'r-1',
    decision: 'APPROVE',
    exchanges: [{ attempt: 1, result: 'approve', request_id: 'r-1', started_at_ms: expect.any(Number) as number }],
  })
  const ping = await simulate('--make', 'v2-ping', '--output', 'json')
  expect(oneDocument(ping.stdout)).toMatchObject({ available: true, exchanges: [{ status: 0 }] })
})

test('simulate --json stays what it was, and excludes --output', async () => {
  const { simulate } = await openNode()
  const { stdout } = await simulate('--make', 'v2-keysign', '--request-id', 'r-2', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ requestId: 'r-2', exchanges: [{ requestId: 'r-2' }] })
  expect(await simulate('--make', 'v2-ping', '--json', '--output', 'json')).toMatchObject({ exitCode: 64, stdout: '' })
})

test('simulate-co-signer prints its result as one document', async () => {
  const { double, privatePath, serverKey } = await openNode()
  const url = new URL(double.checkUrls['cobo-v2']).origin
  const { stdout, exitCode } = await runCommandLine([
    ...['simulate-co-signer', '--url', url, '--signer', 'api-user-1', '--key', privatePath, '--handler-key', serverKey],
    ...['--make', 'transfer', '--tries', '1', '--output', 'json'],
  ])
  const document = oneDocument(stdout)
  expect(document).toMatchObject({ decision: expect.any(String) as string, exchanges: expect.any(Array) as unknown[] })
  expect(document['request_id']).toEqual(expect.any(String))
  expect(exitCode).toBe(document['decision'] === 'approved' ? 0 : document['decision'] === 'rejected' ? 3 : 1)
})

test('the demo has one document for all its requests', () => {
  const row = {
    scenario: 's',
    title: 't',
    requestId: 'r',
    requestType: 2,
    status: 0,
    action: 'APPROVE',
    verdicts: {},
    ms: 3,
    http: 200,
    error: null,
    recalled: false,
    surprises: ['another'],
  } as const
  expect(oneDocument(jsonDocument([row]))).toEqual({
    as_expected: false,
    requests: [expect.objectContaining({ scenario: 's', request_id: 'r', request_type: 2, surprises: ['another'] })],
  })
})

test('names become snake_case at every depth, amounts keep every digit, what is undefined is left out', () => {
  expect(snakeCased({ amountAtomic: 2n ** 80n, toSign: [{ isOwn: true, none: undefined }], at: null })).toEqual({
    amount_atomic: '1208925819614629174706176',
    to_sign: [{ is_own: true }],
    at: null,
  })
})

test('limits simulate with several callers asks for one, with their names', async () => {
  const rig = await openLimitsRig()
  const { exitCode, stderr } = await rig.run(
    ...(['operator', 'simulate', '--wallet', 'hot-1', '--asset', 'USDT-ETHEREUM', '--to', CUSTOMER] as const),
    ...(['--amount', '1'] as const),
  )
  expect(stderr).toMatch(/caller: is missing, and several are configured; expected one of node-demo, cosigner-demo$/m)
  expect(exitCode).toBe(1)
})

test('admin-token speaks of every service that has an admin listener', async () => {
  const { stdout } = await runCommandLine(['admin-token', '--help'])
  expect(stdout).toMatch(/of a gateway or of a\s+checker/)
  expect(stdout).toMatch(/admin\.tokens of that gateway or checker names/)
})
