import type { Sql } from '@callback-quorum/service'
import type { MonthMaximum } from './check-gates.ts'

/** domain/sanctions 1.3: measured against the 30-day maximum too, so that many small shrinks do not pass. */
const WINDOW = '30 days'

/**
 * The largest figures of the versions that screened within the last 30 days. What people activated by hand is the measure from then on:
 * a shrink that they accepted is not refused again for a month. Undefined before the first activation.
 */
export async function readMonthMaximum(sql: Sql, source: string, exceptSha: string): Promise<MonthMaximum | undefined> {
  const rows = await sql.query<{ rows: number; rows_by_code: Readonly<Record<string, number>> }>({
    text: `with lasting as (
             select a.*, lead(activated_at) over (order by activation_id) as ended_at,
               max(activation_id) filter (where by <> 'system') over () as by_hand
             from list_activation a where source = $1)
           select v.rows, v.rows_by_code from lasting l join list_version v using (version_id)
           where coalesce(l.ended_at, 'infinity') > clock_now() - interval '${WINDOW}'
             and l.activation_id >= coalesce(l.by_hand, 0) and v.sha256 <> $2`,
    values: [source, exceptSha],
  })
  if (rows.length === 0) return undefined
  const rowsByCode: Record<string, number> = {}
  for (const { rows_by_code: byCode } of rows)
    for (const [code, count] of Object.entries(byCode)) rowsByCode[code] = Math.max(rowsByCode[code] ?? 0, count)
  return { rows: Math.max(...rows.map((version) => version.rows)), rowsByCode }
}
