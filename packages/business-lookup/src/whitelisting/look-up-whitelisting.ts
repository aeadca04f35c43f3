import { createHash } from 'node:crypto'
import type { Evidence, Question } from '@callback-quorum/checker-kit'
import { evidenceOf } from '../compare/comparison.ts'
import type { Asked } from '../connectors/connector.ts'
import type { Looked } from '../look-up-payment.ts'
import type { Intent } from '../record/intent.ts'
import { reject, withoutRecord, type Times } from '../without-record.ts'
import { compareWhitelisting } from './compare-whitelisting.ts'
import { readWhitelisting, type Whitelisting } from './read-whitelisting.ts'
import type { WhitelistingLookup } from './whitelisting-lookup.ts'
import { whitelistingReference } from './whitelisting-reference.ts'

/** wallet -> look up -> compare. Nothing is written, and nothing approved that was not compared equal in every field. */
export async function lookUpWhitelisting(
  { rules, connector, assets }: WhitelistingLookup,
  question: Question,
  times: Times,
): Promise<Looked> {
  const { whitelisting: settings } = rules
  const whitelisting = readWhitelisting(question, settings)
  if ('code' in whitelisting) return { judgement: reject(whitelisting.code, whitelisting.text) }
  if (settings === undefined) throw new Error('invariant: without the block nothing is a whitelisting')
  const reference = whitelistingReference(whitelisting.reference)
  // The inbox is one for both and has it under the name that no payment has.
  const askedFor = connector.kind === 'inbox' ? reference : whitelisting.reference
  const asked: Asked = { reference: askedFor, organisation: question.organisation, isWhitelisting: true }
  const claimed: Asked = { ...asked, reference }
  const startedMs = performance.now()
  const lookUp = await connector.lookUp(asked, times.signal)
  const tookMs = performance.now() - startedMs
  const looked = { asked: claimed, tookMs }
  const evidence = { reference: askedFor, connector: connector.kind }
  if (lookUp.found !== 'one') {
    const judgement = withoutRecord(rules, lookUp, times)
    return { ...looked, judgement: { ...judgement, evidence: { ...evidence, took_ms: Math.round(tookMs) } } }
  }
  const { intent } = lookUp
  const compared = { ...rules, whitelisting: settings }
  const comparisons = compareWhitelisting(intent, whitelisting, compared, assets, times.now)
  const terms = comparisons.map(evidenceOf)
  const all: Evidence = {
    ...evidence,
    record_digest: intent.recordDigest,
    ...(intent.version !== undefined && { record_version: intent.version }),
    comparisons: terms,
  }
  const [first, ...more] = comparisons.flatMap(({ objection }) => objection ?? [])
  if (first !== undefined)
    return { ...looked, comparisons, judgement: { outcome: 'reject', objections: [first, ...more], evidence: all } }
  if (comparisons.length === 0 || !comparisons.every(({ ok }) => ok))
    throw new Error('invariant: what has no objection was compared equal')
  return {
    ...looked,
    comparisons,
    judgement: { outcome: 'approve', evidence: all },
    found: foundOf(claimed, intent, terms, whitelisting),
  }
}

const foundOf = (
  asked: Asked,
  intent: Intent,
  terms: readonly Evidence[],
  whitelisting: Whitelisting,
): NonNullable<Looked['found']> => ({ asked, intent, terms, termsDigest: termsDigestOf(whitelisting) })

/** What was compared equal on both sides, so that the record says the same. */
function termsDigestOf({ asset, key, tag }: Whitelisting): string {
  const terms = JSON.stringify(['business-lookup whitelisting 1', asset.chain.id, asset.id, key, tag ?? null])
  return createHash('sha256').update(terms).digest('hex')
}
