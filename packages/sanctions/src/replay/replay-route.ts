import { AdminFault, readId, type AdminCall, type AdminRoute } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'
import { replayVerdict, type ReplayContext } from './replay-verdict.ts'

/**
 * `POST /v1/verdicts/:id/replay`: judges what is recorded under an id of the export once more, from the stored bytes of the lists. Changes nothing. One at
 * a time: a whole list is read for it.
 */
export function replayRoute(context: ReplayContext): AdminRoute {
  let isRunning = false
  return {
    method: 'POST',
    path: '/v1/verdicts/:id/replay',
    role: 'viewer',
    handle: async (call) => {
      if (isRunning) throw new AdminFault(409, 'another replay is running: ask again when it is done')
      isRunning = true
      try {
        return { body: await replay(context, call) }
      } finally {
        isRunning = false
      }
    },
  }
}

async function replay(context: ReplayContext, { params }: AdminCall): Promise<object> {
  const id = readId('the id of the record', params['id'] ?? '')
  const replayed = await replayVerdict(context, id).catch((error: unknown) => {
    throw error instanceof SanctionsFault ? new AdminFault(409, error.message) : error
  })
  if (replayed === undefined)
    throw new AdminFault(404, `there is no record ${id.toString()} of a request whose addresses were screened`)
  const { recordedAt, recorded, differences, lists } = replayed
  const isSameOutcome =
    recorded.outcome === replayed.replayed.outcome && recorded.codes.join() === replayed.replayed.codes.join()
  return {
    record_id: id.toString(),
    recorded_at: recordedAt.toISOString(),
    same: isSameOutcome && differences.length === 0,
    recorded,
    replayed: replayed.replayed,
    differences,
    lists: lists.map(({ source, versionSha, rows }) => ({ source, version_sha: versionSha, rows })),
  }
}
