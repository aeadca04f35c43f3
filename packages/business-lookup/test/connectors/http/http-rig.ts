import type { LookupAddress } from 'node:dns'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import type { Connector, LookUp } from '../../../src/connectors/connector.ts'
import { checkHttpConnector } from '../../../src/connectors/http/check-http-connector.ts'
import { httpConnectorSchema } from '../../../src/connectors/http/http-config.ts'
import { openHttpConnector } from '../../../src/connectors/http/http-connector.ts'
import type { RecordMap } from '../../../src/record/record-map.ts'
import type { WhitelistingConfig } from '../../../src/whitelisting/whitelisting-config.ts'
import { json, RECORD, startBusinessServer, type BusinessServer, type Respond } from './business-server.ts'
import { selfSigned, signedBy, type KeyPair } from './certificates.ts'

export const NOW_MS = Date.parse('2026-11-21T12:00:00Z')
export const MAP: RecordMap = {
  status: { at: '/state' },
  asset: { at: '/currency' },
  amount: { at: '/amount' },
  destination: { at: '/address' },
  tag: { at: '/memo' },
  expires_at: { at: '/valid_until' },
}

/** A connector as an operator configured it, and everything that can be seen of it. */
export interface OpenedConnector {
  readonly connector: Connector
  readonly registry: Registry
  ask(options?: { readonly reference?: string; readonly signal?: AbortSignal }): Promise<LookUp>
  /** Failed tries of one kind. */
  errors(kind: string): Promise<number>
  breakerOpen(): Promise<number>
}

export interface HttpRig {
  readonly directory: string
  readonly server: KeyPair
  readonly stranger: KeyPair
  /** Unix time; tests move it. */
  nowMs: number
  /** What names stand for, at each look-up anew where it is a function; nothing else is known. */
  readonly names: Map<string, readonly string[] | (() => readonly string[])>
  /** Every name that was looked up. */
  readonly resolved: string[]
  readonly logged: string[]
  write(name: string, content: string, mode?: number): Promise<void>
  serve(respond?: Respond, tls?: ServerOptions): Promise<BusinessServer>
  /** `more` replaces members of the `connector:` block. */
  open(
    server: BusinessServer,
    more?: object,
    map?: RecordMap,
    whitelisting?: WhitelistingConfig,
  ): Promise<OpenedConnector>
  /** Ends servers and connectors of one test, and forgets what it changed. */
  clear(): Promise<void>
  close(): Promise<void>
}

export const connectorAt = ({ port }: Pick<BusinessServer, 'port'>, more: object = {}): object => ({
  kind: 'http',
  url: `https://payouts.test:${port}/v1/withdrawals/{reference}`,
  allow_addresses: ['127.0.0.1'],
  ca: 'server.pem',
  auth: { kind: 'none' },
  ...more,
})

export async function createHttpRig(): Promise<HttpRig> {
  const directory = await mkdtemp(join(tmpdir(), 'cq lookup '))
  const server = await selfSigned(directory, 'server')
  const stranger = await selfSigned(directory, 'stranger')
  await signedBy(directory, 'server', 'client')
  const ends: (() => Promise<void>)[] = []
  const logged: string[] = []
  const log = createLogger({
    name: 'test',
    level: 'debug',
    format: 'json',
    destination: { write: (line: string) => void logged.push(line) },
  })
  const rig: HttpRig = {
    directory,
    server,
    stranger,
    nowMs: NOW_MS,
    names: new Map(),
    resolved: [],
    logged,
    write: async (name, content, mode = 0o600) => {
      await rm(join(directory, name), { force: true })
      await writeFile(join(directory, name), content, { mode })
    },
    serve: async (respond = json(RECORD), tls = {}) => {
      const started = await startBusinessServer({ ...server, ...tls }, respond)
      ends.push(() => started.close())
      return started
    },
    open: async (at, more, map = MAP, whitelisting) => {
      const config = httpConnectorSchema.parse(connectorAt(at, more))
      const problems = checkHttpConnector(config, 'production')
      if (problems.length > 0) throw new Error(JSON.stringify(problems))
      const registry = new Registry()
      const clock = { nowMs: () => rig.nowMs }
      const common = { directory, clock, log, registry, whitelisting }
      const connector = await openHttpConnector({ ...common, config, map }, lookupIn(rig))
      ends.push(() => connector.close())
      const metric = async (name: string, label: string, value: string): Promise<number> => {
        const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] }
        return values.find(({ labels }) => labels[label] === value)?.value ?? 0
      }
      return {
        connector,
        registry,
        ask: ({ reference = 'WD-1', signal = new AbortController().signal } = {}) =>
          connector.lookUp({ reference, organisation: 'acme' }, signal),
        errors: (kind) => metric('callback_quorum_lookup_connector_errors_total', 'kind', kind),
        breakerOpen: () => metric('callback_quorum_lookup_breaker_open', 'connector', 'http'),
      }
    },
    clear: async () => {
      for (const end of ends.splice(0).reverse()) await end()
      rig.nowMs = NOW_MS
      rig.names.clear()
      for (const name of ['payouts.test', 'login.test']) rig.names.set(name, ['127.0.0.1'])
      rig.resolved.length = 0
      logged.length = 0
    },
    close: async () => {
      await rig.clear()
      await rm(directory, { recursive: true })
    },
  }
  await rig.clear()
  return rig
}

const lookupIn =
  ({ names, resolved }: HttpRig): LookupFunction =>
  (host, _, callback) => {
    resolved.push(host)
    const known = names.get(host) ?? []
    const addresses = typeof known === 'function' ? known() : known
    const found: readonly LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }))
    if (found.length === 0) callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
    else callback(null, [...found])
  }

export const UNAVAILABLE = { found: 'unavailable', code: 'CONNECTOR_UNAVAILABLE' }
export const BAD_RESPONSE = { found: 'refused', code: 'CONNECTOR_BAD_RESPONSE' }
export const REFUSED = { found: 'refused', code: 'CONNECTOR_AUTH' }
