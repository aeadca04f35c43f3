import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createLogger,
  createTestDatabase,
  migrationsBeside,
  systemClock,
  type Database,
  type HttpLimits,
  type TestDatabase,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { Agent, request, type Dispatcher } from 'undici'
import { inject } from 'vitest'
import type { LookUp } from '../../../src/connectors/connector.ts'
import type { InboxConfig } from '../../../src/connectors/inbox/inbox-config.ts'
import { openInboxConnector, type InboxConnector } from '../../../src/connectors/inbox/inbox-connector.ts'
import { createProducerToken } from '../../../src/connectors/inbox/inbox-producers.ts'
import type { RecordMap } from '../../../src/record/record-map.ts'
import type { WhitelistingConfig } from '../../../src/whitelisting/whitelisting-config.ts'

const run = promisify(execFile)

export const MIGRATIONS = [
  {
    name: 'business-lookup',
    directory: migrationsBeside(new URL('../../../src/business-lookup.ts', import.meta.url).href),
  },
]
export const LOG = createLogger({ level: 'silent', name: 'inbox' })
export const INTENT_TYPE = 'com.example.withdrawal.approved'
export const CANCEL_TYPE = 'com.example.withdrawal.cancelled'
export const MAP: RecordMap = {
  status: { at: '/state' },
  asset: { at: '/asset' },
  amount: { at: '/amount', allow_number: true },
  destination: { at: '/address' },
  tag: { at: '/memo', optional: true },
  proof: { at: '/proof', optional: true },
}

export const record = (changed: object = {}): object => ({
  state: 'approved',
  asset: 'ETH',
  amount: '1.5',
  address: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  ...changed,
})

/** A new one for each use: the rows of one test are nobody else's. */
let references = 0
export const newReference = (): string => `WD-${(references += 1)}`

export interface Reply {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly text: string
  readonly json: unknown
}

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Names and values in turns, where a name stands twice. */
  readonly rawHeaders?: readonly string[]
  readonly token?: string | null
  readonly agent?: Agent
}

export interface InboxRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly directory: string
  readonly token: string
  /** Of the producer that writes for another organisation. */
  readonly otherToken: string
  readonly registry: Registry
  readonly inbox: InboxConnector
  /** One more listener: over the same database unless another one is given. */
  open(opening?: Opening): Promise<InboxConnector>
  send(path: string, sending?: Sending, inbox?: InboxConnector): Promise<Reply>
  put(reference: string, version: number, data: unknown, inbox?: InboxConnector): Promise<Reply>
  cancel(reference: string, version: number, inbox?: InboxConnector): Promise<Reply>
  event(attributes: Readonly<Record<string, unknown>>, inbox?: InboxConnector): Promise<Reply>
  lookUp(reference: string, inbox?: InboxConnector): Promise<LookUp>
  /** What was counted under this result, or this kind of alarm. */
  counted(metric: 'events_total' | 'alarms_total', label: string): Promise<number>
  rows(reference: string): Promise<{ readonly intents: number; readonly results: readonly string[] }>
  close(): Promise<void>
}

export interface Opening {
  readonly config?: Partial<InboxConfig>
  readonly map?: RecordMap
  readonly whitelisting?: WhitelistingConfig
  readonly database?: Database
  readonly limits?: Partial<HttpLimits>
}

export const SETTINGS: InboxConfig = {
  kind: 'inbox',
  listen: { host: '127.0.0.1', port: 0 },
  producers: 'producers.yaml',
  organisations: { 'payouts-eu': 'acme', 'payouts-us': 'globex' },
  proof: 'none',
  event_types: { intent: [INTENT_TYPE], cancel: [CANCEL_TYPE] },
  ahead_max: 300_000,
  approved_status: ['approved', 'ready'],
}

export async function startInboxRig(opening: Opening = {}): Promise<InboxRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  const database = await testDatabase.open({ poolSizeMax: 24 })
  const directory = await mkdtemp(join(tmpdir(), 'cq inbox '))
  const [eu, us] = [createProducerToken(), createProducerToken()]
  await writeFile(
    join(directory, 'producers.yaml'),
    `tokens:\n  - { name: payouts-eu, sha256: ${eu.sha256} }\n  - { name: payouts-us, sha256: ${us.sha256} }\n`,
  )
  const registry = new Registry()
  const opened: InboxConnector[] = []
  const open = async (o: Opening = {}, metrics = new Registry()): Promise<InboxConnector> => {
    const inbox = await openInboxConnector({
      config: { ...SETTINGS, ...o.config },
      map: o.map ?? MAP,
      whitelisting: o.whitelisting,
      directory,
      clock: systemClock,
      log: LOG,
      registry: metrics,
      database: o.database ?? database,
      ...(o.limits === undefined ? {} : { limits: o.limits }),
    })
    opened.push(inbox)
    return inbox
  }
  const inbox = await open(opening, registry)
  const plain = new Agent()
  const send: InboxRig['send'] = async (
    path,
    { method = 'POST', body, headers = {}, rawHeaders, token, agent } = {},
    at = inbox,
  ) => {
    const bearer = token === null ? {} : { authorization: `Bearer ${token ?? eu.token}` }
    const given =
      rawHeaders === undefined ? { ...headers, ...bearer } : [...rawHeaders, ...Object.entries(bearer).flat()]
    const answer = await request(`${at.url}${path}`, {
      method,
      headers: given,
      dispatcher: agent ?? plain,
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    }
  }
  const JSON_TYPE = { 'content-type': 'application/json' }
  return {
    testDatabase,
    database,
    directory,
    token: eu.token,
    otherToken: us.token,
    registry,
    inbox,
    open,
    send,
    put: (reference, version, data, at) =>
      send(
        `/v1/intents/${encodeURIComponent(reference)}`,
        { method: 'PUT', body: { version, data }, headers: JSON_TYPE },
        at,
      ),
    cancel: (reference, version, at) =>
      send(`/v1/intents/${reference}/cancel`, { body: { version, reason: 'withdrawn' }, headers: JSON_TYPE }, at),
    event: (attributes, at) =>
      send('/v1/events', { body: attributes, headers: { 'content-type': 'application/cloudevents+json' } }, at),
    lookUp: (reference, at = inbox) => at.lookUp({ reference, organisation: 'acme' }, AbortSignal.timeout(5_000)),
    counted: async (metric, label) => {
      const found = await registry.getSingleMetric(`callback_quorum_lookup_inbox_${metric}`)?.get()
      return found?.values.find(({ labels }) => Object.values(labels).includes(label))?.value ?? 0
    },
    rows: async (reference) => {
      const intents = await database.query({
        text: 'select 1 from inbox_intent where reference = $1',
        values: [reference],
      })
      const events = await database.query<{ result: string }>({
        text: 'select result from inbox_event where reference = $1 order by inbox_event_id',
        values: [reference],
      })
      return { intents: intents.length, results: events.map(({ result }) => result) }
    },
    close: async () => {
      await Promise.all(opened.map((each) => each.close()))
      await plain.close()
      await testDatabase.drop()
      await rm(directory, { recursive: true })
    },
  }
}

/** An event in structured mode. */
export const eventOf = (subject: string, version: number, changed: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `${subject}/${version}`,
  source: '/payouts',
  type: INTENT_TYPE,
  time: new Date().toISOString(),
  subject,
  version,
  data: record(),
  ...changed,
})

/** What a comparison would see. */
export function seen(found: LookUp): string {
  if (found.found !== 'one') return found.found
  const { status, outputs, version } = found.intent
  const [amount] = outputs.map((output) => (output.amount.is === 'text' ? output.amount.text : output.amount.is))
  return `${status.is === 'text' ? status.text : status.is} ${amount ?? ''} v${version ?? '-'}`
}

/** A certificate for 127.0.0.1, signed by `issuer` or, when that is absent, by itself. */
export async function certify(cwd: string, name: string, issuer?: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`]
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1']
  const signer = issuer === undefined ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]
  await run('openssl', ['req', '-x509', ...key, ...subject, ...names, ...signer], { cwd })
  await chmod(join(cwd, `${name}.key`), 0o600)
}

export const readText = (...path: string[]): Promise<string> => readFile(join(...path), 'utf8')
