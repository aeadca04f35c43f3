import type { Sql } from '@callback-quorum/service'

export type LoggedResult = 'activated' | 'quarantined' | 'refused' | 'failed'

export interface LoggedRefresh {
  readonly result: LoggedResult
  /** Of a failure. */
  readonly code?: string
  readonly text?: string
  readonly sha256?: string
  /** The first bytes of what could not be read. */
  readonly head?: Uint8Array
}

export const HEAD_BYTES_MAX = 4096
const TEXT_LENGTH_MAX = 1_000
/** A file is looked at every few seconds: the same failure is one row an hour. */
const SAME_AGAIN = '1 hour'

/** Appends an attempt that changed something or failed, unless the last one said just the same a short while ago. */
export async function logRefresh(sql: Sql, source: string, refresh: LoggedRefresh): Promise<void> {
  const { result, code, text, sha256, head } = refresh
  await sql.query({
    text: `insert into list_refresh (source, at, result, code, text, sha256, head)
           select $1, clock_now(), $2, $3, $4, $5, $6
           where not exists (
             select from (select * from list_refresh where source = $1 order by refresh_id desc limit 1) l
             where l.result = $2 and l.code is not distinct from $3 and l.sha256 is not distinct from $5
               and l.at > clock_now() - interval '${SAME_AGAIN}')`,
    values: [source, result, code ?? null, text?.slice(0, TEXT_LENGTH_MAX) ?? null, sha256 ?? null, head ?? null],
  })
}
