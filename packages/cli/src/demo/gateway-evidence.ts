import { z } from 'zod'

/** What asking one checker came to, in the gateway's words. */
export interface CheckerVerdict {
  readonly outcome: 'approved' | 'rejected' | 'failed' | 'cancelled'
  readonly codes: readonly string[]
  readonly reason: string
  readonly ms: number
}

/** By checker. Who was not asked is not in it. */
export type Verdicts = Readonly<Record<string, CheckerVerdict>>

const voteLine = z.object({
  msg: z.literal('vote'),
  requestId: z.string(),
  mode: z.literal('enforce'),
  vote: z.object({
    checker: z.string(),
    result: z.enum(['approved', 'rejected', 'failed', 'cancelled']),
    ms: z.number(),
    codes: z.array(z.string()).default([]),
    reason: z.string().default(''),
    cause: z.string().optional(),
  }),
})
type Vote = z.output<typeof voteLine>['vote']

const answeredLine = z.object({ msg: z.literal('answered'), requestId: z.string() })

interface Asking {
  readonly requestId: string
  readonly votes: Vote[]
  readonly answered: () => void
}

/** The line is written with the answer; only a gateway that logs nothing makes us wait this long. */
const EVIDENCE_MS_MAX = 5_000

/** Reads the lines of a gateway's log: which checker said what about the request that is being asked. One request at a time. */
export class GatewayEvidence {
  #asking: Asking | undefined

  /** Takes the next line of the gateway's standard output. */
  add(line: string): void {
    const asking = this.#asking
    if (asking === undefined || !line.startsWith('{')) return
    const value = parse(line)
    const voted = voteLine.safeParse(value)
    if (voted.success && voted.data.requestId === asking.requestId) asking.votes.push(voted.data.vote)
    const answered = answeredLine.safeParse(value)
    if (answered.success && answered.data.requestId === asking.requestId) asking.answered()
  }

  /** Collects the verdicts on this request while `ask` runs and until the gateway has said that it answered. */
  async during<T>(
    requestId: string,
    ask: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly verdicts: Verdicts }> {
    const { promise: answered, resolve } = Promise.withResolvers<undefined>()
    const votes: Vote[] = []
    this.#asking = {
      requestId,
      votes,
      answered: () => {
        resolve(undefined)
      },
    }
    let timer: NodeJS.Timeout | undefined
    try {
      const result = await ask()
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => {
          fail(new Error(`the gateway's log says nothing about an answer to request ${requestId}`))
        }, EVIDENCE_MS_MAX)
      })
      await Promise.race([answered, late])
      return { result, verdicts: Object.fromEntries(votes.map((vote) => [vote.checker, verdictOf(vote)])) }
    } finally {
      clearTimeout(timer)
      this.#asking = undefined
    }
  }
}

function verdictOf({ result, codes, reason, cause, ms }: Vote): CheckerVerdict {
  if (result === 'cancelled') return { outcome: result, codes, reason: 'not waited for: another checker rejected', ms }
  return { outcome: result, codes, reason: cause === undefined ? reason : `${cause}: ${reason}`, ms }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
