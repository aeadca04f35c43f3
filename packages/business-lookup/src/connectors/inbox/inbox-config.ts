import {
  durationBetween,
  expecting,
  filePath,
  isLoopbackHost,
  listenAddress,
  nameText,
  organisationText,
  type CommonConfig,
  type Problem,
} from '@callback-quorum/service'
import { z } from 'zod'
import { STATUSES_OF_THE_INBOX } from './inbox-status.ts'

/** Clocks of two systems that both keep time differ by seconds. */
const AHEAD_MS = 5 * 60_000
const AHEAD_MS_MAX = 60 * 60_000

const eventTypes = z
  .array(
    z.string({ error: expecting('the type of an event', 'com.example.withdrawal.approved') }).regex(/^[!-~]{1,256}$/),
  )
  .min(1, { error: expecting('at least one type of event', '[com.example.withdrawal.approved]') })

export const inboxConnectorSchema = z.strictObject({
  kind: z.literal('inbox'),
  /** A listener of its own: who may push intents is nobody else's matter. */
  listen: listenAddress,
  tls: z.strictObject({ cert: filePath, key: filePath, client_ca: filePath.optional() }).optional(),
  plaintext: z.literal('acknowledged', { error: expecting('the word acknowledged, or this line left out') }).optional(),
  /** Names and hashes of bearer tokens. */
  producers: filePath,
  /** Which organisation a producer writes for. */
  organisations: z.record(nameText, organisationText).refine((map) => Object.keys(map).length > 0, {
    error: expecting('at least one producer', '{ payouts-eu: acme }'),
  }),
  /** Whether every intent must carry a proof, a signature of the business system that is verified at decision time. No default. */
  proof: z.enum(['required', 'none'], {
    error: expecting('required, or none where a row of the database is proof enough'),
  }),
  /** CloudEvents `type`; any other is refused. */
  event_types: z.strictObject({ intent: eventTypes, cancel: eventTypes }),
  /** An event of a later time than this from now is refused. */
  ahead_max: durationBetween(0, AHEAD_MS_MAX, 'from 0s to 1h').default(AHEAD_MS),
})

/** With the status words that approve, `compare.status.in` of the configuration: written once, so that the two never differ. */
export type InboxConfig = z.output<typeof inboxConnectorSchema> & { readonly approved_status: readonly string[] }

/** The rules over several members. Paths are those of the whole configuration. */
export function checkInboxConnector(config: InboxConfig, profile: CommonConfig['profile']): readonly Problem[] {
  return [...checkTransport(config, profile), ...checkEventTypes(config), ...checkApprovedStatus(config)]
}

/** As for the callback listeners: what commands money goes over TLS, and in production without an exception beyond this machine. */
function checkTransport({ listen, tls, plaintext }: InboxConfig, profile: CommonConfig['profile']): readonly Problem[] {
  if (tls !== undefined && plaintext !== undefined)
    return [{ path: ['connector', 'plaintext'], problem: 'stands beside tls', expected: 'one of the two' }]
  if (tls !== undefined || isLoopbackHost(listen.host)) return []
  if (plaintext !== undefined && profile !== 'production') return []
  return [
    {
      path: ['connector', 'listen'],
      problem: 'is reachable from beyond this machine without TLS',
      expected: profile === 'production' ? 'tls, in profile production' : 'tls, or plaintext: acknowledged',
      example: 'tls: { cert: tls/inbox.pem, key: tls/inbox.key, client_ca: tls/producers-ca.pem }',
    },
  ]
}

function checkEventTypes({ event_types: { intent, cancel } }: InboxConfig): readonly Problem[] {
  const both = intent.filter((type) => cancel.includes(type))
  return both.length === 0
    ? []
    : [
        {
          path: ['connector', 'event_types', 'cancel'],
          problem: 'names a type that event_types.intent names too',
          expected: 'each type once',
        },
      ]
}

function checkApprovedStatus({ approved_status: words }: InboxConfig): readonly Problem[] {
  const path = ['compare', 'status', 'in']
  // Without a word that approves no intent would ever become immutable.
  if (words.length === 0) return [{ path, problem: 'is empty', expected: 'at least one status that approves' }]
  return words.some((word) => STATUSES_OF_THE_INBOX.includes(word))
    ? [
        {
          path,
          problem: 'holds a status by which the inbox says that nothing may be approved',
          expected: `other words than ${STATUSES_OF_THE_INBOX.join(', ')}`,
        },
      ]
    : []
}
