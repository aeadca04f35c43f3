import type { Evidence, JudgeContext, Judgement, Objection } from '@callback-quorum/checker-kit'
import type { BusinessLookupConfig } from './config.ts'
import type { LookUp } from './connectors/connector.ts'

export type Times = Pick<JudgeContext, 'signal' | 'now' | 'firstAskedAt'>

export const reject = (code: string, text: string, evidence?: Evidence): Judgement => ({
  outcome: 'reject',
  objections: [{ code, text }],
  ...(evidence && { evidence }),
})

/** What a look-up without a record comes to: "not yet" for as long as the configuration waits, then no. */
export function withoutRecord(
  { give_up_after, not_found }: Pick<BusinessLookupConfig, 'not_found' | 'give_up_after'>,
  lookUp: Exclude<LookUp, { found: 'one' }>,
  times: Times,
): Judgement {
  const notYet = (forMs: number, { code, text }: Objection): Judgement =>
    times.now.getTime() - times.firstAskedAt.getTime() < forMs ? { outcome: 'unable', code, text } : reject(code, text)
  switch (lookUp.found) {
    case 'unavailable':
      return notYet(give_up_after, lookUp)
    case 'refused':
      return reject(lookUp.code, lookUp.text)
    case 'many':
      return reject('REF_AMBIGUOUS', 'the business system knows several records of this reference')
    case 'none':
      // The callback can be faster than the business system's own commit.
      return notYet(not_found.retry_for, {
        code: 'INTENT_NOT_FOUND',
        text: 'the business system does not know this reference',
      })
    default:
      throw new Error(`invariant: unknown look-up ${JSON.stringify(lookUp satisfies never)}`)
  }
}
