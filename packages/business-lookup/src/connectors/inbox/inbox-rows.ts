import type { Sql, Transaction } from '@callback-quorum/service'
import { contentDigestOf, sha256, type Accepted, type Conflict, type Push, type UnreadablePush } from './push.ts'

/** The row of a reference. `version`, `data` and `record_digest` are absent together: cancelled before anything came. */
export interface IntentRow {
  readonly version: bigint | null
  readonly data: Buffer | null
  readonly record_digest: string | null
  readonly approved: boolean
  readonly disputed: boolean
  readonly cancelled_version: bigint | null
  readonly updated_at: Date
}

type Place = Pick<Push, 'organisation' | 'reference'>

export async function readIntentRow(sql: Sql, { organisation, reference }: Place): Promise<IntentRow | undefined> {
  const [row] = await sql.query<IntentRow>({
    name: 'inbox-intent',
    text: `select version, data, record_digest, approved, disputed, cancelled_version, updated_at
             from inbox_intent where organisation = $1 and reference = $2`,
    values: [organisation, reference],
  })
  return row
}

/**
 * Nobody else writes these references until the transaction ends. All at once and in one order, so that two batches never wait for each other; a lock
 * and not a row, because a reference that nothing was accepted for has none.
 */
export async function lockReferences(tx: Transaction, pushes: readonly Push[]): Promise<void> {
  await tx.query({
    name: 'inbox-lock',
    text: `select pg_advisory_xact_lock(key) from (
             select distinct hashtextextended(organisation || ':' || reference, 11033) as key
               from unnest($1::text[], $2::text[]) as place (organisation, reference) order by key) keys`,
    values: [pushes.map(({ organisation }) => organisation), pushes.map(({ reference }) => reference)],
  })
}

/** Writes the whole row of a reference. `updated_at` is the time of the transaction's decisions. */
export async function writeIntentRow(
  tx: Transaction,
  { organisation, reference }: Place,
  row: IntentRow,
): Promise<void> {
  await tx.query({
    name: 'inbox-write-intent',
    text: `insert into inbox_intent as i (organisation, reference, version, data, record_digest, approved, disputed, cancelled_version, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (organisation, reference) do update set
             version = excluded.version, data = excluded.data, record_digest = excluded.record_digest, approved = excluded.approved,
             disputed = excluded.disputed, cancelled_version = excluded.cancelled_version, updated_at = excluded.updated_at`,
    values: [
      organisation,
      reference,
      row.version,
      row.data,
      row.record_digest,
      row.approved,
      row.disputed,
      row.cancelled_version,
      row.updated_at,
    ],
  })
}

/** The digest under which this version of an intent was accepted, if it was. */
export async function acceptedDigest(tx: Transaction, push: Push): Promise<string | undefined> {
  const [row] = await tx.query<{ record_digest: string }>({
    name: 'inbox-accepted-digest',
    text: `select record_digest from inbox_event
            where organisation = $1 and reference = $2 and version = $3 and accepted and kind = 'intent' limit 1`,
    values: [push.organisation, push.reference, push.version],
  })
  return row?.record_digest
}

/** The digest of what was accepted under the id of this event, if something was. */
export async function acceptedContent(tx: Transaction, push: Push, producer: string): Promise<string | undefined> {
  if (push.event === undefined) return undefined
  const [row] = await tx.query<{ content_digest: string }>({
    name: 'inbox-accepted-content',
    text: `select content_digest from inbox_event where producer = $1 and source = $2 and event_id = $3 and accepted`,
    values: [producer, push.event.source, push.event.id],
  })
  return row?.content_digest
}

/** Puts a push on record. False when another one was accepted under its id in the meantime. */
export async function recordPush(
  sql: Sql,
  push: Push | UnreadablePush,
  {
    producer,
    result,
    receivedAt,
  }: {
    readonly producer: string
    readonly result: Accepted | Conflict | 'unreadable'
    readonly receivedAt: Date
  },
): Promise<boolean> {
  const { event, data } = push
  const rows = await sql.query({
    name: 'inbox-record',
    text: `insert into inbox_event (organisation, reference, kind, version, producer, source, event_id, event_type, event_time,
                                    record_digest, content_digest, reason, result, received_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           on conflict (producer, source, event_id) where accepted and source is not null do nothing returning inbox_event_id`,
    values: [
      push.organisation,
      push.reference,
      push.kind,
      push.version,
      producer,
      event?.source ?? null,
      event?.id ?? null,
      event?.type ?? null,
      event?.time ?? null,
      data === undefined ? null : sha256(data),
      contentDigestOf(push),
      push.kind === 'cancel' ? (push.reason ?? null) : null,
      result,
      receivedAt,
    ],
  })
  return rows.length > 0
}
