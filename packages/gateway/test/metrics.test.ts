import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogger, type RunningService } from '@callback-quorum/service'
import { afterEach, expect, test } from 'vitest'
import { scrape, type Scrape } from '../../../test/scrape.ts'
import { readGatewayConfig, startGateway } from '../src/index.ts'
import { startGatewayRig, type GatewayRig, type RigOptions } from './gateway-rig.ts'
import { payment } from './payment.ts'

let rig: GatewayRig
const started: RunningService[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop()))
  await rig.close()
})

const open = async (options?: RigOptions): Promise<void> => {
  rig = await startGatewayRig(options)
}
const look = (): Promise<Scrape> => scrape(rig.gateway.metricsUrl)
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 15_000 })
/** The state is read at most once a second. */
const settled = (name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> =>
  look().then((now) => now.value(name, labels))

/** A second gateway on the same database, which nobody asks. */
async function startReplica(): Promise<RunningService> {
  const path = join(rig.folder, 'replica.yaml')
  const text = await readFile(join(rig.folder, 'gateway.yaml'), 'utf8')
  await writeFile(path, text.replace(/replica: .*/, 'replica: second'))
  const log = createLogger({ level: 'silent', name: 'second' })
  const replica = await startGateway({ file: await readGatewayConfig(path, {}), log })
  started.push(replica)
  return replica
}

const freeze = async (path: 'freeze' | 'unfreeze'): Promise<void> => {
  const response = await fetch(`${rig.gateway.adminUrl ?? ''}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rig.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'a test' }),
  })
  expect(response.status).toBe(200)
}

const COBO = { platform: 'cobo' }
/** As if it had been asked so much earlier. */
const age = (seconds: number): Promise<unknown> =>
  rig.database.query({
    text: `update request set first_asked_at = first_asked_at - $1 * interval '1 second'`,
    values: [seconds],
  })

test('deferrals are counted with the age of the oldest until they are decided, by every replica alike', async () => {
  await open()
  const replica = await startReplica()
  const both = async (name: string): Promise<readonly (number | undefined)[]> => [
    (await look()).value(name, COBO),
    (await scrape(replica.metricsUrl)).value(name, COBO),
  ]
  expect(await both('deferrals_open')).toEqual([0, 0])
  expect(await both('deferral_oldest_seconds')).toEqual([0, 0])
  rig.double('alpha').setBehaviour('unable')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'no_answer' })
  await age(3_000)
  expect(await rig.ask(payment('r2'))).toMatchObject({ result: 'no_answer' })
  await eventually(() => both('deferrals_open')).toEqual([2, 2])
  for (const oldest of await both('deferral_oldest_seconds')) {
    expect(oldest).toBeGreaterThanOrEqual(3_000)
    expect(oldest).toBeLessThan(3_060)
  }
  rig.double('alpha').setBehaviour('approve')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'approve' })
  await eventually(() => both('deferrals_open')).toEqual([1, 1])
  for (const oldest of await both('deferral_oldest_seconds')) expect(oldest).toBeLessThan(60)
  const ages = await look()
  const labels = { kind: 'keysign', outcome: 'approved' }
  expect(ages.value('deferral_age_seconds_count', labels)).toBe(1)
  expect(ages.value('deferral_age_seconds_sum', labels)).toBeGreaterThanOrEqual(3_000)
  expect(ages.value('deferral_age_seconds_bucket', { ...labels, le: '1800' })).toBe(0)
  expect(ages.value('deferral_age_seconds_bucket', { ...labels, le: '3600' })).toBe(1)
})

test('a request that is asked for the first time, and one that nobody may ask again, is no deferral', async () => {
  await open()
  rig.double('alpha').setBehaviour({ behave: 'late', delayMs: 600, then: 'approve' })
  const asking = rig.ask(payment('r1'))
  await eventually(() => settled('checker_in_flight', { checker: 'alpha' })).toBe(1)
  expect((await look()).value('deferrals_open', COBO)).toBe(0)
  await asking
  expect((await look()).all('deferral_age_seconds_count')).toEqual([])
  rig.double('alpha').setBehaviour('unable')
  await rig.ask(payment('r2'))
  await eventually(() => settled('deferrals_open', COBO)).toBe(1)
  await rig.database.query({ text: `update request set abandon_after = clock_now() where state = 'open'` })
  await eventually(() => settled('deferrals_open', COBO)).toBe(0)
})

test('what a freeze deferred is counted, and its age when it is decided after it', async () => {
  await open()
  await freeze('freeze')
  await rig.ask(payment('r1'))
  await eventually(() => settled('deferrals_open', COBO)).toBe(1)
  await age(100)
  await freeze('unfreeze')
  rig.double('beta').setBehaviour('reject')
  expect(await rig.ask(payment('r1'))).toMatchObject({ result: 'reject' })
  const labels = { kind: 'keysign', outcome: 'rejected', le: '120' }
  expect((await look()).value('deferral_age_seconds_bucket', labels)).toBe(1)
})

test('a request whose gateway died while it was asking is a deferral once nobody can be waiting for an answer', async () => {
  await open()
  await rig.ask(payment('r1'))
  const planned = `update request set state = 'open', decided_at = null, reason = null, planned = '{alpha}'`
  await rig.database.query({ text: planned })
  await eventually(() => settled('deferrals_open', COBO)).toBe(0)
  await age(31)
  await eventually(() => settled('deferrals_open', COBO)).toBe(1)
})

test('every replica says that it is frozen, also those that nobody asks', async () => {
  await open()
  const replica = await startReplica()
  const frozen = async (): Promise<readonly (number | undefined)[]> => [
    (await look()).value('frozen'),
    (await scrape(replica.metricsUrl)).value('frozen'),
  ]
  expect(await frozen()).toEqual([0, 0])
  await freeze('freeze')
  await eventually(frozen).toEqual([1, 1])
  await freeze('unfreeze')
  await eventually(frozen).toEqual([0, 0])
})

test('what the database would say is no number while it does not, and the scrape goes on', async () => {
  await open()
  await freeze('freeze')
  await eventually(() => settled('frozen')).toBe(1)
  await rig.database.query({ text: 'alter table freeze_state rename to freeze_gone' })
  await eventually(() => settled('frozen')).toBeNaN()
  const now = await look()
  for (const name of ['deferrals_open', 'deferral_oldest_seconds']) expect(now.value(name, COBO)).toBeNaN()
  for (const name of ['outbox_owed', 'outbox_oldest_seconds']) expect(now.value(name)).toBeNaN()
  expect(now.value('build_info')).toBe(1)
  await rig.database.query({ text: 'alter table freeze_gone rename to freeze_state' })
  await eventually(() => settled('frozen')).toBe(1)
})

test('notices that are owed are counted until they are acknowledged', async () => {
  await open()
  rig.double('beta').setOutcomeStatus(503)
  await rig.ask(payment('r1'))
  await eventually(() => settled('outbox_owed')).toBe(1)
  await rig.database.query({ text: `update outbox set created_at = created_at - interval '90 seconds'` })
  await eventually(() => settled('outbox_oldest_seconds')).toBeGreaterThanOrEqual(90)
  rig.double('beta').setOutcomeStatus(200)
  await eventually(() => settled('outbox_owed')).toBe(0)
  expect(await settled('outbox_oldest_seconds')).toBe(0)
})

test('what is asked of each checker now is counted, shadows included', async () => {
  await open({
    checkers: [{ name: 'alpha' }, { name: 'sigma' }],
    quorum: '  - { callers: [node], kinds: [keysign], require: [alpha], shadow: [sigma] }',
  })
  const inFlight = async (): Promise<readonly (number | undefined)[]> => {
    const now = await look()
    return ['alpha', 'sigma'].map((checker) => now.value('checker_in_flight', { checker }))
  }
  expect(await inFlight()).toEqual([0, 0])
  for (const name of ['alpha', 'sigma'])
    rig.double(name).setBehaviour({ behave: 'late', delayMs: 600, then: 'approve' })
  const asking = Promise.all([rig.ask(payment('r1')), rig.ask(payment('r2'))])
  await eventually(inFlight).toEqual([2, 2])
  await asking
  await eventually(inFlight).toEqual([0, 0])
})

test('deadlines and what callers wait are those of the configuration, of the platforms that ask here', async () => {
  await open({ caller: ', request_timeout: 12s', extra: 'deadline: { cobo: 7s }' })
  const now = await look()
  expect(now.all('deadline_seconds').map(({ labels, value }) => [labels['platform'], value])).toEqual([['cobo', 7]])
  expect(
    now.all('caller_timeout_seconds').map(({ labels, value }) => [labels['caller'], labels['platform'], value]),
  ).toEqual([['node', 'cobo', 12]])
})

test('counters that can count something here begin at 0', async () => {
  await open({ quorum: '  - { callers: [node], kinds: [keysign], require: [alpha, beta], shadow: [gamma] }' })
  const now = await look()
  for (const alarm of ['digest_changed', 'unverifiable_verdict', 'notice_refused'])
    expect(now.value('alarms_total', { alarm })).toBe(0)
  expect(now.value('decisions_total', { kind: 'keysign', outcome: 'failed', cause: 'frozen' })).toBe(0)
  expect(now.value('decisions_total', { kind: 'keysign', outcome: 'approved', recalled: 'no' })).toBe(0)
  expect(now.value('checker_votes_total', { checker: 'alpha', mode: 'enforce', cause: 'timeout' })).toBe(0)
  expect(now.value('checker_votes_total', { checker: 'gamma', mode: 'shadow', cause: 'timeout' })).toBe(0)
  expect(now.all('checker_votes_total', { checker: 'gamma', mode: 'enforce' })).toEqual([])
  expect(now.value('outbox_deliveries_total', { checker: 'beta', result: 'failed' })).toBe(0)
  expect(now.value('abandoned_total')).toBe(0)
})

test('certificates and keys of checkers end when the configuration and the files say', async () => {
  const folder = join(import.meta.dirname, '../../simulator/test/tls')
  const [ca, client] = [join(folder, 'cert.pem'), join(folder, 'client-cert.pem')]
  const tls = `ca: "${ca}", client_cert: "${client}", client_key: "${join(folder, 'client-key.pem')}"`
  const server = { cert: await readFile(ca), key: await readFile(join(folder, 'key.pem')) }
  await open({ checkers: [{ name: 'alpha', tls: server, entry: `tls: { ${tls} }` }, { name: 'beta' }] })
  await rig.restart((text) => text.replace('keys/alpha.pub', '[{ file: keys/alpha.pub, not_after: 2031-01-31 }]'))
  const endOf = async (path: string): Promise<number> =>
    new X509Certificate(await readFile(path)).validToDate.getTime() / 1_000
  const now = await look()
  expect(now.value('certificate_expiry_timestamp_seconds', { role: 'checkers alpha tls.ca' })).toBe(await endOf(ca))
  expect(now.value('certificate_expiry_timestamp_seconds', { role: 'checkers alpha tls.cert' })).toBe(
    await endOf(client),
  )
  expect(now.all('certificate_expiry_timestamp_seconds')).toHaveLength(2)
  expect(now.all('key_expiry_timestamp_seconds').map(({ labels, value }) => [labels['role'], value])).toEqual([
    ['checkers alpha', (Date.UTC(2031, 1, 1) - 1) / 1_000],
  ])
})
