import type { Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { Database } from '@callback-quorum/service'

class SaidNo extends Error {
  override readonly name = 'SaidNo'
  readonly judgement: Judgement

  constructor(judgement: Judgement) {
    super('rolled back')
    this.judgement = judgement
  }
}

/** Judges and, when that approved, claims as checker-kit does: in a transaction, rolled back when the rule says no. */
export async function claimAsKit(database: Database, rule: Rule, question: Question): Promise<Judgement> {
  const { judge, claim } = rule
  if (judge === undefined || claim === undefined) throw new Error('the rule judges and claims')
  const at = await database.transaction((tx) => tx.clockNow())
  const judged = await judge(question, { signal: AbortSignal.timeout(8_000), leftMs: 8_000, now: at, firstAskedAt: at })
  if (judged.outcome !== 'approve') return judged
  try {
    return await database.transaction(async (tx) => {
      const now = await tx.clockNow()
      const judgement = await claim(question, tx, { now, firstAskedAt: now, alreadyClaimed: false })
      if (judgement.outcome !== 'approve') throw new SaidNo(judgement)
      return judgement
    })
  } catch (error) {
    if (error instanceof SaidNo) return error.judgement
    throw error
  }
}
