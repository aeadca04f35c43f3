import type { Database, Sql } from '@callback-quorum/service'

/** Records of `from` up to but not including `to`, with ids up to `upto`. */
export interface VerdictSpan {
  readonly from: Date
  readonly to: Date
  readonly upto: bigint
}

export interface VerdictLine {
  readonly recordId: bigint
  /** JSON without a line end: the same text whenever it is read. */
  readonly line: string
}

/**
 * The last record there is, with nobody in between: all that were written before are there, whatever is under way gets a higher id. Waits for those
 * that write records, and holds up others as long.
 */
export async function lastRecord(database: Database): Promise<bigint> {
  return database.transaction(async (tx) => {
    await tx.query({ text: 'lock table verdict_record in share mode' })
    const [row] = await tx.query<{ last: bigint }>({
      text: 'select coalesce(max(record_id), 0) as last from verdict_record',
    })
    if (row === undefined) throw new Error('invariant: an aggregate has one row')
    return row.last
  })
}

/** The next `rows` records after `after`, in the order of their ids. */
export async function verdictLines(
  sql: Sql,
  { from, to, upto }: VerdictSpan,
  after: bigint,
  rows: number,
): Promise<readonly VerdictLine[]> {
  const found = await sql.query<{ record_id: bigint; line: string }>({
    text: `select record_id, jsonb_build_object('record_id', record_id::text, 'recorded_at', recorded_at at time zone 'UTC', 'caller', caller,
             'dialect', dialect, 'kind', kind, 'request_id', request_id, 'digest', digest, 'outcome', outcome, 'judged', judged, 'codes', codes,
             'reason', reason, 'policy_digest', policy_digest, 'data_version', data_version, 'question', question, 'evidence', evidence)::text as line
           from verdict_record
           where recorded_at >= $1 and recorded_at < $2 and record_id <= $3 and record_id > $4 order by record_id limit $5`,
    values: [from, to, upto, after, rows],
  })
  return found.map(({ record_id: recordId, line }) => ({ recordId, line }))
}
