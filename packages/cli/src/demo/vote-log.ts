import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLine } from './service-process.ts'

export interface SeenVerdict {
  readonly outcome: 'approved' | 'rejected' | 'failed' | 'cancelled'
  readonly codes: readonly string[]
  readonly reason: string
}

/** The gateway answers before its last log line is read here; more than this is never needed. */
const SETTLE_MS = 1_000
const POLL_MS = 10

/** Collects what the gateway's log says about each checker's vote, request by request. */
export class VoteLog {
  readonly #verdicts = new Map<string, Map<string, SeenVerdict>>()
  readonly #answered = new Set<string>()

  take(line: LogLine): void {
    const { msg, requestId, vote } = line
    if (typeof requestId !== 'string') return
    if (msg === 'answered') this.#answered.add(requestId)
    if (msg !== 'vote' || !isVote(vote)) return
    const verdicts = this.#verdicts.get(requestId) ?? new Map<string, SeenVerdict>()
    this.#verdicts.set(requestId, verdicts)
    const cause = vote.cause === undefined ? '' : `${vote.cause}: `
    verdicts.set(vote.checker, { outcome: vote.result, codes: vote.codes ?? [], reason: `${cause}${vote.reason ?? ''}` })
  }

  /** To be called before a request is asked: what was said about it earlier is not about this asking. */
  forget(requestId: string): void {
    this.#verdicts.delete(requestId)
    this.#answered.delete(requestId)
  }

  async of(requestId: string): Promise<Readonly<Record<string, SeenVerdict>>> {
    const deadline = performance.now() + SETTLE_MS
    while (!this.#answered.has(requestId) && performance.now() < deadline) await sleep(POLL_MS)
    return Object.fromEntries(this.#verdicts.get(requestId) ?? [])
  }
}

interface LoggedVote {
  readonly checker: string
  readonly result: SeenVerdict['outcome']
  readonly codes?: readonly string[]
  readonly reason?: string
  readonly cause?: string
}

const isVote = (value: unknown): value is LoggedVote => typeof value === 'object' && value !== null && 'checker' in value && 'result' in value
