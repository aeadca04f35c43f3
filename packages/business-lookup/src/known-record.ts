import {
  keyDigestOf,
  slotsSeen,
  type JudgeContext,
  type Judgement,
  type Question,
  type Rule,
} from '@callback-quorum/checker-kit'
import { digestOf } from '@callback-quorum/protocol'
import type { Transaction } from '@callback-quorum/service'
import type { Claiming } from './claims/claim.ts'
import { claimReference, type Claimed } from './claims/claim-reference.ts'
import { releaseHolder } from './claims/release-claim.ts'
import type { Connector } from './connectors/connector.ts'
import type { Found, Looked } from './look-up-payment.ts'
import type { LookupMetrics } from './metrics.ts'

export interface KnownRecordOptions extends Pick<Rule, 'name' | 'kinds'> {
  readonly connector: Connector
  readonly metrics: LookupMetrics
  readonly lookUp: (question: Question, context: JudgeContext) => Promise<Looked>
}

/** What is asked about must equal a record of the business system. `judge`: look up and compare. `claim`: take the record, for exactly what was compared. */
export function knownRecord({ name, kinds, connector, metrics, lookUp }: KnownRecordOptions): Rule {
  // Of this very question object: another asking, however equal, is looked up and compared itself.
  const foundOf = new WeakMap<Question, Found>()
  return {
    name,
    kinds,
    judge: async (question, context) => {
      const looked = await lookUp(question, context)
      measure(looked, connector.kind, metrics)
      if (looked.found !== undefined) foundOf.set(question, looked.found)
      return looked.judgement
    },
    claim: async (question, tx) => {
      const found = foundOf.get(question)
      if (found === undefined) throw new Error('invariant: what is claimed was compared before')
      if (connector.confirm !== undefined && !(await connector.confirm(found.asked, found.intent, tx)))
        return { outcome: 'unable', code: 'INTENT_MOVED', text: 'the record changed while it was compared' }
      return judgementOf(await claimReference(tx, claimingOf(question, found)), metrics)
    },
    release: (businessKey, tx) => release(businessKey, tx, metrics),
  }
}

const LABEL = { approve: 'approved', reject: 'rejected', unable: 'failed' } as const

/** Counts what looking up came to. */
function measure({ judgement, tookMs }: Looked, connector: string, metrics: LookupMetrics): void {
  const outcome = LABEL[judgement.outcome]
  const code =
    judgement.outcome === 'reject'
      ? judgement.objections[0].code
      : judgement.outcome === 'unable'
        ? judgement.code
        : 'none'
  metrics.lookups.inc({ connector, outcome, code })
  if (tookMs !== undefined) metrics.seconds.observe({ connector, outcome }, tookMs / 1_000)
}

/** What a question that was compared equal with its record would take. */
export const claimingOf = (question: Question, { asked, intent, terms, termsDigest }: Found): Claiming => ({
  ...asked,
  businessKey: question.businessKey,
  isSigning: question.kind === 'keysign' || question.kind === 'tx-signing',
  signature: digestOf(Buffer.from(JSON.stringify([keyDigestOf(question.keyUse), ...question.signingHashes]))),
  slots: slotsSeen(question),
  termsDigest,
  terms,
  recordDigest: intent.recordDigest,
  ...(intent.version !== undefined && { recordVersion: intent.version }),
})

/** What claiming came to, counted. */
function judgementOf(claimed: Claimed, metrics: LookupMetrics): Judgement {
  switch (claimed.result) {
    case 'claimed':
    case 'again':
      metrics.claims.inc({ result: claimed.result })
      return { outcome: 'approve', evidence: { claim: claimed.result } }
    case 'replaced':
      metrics.claims.inc({ result: 'replaced' })
      return { outcome: 'approve', evidence: { claim: 'replaced', replaces: claimed.replaces } }
    case 'refused':
      metrics.claims.inc({ result: 'refused' })
      return { outcome: 'reject', objections: [claimed.objection] }
    case 'contended':
      return { outcome: 'unable', code: 'REF_CONTENDED', text: 'the reference was being released' }
    default:
      throw new Error(`invariant: unknown claim ${JSON.stringify(claimed satisfies never)}`)
  }
}

/** Gives back what a business key holds. */
async function release(businessKey: string, tx: Transaction, metrics: LookupMetrics): Promise<void> {
  if (await releaseHolder(tx, businessKey)) metrics.claims.inc({ result: 'released' })
}
