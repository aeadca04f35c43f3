import type { Database } from '@callback-quorum/service'
import type { Vote } from '../vote.ts'

/** Keeps what a shadow checker said beside the request; it counts for nothing. */
export async function recordShadow(database: Database, requestKey: bigint, vote: Vote): Promise<void> {
  await database.query({
    name: 'insert-shadow',
    text: 'insert into shadow_verdict (request_key, checker, result, detail, received_at) values ($1, $2, $3, $4, clock_now())',
    values: [requestKey, vote.checker, vote.result, JSON.stringify(vote)],
  })
}
