import type { Evidence, Judgement, Objection, Question } from '@callback-quorum/checker-kit'
import { compareIntent } from './compare/compare-intent.ts'
import { compareReference } from './compare/compare-reference.ts'
import { evidenceOf, type Comparison } from './compare/comparison.ts'
import { readPayment, type Payment } from './compare/payment.ts'
import { termsDigest } from './compare/terms-digest.ts'
import type { Asked } from './connectors/connector.ts'
import type { Lookup } from './lookup.ts'
import { reject, withoutRecord, type Times } from './without-record.ts'
import { verifyProof, type Proven } from './proof/verify-proof.ts'
import type { Intent } from './record/intent.ts'

/** The record that a payment is equal to: what may be claimed. */
export interface Found {
  readonly asked: Asked
  readonly intent: Intent
  readonly termsDigest: string
  readonly terms: readonly Evidence[]
}

/** What looking up a payment came to; `found` is there exactly when it may be claimed. */
export interface Looked {
  readonly judgement: Judgement
  readonly asked?: Asked
  /** Milliseconds that the business system took. */
  readonly tookMs?: number
  readonly comparisons?: readonly Comparison[]
  readonly found?: Found
}

/** reference -> look up -> compare. Nothing is written and nothing approved that was not compared equal in every field. */
export async function lookUpPayment(lookup: Lookup, question: Question, times: Times): Promise<Looked> {
  const { rules, connector, readReference } = lookup
  const read = readReference(question)
  if ('code' in read) return { judgement: reject(read.code, read.text) }
  const asked: Asked = { reference: read.reference, organisation: question.organisation }
  const payment = readPayment(question, rules)
  if ('code' in payment) return { judgement: reject(payment.code, payment.text, { reference: asked.reference }), asked }
  const startedMs = performance.now()
  const lookUp = await connector.lookUp(asked, times.signal)
  const tookMs = performance.now() - startedMs
  if (lookUp.found === 'one') return { ...(await compare(lookup, asked, payment, lookUp.intent, times)), asked, tookMs }
  const evidence = { reference: asked.reference, connector: connector.kind, took_ms: Math.round(tookMs) }
  return { judgement: { ...withoutRecord(rules, lookUp, times), evidence }, asked, tookMs }
}

async function compare(
  lookup: Lookup,
  asked: Asked,
  payment: Payment,
  intent: Intent,
  { now }: Times,
): Promise<Pick<Looked, 'judgement' | 'comparisons' | 'found'>> {
  const { rules, connector, assets } = lookup
  const comparisons = [
    ...(rules.map.reference === undefined ? [] : [compareReference(intent, asked.reference)]),
    ...compareIntent(intent, payment, rules, assets, now),
  ]
  const proof = await prove(lookup, asked, payment, intent, now)
  const terms = comparisons.map(evidenceOf)
  const evidence: Evidence = {
    reference: asked.reference,
    connector: connector.kind,
    record_digest: intent.recordDigest,
    ...(intent.version !== undefined && { record_version: intent.version }),
    ...('kid' in proof && { proof: { kid: proof.kid, nonce: proof.nonce } }),
    comparisons: terms,
  }
  const [first, ...more] = [
    ...comparisons.flatMap(({ objection }) => objection ?? []),
    ...('code' in proof ? [proof] : []),
  ]
  if (first !== undefined)
    return { judgement: { outcome: 'reject', objections: [first, ...more], evidence }, comparisons }
  if (comparisons.length === 0 || !comparisons.every(({ ok }) => ok))
    throw new Error('invariant: what has no objection was compared equal')
  const digest = termsDigest(intent, rules, assets)
  if (digest === undefined) throw new Error('invariant: terms that were compared can be read')
  return {
    judgement: { outcome: 'approve', evidence },
    comparisons,
    found: { asked, intent, terms, termsDigest: digest },
  }
}

/** Signed by the business system where that is demanded. By the asset of the request: that the record says the same is compared. */
function prove(
  { proofKeys, hasSeveralOrganisations: isOrganisationDemanded = false }: Lookup,
  asked: Asked,
  { asset }: Payment,
  intent: Intent,
  now: Date,
): Promise<Proven | Objection | { readonly demanded: false }> {
  if (proofKeys === undefined) return Promise.resolve({ demanded: false })
  return verifyProof(intent, { ...asked, isOrganisationDemanded, asset }, proofKeys, now)
}
