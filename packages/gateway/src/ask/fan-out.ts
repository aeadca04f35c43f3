import type { Clock } from '@callback-quorum/service'
import type { Gauge } from 'prom-client'
import type { CheckerEntry } from '../config.ts'
import type { Quorum } from '../quorum.ts'
import type { Vote } from '../vote.ts'
import { askChecker, type CheckerClient } from './checker-client.ts'
import type { Question } from './question.ts'

export interface FanOutOptions {
  readonly clients: ReadonlyMap<string, CheckerClient>
  readonly clock: Clock
  readonly leftMs: number
  readonly inFlight: Gauge<'checker'>
  readonly onVote: (vote: Vote, mode: 'enforce' | 'shadow') => void
}

export interface FanOut {
  readonly votes: readonly Vote[]
  /** Everybody who may have seen the question, shadows included: they are owed an outcome. */
  readonly asked: readonly string[]
}

/**
 * Asks stage by stage, side by side within a stage, under one deadline. The first rejection ends it: the others' calls are cancelled
 * and count as not answered. A stage that did not fully approve is the last one.
 */
export async function fanOut(quorum: Quorum, question: Question, options: FanOutOptions): Promise<FanOut> {
  const rejected = new AbortController()
  const deadline = AbortSignal.timeout(Math.max(1, options.leftMs))
  const signal = AbortSignal.any([deadline, rejected.signal])
  const votes: Vote[] = []
  const asked: string[] = []
  const clientOf = ({ name }: CheckerEntry): CheckerClient => {
    const client = options.clients.get(name)
    if (client === undefined) throw new Error(`invariant: no client for ${name}`)
    asked.push(name)
    return client
  }

  const ask = async (client: CheckerClient, until: AbortSignal): Promise<Vote> => {
    options.inFlight.inc({ checker: client.name })
    try {
      return await askChecker(client, question, until, options.clock)
    } finally {
      options.inFlight.dec({ checker: client.name })
    }
  }

  for (const stage of quorum.stages) {
    for (const checker of stage.shadow) {
      void ask(clientOf(checker), deadline).then((vote) => {
        options.onVote(vote, 'shadow')
      })
    }
    const stageVotes = await Promise.all(
      stage.require.map(async (checker) => {
        const heard = await ask(clientOf(checker), signal)
        // A call that ended because somebody else rejected says nothing about this checker.
        const isCancelled = heard.result === 'failed' && rejected.signal.aborted
        const vote: Vote = isCancelled ? { checker: heard.checker, ms: heard.ms, result: 'cancelled' } : heard
        options.onVote(vote, 'enforce')
        if (vote.result === 'rejected') rejected.abort()
        return vote
      }),
    )
    votes.push(...stageVotes)
    if (stageVotes.some(({ result }) => result !== 'approved') || deadline.aborted) break
  }
  return { votes, asked }
}
