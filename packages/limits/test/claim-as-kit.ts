import type { ClaimContext, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { Database } from '@callback-quorum/service'

class SaidNo extends Error {
  readonly judgement: Judgement
  constructor(judgement: Judgement) {
    super('rolled back')
    this.judgement = judgement
  }
}

/** Judges and claims as checker-kit does: in a transaction, rolled back when the rule says no. */
export async function claimAsKit(
  database: Database,
  rule: Rule,
  question: Question,
  context: Partial<ClaimContext> = {},
): Promise<Judgement> {
  const judge = rule.judge?.bind(rule)
  const now = new Date()
  if (judge !== undefined)
    await judge(question, { signal: AbortSignal.timeout(10_000), leftMs: 10_000, now, firstAskedAt: now })
  return database
    .transaction(async (tx) => {
      const read = await tx.clockNow()
      const judgement = await rule.claim?.(question, tx, {
        now: read,
        firstAskedAt: read,
        alreadyClaimed: false,
        ...context,
      })
      if (judgement === undefined) throw new Error('spend-limit claims')
      if (judgement.outcome !== 'approve') throw new SaidNo(judgement)
      return judgement
    })
    .catch((error: unknown) => {
      if (error instanceof SaidNo) return error.judgement
      throw error
    })
}

/** `approve`, `unable` with its code, or the codes of the objections. */
export function outcomeOf(judgement: Judgement): string {
  if (judgement.outcome === 'unable') return `unable ${judgement.code}`
  return judgement.outcome === 'reject' ? judgement.objections.map(({ code }) => code).join(' ') : judgement.outcome
}
