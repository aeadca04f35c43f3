import { KINDS, type Dialect, type ProtocolFaultCode } from '@callback-quorum/protocol'
import type { CommonConfig } from '../config/index.ts'
import type { Caller } from '../keys/index.ts'
import { REFUSED_CONNECTIONS } from './http-server.ts'
import type { HttpMetrics } from './metrics.ts'
import { BODY_CAUSES, SIGNER_CAUSES } from './outcome.ts'

/** Of a token of nobody. */
const TOKEN_CAUSES: readonly ProtocolFaultCode[] = [
  'ERR_PROTOCOL_TOKEN_MALFORMED',
  'ERR_PROTOCOL_TOKEN_ALGORITHM',
  'ERR_PROTOCOL_TOKEN_HEADER',
  'ERR_PROTOCOL_TOKEN_SIGNATURE',
]
/** Of a token that a caller signed: times that are wrong, or a key that is past its last day. */
const SIGNED_CAUSES: readonly ProtocolFaultCode[] = [
  'ERR_PROTOCOL_TOKEN_SIGNATURE',
  'ERR_PROTOCOL_TOKEN_EXPIRED',
  'ERR_PROTOCOL_TOKEN_NOT_YET_VALID',
  'ERR_PROTOCOL_TOKEN_EXP_MISSING',
  'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR',
]

/** Begins what these listeners can count at 0: `increase()` does not see the first event of a series that was not there. */
export function beginAtZero(
  metrics: HttpMetrics,
  listeners: CommonConfig['callback'],
  callers: readonly Pick<Caller, 'name' | 'dialects'>[],
): void {
  for (const reason of REFUSED_CONNECTIONS) metrics.refusedConnections.inc({ reason }, 0)
  for (const dialect of new Set(listeners.flatMap(({ dialects }) => dialects))) {
    for (const { name } of callers.filter(({ dialects }) => dialects.includes(dialect)))
      beginCaller(metrics, dialect, name)
    metrics.unidentified.inc({ dialect }, 0)
    beginTokenFailures(metrics, dialect, callers)
  }
}

function beginCaller(metrics: HttpMetrics, dialect: Dialect, caller: string): void {
  for (const kind of kindsOf(dialect))
    for (const outcome of ['approved', 'rejected', 'failed'])
      metrics.requests.inc({ dialect, kind, outcome, caller }, 0)
  if (isFireblocks(dialect)) return
  for (const ready of ['true', 'false']) metrics.pings.inc({ dialect, ready, caller }, 0)
}

function beginTokenFailures(
  { tokenFailures }: HttpMetrics,
  dialect: Dialect,
  callers: readonly Pick<Caller, 'name' | 'dialects'>[],
): void {
  for (const reason of [...BODY_CAUSES, ...TOKEN_CAUSES]) tokenFailures.inc({ dialect, reason, caller: 'unknown' }, 0)
  const ofSigned = [...SIGNED_CAUSES, ...(isFireblocks(dialect) ? SIGNER_CAUSES : [])]
  for (const { name: caller } of callers.filter(({ dialects }) => dialects.includes(dialect)))
    for (const reason of ofSigned) tokenFailures.inc({ dialect, reason, caller }, 0)
}

const isFireblocks = (dialect: Dialect): boolean => dialect.startsWith('fireblocks-')

/** A ping is counted by itself. What could not be read has no kind. */
const kindsOf = (dialect: Dialect): readonly string[] => [
  ...KINDS.filter((kind) => kind !== 'ping' && FIREBLOCKS_KINDS.has(kind) === isFireblocks(dialect)),
  'unknown',
]

const FIREBLOCKS_KINDS: ReadonlySet<string> = new Set(['tx-approval', 'tx-signing', 'config-change'])
