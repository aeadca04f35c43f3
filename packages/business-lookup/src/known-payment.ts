import type { AssetRegistry } from '@callback-quorum/chains'
import type { ClaimContext, Judgement, JudgeContext, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Transaction } from '@callback-quorum/service'
import { compareIntent } from './compare/compare-intent.ts'
import type { ComparisonRules } from './compare/comparison-rules.ts'
import { evidenceOf } from './compare/comparison.ts'
import { readPayment } from './compare/payment.ts'
import type { BusinessLookupConfig } from './config.ts'
import type { Connector } from './connectors/connector.ts'

type Rules = ComparisonRules & Pick<BusinessLookupConfig, 'reference' | 'not_found'>

const reject = (code: string, text: string): Judgement => ({ outcome: 'reject', objections: [{ code, text }] })

/**
 * A payment must be known to the business system, by its reference, with the same asset, amount, destination and tag, approved there and not
 * expired; and a reference pays once.
 */
export function knownPayment(rules: Rules, connector: Connector, assets: AssetRegistry): Rule {
  // Wrapped, because the anchors of `^a|b$` hold for one alternative each.
  const pattern = new RegExp(`^(?:${rules.reference.pattern})$`, 'u')
  return {
    name: 'known-payment',
    kinds: ['keysign', 'tx-approval', 'tx-signing'],
    judge: async (question, context) => {
      const reference = referenceOf(question, rules.reference.from)
      if (reference === undefined) return reject('REF_MISSING', 'the request carries no reference')
      if (!pattern.test(reference)) return reject('REF_INVALID', 'the reference does not have the agreed form')
      return judgeReference(reference, question, context, { rules, connector, assets })
    },
    claim: async (question, tx, context) => {
      const reference = referenceOf(question, rules.reference.from)
      if (reference === undefined) throw new Error('invariant: judge refused a payment without a reference')
      return claimReference(reference, question, tx, context)
    },
    release: async (businessKey, tx) => {
      await tx.query({
        name: 'lookup-release',
        text: `update claim set state = 'released', released_at = clock_now() where business_key = $1 and state = 'held'`,
        values: [businessKey],
      })
    },
  }
}

function referenceOf(question: Question, sources: Rules['reference']['from']): string | undefined {
  const found = {
    reference: question.reference,
    transaction_id: question.transactionId,
    description: question.description,
  }
  return sources.map((source) => found[source]).find((text) => text !== undefined && text !== '')
}

async function judgeReference(
  reference: string,
  question: Question,
  context: JudgeContext,
  { rules, connector, assets }: { rules: Rules; connector: Connector; assets: AssetRegistry },
): Promise<Judgement> {
  const payment = readPayment(question, rules)
  if ('code' in payment) return { outcome: 'reject', objections: [payment] }
  const lookUp = await connector.lookUp({ reference, organisation: question.organisation }, context.signal)
  switch (lookUp.found) {
    case 'unavailable':
      return { outcome: 'unable', code: lookUp.code, text: lookUp.text }
    case 'refused':
      return reject(lookUp.code, lookUp.text)
    case 'many':
      return reject('REF_AMBIGUOUS', 'the business system knows several payments of this reference')
    case 'none':
      // The callback can be faster than the business system's own commit.
      return context.now.getTime() - context.firstAskedAt.getTime() < rules.not_found.retry_for
        ? { outcome: 'unable', code: 'INTENT_NOT_FOUND', text: 'the business system does not know this reference yet' }
        : reject('INTENT_NOT_FOUND', 'the business system does not know this reference')
    case 'one': {
      const comparisons = compareIntent(lookUp.intent, payment, rules, assets, context.now)
      const evidence = {
        reference,
        comparisons: comparisons.map(evidenceOf),
      }
      const [first, ...more]: readonly Objection[] = comparisons.flatMap(({ objection }) => objection ?? [])
      return first === undefined
        ? { outcome: 'approve', evidence }
        : { outcome: 'reject', objections: [first, ...more], evidence }
    }
    default:
      throw new Error(`invariant: unknown look-up ${JSON.stringify(lookUp satisfies never)}`)
  }
}

async function claimReference(
  reference: string,
  question: Question,
  tx: Transaction,
  { now }: ClaimContext,
): Promise<Judgement> {
  const claimed = await tx.query({
    name: 'lookup-claim',
    text: `insert into claim (organisation, reference, business_key, state, claimed_at) values ($1, $2, $3, 'held', $4)
           on conflict (organisation, reference) where state = 'held' do nothing returning claim_id`,
    values: [question.organisation, reference, question.businessKey, now],
  })
  if (claimed.length > 0) return { outcome: 'approve' }
  const holders = await tx.query<{ business_key: string }>({
    name: 'lookup-holder',
    text: `select business_key from claim where organisation = $1 and reference = $2 and state = 'held' for share`,
    values: [question.organisation, reference],
  })
  const [holder] = holders
  // Released between the two statements: ask again, it is free now.
  if (holder === undefined)
    return { outcome: 'unable', code: 'REF_CONTENDED', text: 'the reference was being released' }
  return holder.business_key === question.businessKey
    ? { outcome: 'approve', evidence: { replayed: true } }
    : reject('REF_ALREADY_USED', 'another transaction already used this reference')
}
