import type { Dialect } from '@callback-quorum/protocol'
import type { Database } from '@callback-quorum/service'

/** No caller waits this long for one answer: what is open for longer was given none. */
const UNANSWERED_MS = 30_000

/** Requests that were told "later", or nothing, and that their callers may still ask again. */
export interface Deferrals {
  readonly open: number
  /** Since its first asking; 0 when none waits. */
  readonly oldestSeconds: number
}

/**
 * A request that is being asked for the first time is open as well, and no deferral: it has a plan and no reason yet. A freeze defers before
 * anything is planned; a gateway that died leaves its plan behind.
 */
export async function countDeferrals(database: Database): Promise<Readonly<Record<'cobo' | 'fireblocks', Deferrals>>> {
  const rows = await database.query<{ dialect: Dialect; open: bigint; oldest_seconds: string }>({
    name: 'count-deferrals',
    text: `select dialect, count(*) as open, extract(epoch from max(now - first_asked_at))::text as oldest_seconds
           from request, (select clock_now() as now offset 0) as clock
           where state = 'open' and abandon_after >= now
             and (reason is not null or planned = '{}' or first_asked_at <= now - $1 * interval '1 millisecond')
           group by dialect`,
    values: [UNANSWERED_MS],
  })
  const of = (prefix: string): Deferrals => {
    const counted = rows.filter(({ dialect }) => dialect.startsWith(prefix))
    return {
      open: counted.reduce((sum, { open }) => sum + Number(open), 0),
      oldestSeconds: Math.max(0, ...counted.map(({ oldest_seconds: text }) => Number(text))),
    }
  }
  return { cobo: of('cobo-'), fireblocks: of('fireblocks-') }
}

interface Asked {
  readonly state: string
  readonly reason: string | null
  readonly planned: readonly string[]
  readonly first_asked_at: Date
}

/** The same of one request as it was before this asking of it. */
export function wasDeferred(row: Asked, now: Date): boolean {
  if (row.state !== 'open') return false
  const openForMs = now.getTime() - row.first_asked_at.getTime()
  return row.reason !== null || row.planned.length === 0 || openForMs >= UNANSWERED_MS
}
