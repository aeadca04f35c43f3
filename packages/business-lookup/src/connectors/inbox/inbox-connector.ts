import { resolve } from 'node:path'
import {
  ConfigError,
  type Database,
  type HttpLimits,
  type HttpServer,
  type Logger,
  type Transaction,
} from '@callback-quorum/service'
import type { Intent } from '../../record/intent.ts'
import type { ReadMap } from '../../record/record-map.ts'
import type { Asked, Connector, ConnectorOptions, LookUp } from '../connector.ts'
import { checkInboxConnector, type InboxConfig } from './inbox-config.ts'
import { INBOX_LIMITS } from './inbox-limits.ts'
import { startInboxListener } from './inbox-listener.ts'
import { createInboxMetrics } from './inbox-metrics.ts'
import { loadProducers } from './inbox-producers.ts'
import { readIntentRow, type IntentRow } from './inbox-rows.ts'
import { CANCELLED_STATUS, DISPUTED_STATUS } from './inbox-status.ts'
import { sha256 } from './push.ts'
import { intentOfBytes, isUnreadable } from './read-record.ts'

/** What is in flight when the checker stops is a transaction of milliseconds; a producer pushes again. */
const STOP_GRACE_MS = 5_000

export interface InboxConnector extends Connector {
  readonly kind: 'inbox'
  /** Origin of the listener, without a slash at the end; empty when it does not listen. */
  readonly url: string
}

/**
 * Listens for what the business system pushes (unless `listens` is false), and looks it up in the checker's own database. Throws ConfigError for what the operator must change;
 * rejects when it cannot listen.
 */
export async function openInboxConnector(
  o: ConnectorOptions<InboxConfig> & { readonly limits?: Partial<HttpLimits>; readonly listens?: boolean },
): Promise<InboxConnector> {
  const { config, map, database } = o
  assertUsable(config, map)
  const server = o.listens === false ? undefined : await startListener(o)
  return {
    kind: 'inbox',
    url: server?.origin ?? '',
    lookUp: (asked, signal) => lookUp(asked, signal, o),
    confirm: (asked, intent, tx) => confirm(asked, intent, tx),
    problems: () =>
      database.ping().then(
        () => [],
        () => ['the database of the inbox does not answer'],
      ),
    close: async () => {
      await server?.stop(STOP_GRACE_MS)
    },
  }
}

async function startListener(
  o: ConnectorOptions<InboxConfig> & { readonly limits?: Partial<HttpLimits> },
): Promise<HttpServer> {
  const { config, map, whitelisting, directory, database, log } = o
  const findProducer = await loadProducers(resolve(directory, config.producers), config.organisations)
  return startInboxListener({
    config,
    rules: {
      map,
      proof: config.proof,
      event_types: config.event_types,
      ...(whitelisting && { whitelisting: { map: whitelisting.map, approved_status: whitelisting.compare.status.in } }),
    },
    database,
    metrics: createInboxMetrics(o.registry),
    log,
    directory,
    findProducer,
    limits: { ...INBOX_LIMITS, ...o.limits },
  })
}

/** What would make the inbox approve what it must not is looked at again here, whoever opens it. */
function assertUsable(config: InboxConfig, map: ReadMap): void {
  const problems = checkInboxConnector(config, 'development').map(
    ({ path, problem }) => `${path.join('.')}: ${problem}`,
  )
  if (config.proof === 'required' && map.proof === undefined)
    problems.push('map.proof: is missing; expected where the proof stands, or connector.proof: none')
  if (problems.length > 0) throw new ConfigError(problems)
}

type LookUpOptions = Pick<ConnectorOptions<InboxConfig>, 'config' | 'map' | 'whitelisting' | 'database' | 'log'>

async function lookUp(asked: Asked, signal: AbortSignal, o: LookUpOptions): Promise<LookUp> {
  try {
    const row = await beforeAbort(signal, o.database, asked)
    return row === undefined ? { found: 'none' } : lookUpOf(row, readingOf(asked, o), o.log)
  } catch (error) {
    o.log.error({ err: error }, 'the inbox could not be read')
    return { found: 'unavailable', code: 'CONNECTOR_UNAVAILABLE', text: 'the inbox could not be read' }
  }
}

async function beforeAbort(signal: AbortSignal, database: Database, asked: Asked): Promise<IntentRow | undefined> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new Error('the time to look up is over'))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([readIntentRow(database, asked), promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const refused = (text: string): LookUp => ({ found: 'refused', code: 'CONNECTOR_BAD_RESPONSE', text })

interface Reading {
  readonly map: ReadMap
  readonly isProofDemanded: boolean
}

function readingOf({ isWhitelisting }: Asked, { config, map, whitelisting }: LookUpOptions): Reading {
  if (isWhitelisting !== true) return { map, isProofDemanded: config.proof === 'required' }
  if (whitelisting === undefined) throw new Error('invariant: nothing says how whitelistings are read')
  return { map: whitelisting.map, isProofDemanded: false }
}

function lookUpOf(row: IntentRow, { map, isProofDemanded }: Reading, log: Logger): LookUp {
  const { version, data } = row
  const word = row.cancelled_version !== null ? CANCELLED_STATUS : row.disputed ? DISPUTED_STATUS : undefined
  if (data === null || version === null)
    return word === undefined ? refused('the inbox holds no intent') : { found: 'one', intent: tombstone(word) }
  // What the database gives back is what was received, or it is nothing.
  if (sha256(data) !== row.record_digest) return refused('the stored intent is not the one that was received')
  try {
    const read = intentOfBytes(data, map)
    const intent = { ...read, version: version.toString() }
    if (word !== undefined) return { found: 'one', intent: { ...intent, status: { is: 'text', text: word } } }
    if (isProofDemanded && intent.proof.is !== 'text')
      return refused('the stored intent carries no proof, and the configuration demands one')
    return { found: 'one', intent }
  } catch (error) {
    if (!isUnreadable(error)) throw error
    log.error({ err: error }, 'a stored intent cannot be read by the mapping of today')
    return refused('the stored intent cannot be read by the mapping')
  }
}

/** Cancelled before anything came: nothing else is known. */
function tombstone(word: string): Intent {
  const absent = { is: 'absent' } as const
  return {
    reference: absent,
    status: { is: 'text', text: word },
    asset: absent,
    expiresAt: absent,
    initiator: absent,
    source: absent,
    calldata: absent,
    proof: absent,
    outputs: [{ amount: absent, destination: absent, tag: absent }],
    recordDigest: sha256(new Uint8Array()),
  }
}

/** The lock holds off a cancel until the claim is committed: a cancel that was acknowledged before is seen here, one that waits comes after. */
async function confirm(asked: Asked, intent: Intent, tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ stands: boolean }>({
    name: 'inbox-confirm',
    text: `select cancelled_version is null and not disputed and version::text = $3 and record_digest = $4 as stands
             from inbox_intent where organisation = $1 and reference = $2 for share`,
    values: [asked.organisation, asked.reference, intent.version ?? '', intent.recordDigest],
  })
  return row?.stands === true
}
