import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { versions } from 'node:process'
import { join } from 'node:path'
import { signPackageToken, TOKEN_FIELD } from '@callback-quorum/protocol'
import { afterEach, expect, test } from 'vitest'
import { send } from '../http/http-client.ts'
import { startServiceRig, type ServiceRig, type ServiceRigOptions } from './service-rig.ts'

let rig: ServiceRig | undefined
afterEach(async () => {
  await rig?.close()
  rig = undefined
})

const start = async (options?: ServiceRigOptions): Promise<ServiceRig> => (rig = await startServiceRig(options))
const never = (): Promise<never> => new Promise(() => undefined)

test('says which version of us and of Node.js runs under which configuration', async () => {
  const { scrape, context } = await start()
  const now = await scrape()
  expect(now.all('build_info')).toEqual([
    { name: 'build_info', labels: { version: '0.1.0', node: versions.node, service: 'rig' }, value: 1 },
  ])
  expect(now.value('config_info', { digest: context.configDigest })).toBe(1)
})

test('every series carries the service', async () => {
  const { samples } = await (await start()).scrape()
  expect(samples.filter(({ labels }) => labels['service'] !== 'rig')).toEqual([])
})

test.each([
  ['1 when it is ready', () => Promise.resolve([]), 1],
  ['0 when it is not', () => Promise.resolve(['a stale list']), 0],
  ['0 when nobody can tell', () => Promise.reject(new Error('broken')), 0],
] as const)('ready is %s', async (_, notReady, expected) => {
  const { scrape } = await start({ listening: { notReady } })
  expect((await scrape()).value('ready')).toBe(expected)
})

test('ready is 0 within two seconds when the question hangs, asked once however often somebody scrapes', async () => {
  let asked = 0
  const notReady = (): Promise<never> => {
    asked += 1
    return never()
  }
  const { scrape } = await start({ listening: { notReady } })
  const startedMs = performance.now()
  const all = await Promise.all([scrape(), scrape(), scrape()])
  expect(all.map((one) => one.value('ready'))).toEqual([0, 0, 0])
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  expect(asked).toBe(1)
})

test('certificates in use end when the first in their file does', async () => {
  const { scrape, folder } = await start()
  const endOf = async (name: string): Promise<number> =>
    new X509Certificate(await readFile(join(folder, name))).validToDate.getTime() / 1_000
  const now = await scrape()
  const role = 'callback 127.0.0.1:0'
  const server = now.value('certificate_expiry_timestamp_seconds', { role: `${role} tls.cert` })
  expect(server).toBe(await endOf('server.pem'))
  expect((server ?? 0) - Date.now() / 1_000).toBeCloseTo(20 * 86_400, -3)
  expect(now.value('certificate_expiry_timestamp_seconds', { role: `${role} tls.client_ca` })).toBe(
    await endOf('client-ca.pem'),
  )
})

test('keys of a role end with the last of them, and never where one never ends', async () => {
  const until = (file: string, day: string): string => `{ file: keys/${file}.pub, not_after: ${day} }`
  const first = await start({ callerKeys: `[${until('node', '2031-05-06')}, ${until('node-old', '2030-01-01')}]` })
  expect((await first.scrape()).value('key_expiry_timestamp_seconds', { role: 'callers node-eu-1' })).toBe(
    (Date.UTC(2031, 4, 7) - 1) / 1_000,
  )
  await first.close()
  const second = await start({ callerKeys: `[{ file: keys/node.pub }, ${until('node-old', '2030-01-01')}]` })
  expect((await second.scrape()).all('key_expiry_timestamp_seconds')).toEqual([])
})

test.each([-90, 0, 3_600])('a clock that is %d s off shows', async (offSeconds) => {
  const { scrape } = await start({ nowMs: () => Date.now() + offSeconds * 1_000 })
  await expect.poll(async () => (await scrape()).value('clock_skew_seconds')).toBeDefined()
  const skew = (await scrape()).value('clock_skew_seconds') ?? Number.NaN
  expect(Math.abs(skew - offSeconds)).toBeLessThan(1)
})

test('connections of the database are counted while they are used, and those that wait for one', async () => {
  const { scrape, context } = await start()
  const { database } = context
  const release = Promise.withResolvers<undefined>()
  const before = (await scrape()).value('database_acquire_seconds_count') ?? 0
  const held = Array.from({ length: 10 }, () =>
    database.transaction(async (tx) => {
      await tx.query({ text: 'select 1' })
      await release.promise
    }),
  )
  await expect.poll(async () => (await scrape()).value('database_connections', { state: 'busy' })).toBe(10)
  const waiting = [database.query({ text: 'select 1' }), database.query({ text: 'select 2' })]
  const full = await scrape()
  expect(full.value('database_connections_max')).toBe(10)
  expect(full.value('database_waiting')).toBe(2)
  release.resolve(undefined)
  await Promise.all([...held, ...waiting])
  const after = await scrape()
  expect(after.value('database_connections', { state: 'busy' })).toBe(0)
  expect(after.value('database_connections', { state: 'idle' })).toBe(10)
  expect(after.value('database_waiting')).toBe(0)
  // Twelve of ours; the clock may have been looked at meanwhile.
  expect((after.value('database_acquire_seconds_count') ?? 0) - before).toBeGreaterThanOrEqual(12)
})

test('waiting for a connection in vain is counted as well', async () => {
  const { scrape, context } = await start()
  const { database } = context
  const release = Promise.withResolvers<undefined>()
  const held = Array.from({ length: 10 }, () => database.transaction(() => release.promise))
  await expect.poll(async () => (await scrape()).value('database_connections', { state: 'busy' })).toBe(10)
  const slowest = { le: '2' }
  const before = await scrape()
  await expect(database.query({ text: 'select 1' })).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
  const after = await scrape()
  release.resolve(undefined)
  await Promise.all(held)
  const slow = (one: typeof after): number =>
    (one.value('database_acquire_seconds_count') ?? 0) - (one.value('database_acquire_seconds_bucket', slowest) ?? 0)
  expect(slow(after)).toBeGreaterThan(slow(before))
})

test('calls of the admin listener are counted by who made them and how they ended, from 0 on', async () => {
  const { scrape, service, tokens } = await start({
    listening: {
      adminRoutes: [
        { method: 'GET', path: '/v1/it', role: 'viewer', handle: () => Promise.resolve({ body: {} }) },
        { method: 'POST', path: '/v1/it', role: 'operator', handle: () => Promise.reject(new Error('broken')) },
      ],
    },
  })
  const call = async (method: string, path: string, token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${service.adminUrl ?? ''}${path}`, { method, headers })).status
  }
  const count = async (role: string, status: string): Promise<number | undefined> =>
    (await scrape()).value('admin_requests_total', { role, status })
  expect((await scrape()).all('admin_requests_total').map(({ value }) => value)).toEqual(
    Array.from({ length: 12 }, () => 0),
  )
  expect(await call('GET', '/v1/it', tokens.viewer)).toBe(200)
  expect(await call('GET', '/v1/it', 'cqadm_wrong')).toBe(401)
  expect(await call('GET', '/v1/none', 'cqadm_wrong')).toBe(404)
  expect(await call('POST', '/v1/it', tokens.viewer)).toBe(403)
  expect(await call('POST', '/v1/it', tokens.operator)).toBe(500)
  expect(await count('viewer', '2xx')).toBe(1)
  expect(await count('none', '4xx')).toBe(2)
  expect(await count('viewer', '4xx')).toBe(1)
  expect(await count('operator', '5xx')).toBe(1)
})

test('a token that fails is counted for the caller whose key signed it, and else for nobody', async () => {
  const keys = '[{ file: keys/node.pub }, { file: keys/node-old.pub, not_after: 2020-01-01 }]'
  const { scrape, service, folder } = await start({ callerKeys: keys })
  const post = async (key: string, ageMs: number): Promise<number> => {
    const privateKey = createPrivateKey(await readFile(join(folder, 'keys', `${key}.pem`)))
    const content = new TextEncoder().encode('{"request_id":"r","request_type":0}')
    const identity = { privateKey, issuer: '', tokenExpireMs: 60_000 }
    const token = await signPackageToken(content, identity, Date.now() - ageMs)
    return (await send({ url: `${service.callbackUrls[1] ?? ''}/v2/check`, form: { [TOKEN_FIELD]: token } })).status
  }
  const failures = async (reason: string, caller: string): Promise<number | undefined> =>
    (await scrape()).value('token_failures_total', { dialect: 'cobo-v2', reason, caller })
  expect(await failures('ERR_PROTOCOL_TOKEN_EXPIRED', 'node-eu-1')).toBe(0)
  await post('node', 120_000)
  await post('node-old', 0)
  await post('own', 0)
  expect(await failures('ERR_PROTOCOL_TOKEN_EXPIRED', 'node-eu-1')).toBe(1)
  expect(await failures('ERR_PROTOCOL_TOKEN_SIGNATURE', 'node-eu-1')).toBe(1)
  expect(await failures('ERR_PROTOCOL_TOKEN_SIGNATURE', 'unknown')).toBe(1)
})
