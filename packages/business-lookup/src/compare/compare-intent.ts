import {
  canonicalizeAddress,
  ChainsFault,
  parseAmount,
  type Asset,
  type AssetRegistry,
  type CanonicalAddress,
} from '@callback-quorum/chains'
import type { Objection, Output, Question } from '@callback-quorum/checker-kit'
import type { BusinessLookupConfig } from '../config.ts'
import { textOf, type Field } from '../record/field.ts'
import type { Intent, IntentOutput } from '../record/intent.ts'

/** One comparison, for the record: which field, what the business system says, what the request says. */
export interface Comparison {
  readonly field: string
  readonly expected: string | null
  readonly actual: string | null
  readonly objection?: Objection
}

/** The one payment of a question; more or other than one transfer is compared in a later version and refused until then. */
export interface Payment {
  readonly asset: Asset
  readonly output: Output & { readonly amountAtomic: bigint }
}

export function readPayment(question: Question): Payment | Objection {
  const outputs = question.outputs.filter(({ own }) => !own)
  const [output, second] = outputs
  if (question.operation !== 'transfer')
    return {
      code: 'OUTPUTS_MISMATCH',
      text: `an operation ${question.operation} is not a payment of the business system`,
    }
  if (output === undefined || second !== undefined)
    return { code: 'OUTPUTS_MISMATCH', text: `the request pays ${outputs.length} destinations, a reference pays one` }
  if (question.asset === undefined || output.amountAtomic === undefined)
    return { code: 'ASSET_MISMATCH', text: 'the asset or the amount of the request is not known' }
  return { asset: question.asset, output: { ...output, amountAtomic: output.amountAtomic } }
}

const invalid = (field: string, expected: string): Objection => ({
  code: 'FIELD_INVALID',
  text: `${field} of the business system is not ${expected}`,
})

const isText = (field: Field): field is Extract<Field, { is: 'text' }> => field.is === 'text'

type Rules = Pick<BusinessLookupConfig, 'asset_codes' | 'compare'>

/** Compares every field; all differences are reported. Evidence keeps both sides, the public text names only the field. */
export function compareIntent(
  intent: Intent,
  payment: Payment,
  rules: Rules,
  assets: AssetRegistry,
  now: Date,
): readonly Comparison[] {
  const [output, second] = intent.outputs
  if (output === undefined || second !== undefined) {
    const objection = {
      code: 'OUTPUTS_MISMATCH',
      text: 'the business system has several payments under this reference',
    }
    return [{ field: 'outputs', expected: String(intent.outputs.length), actual: '1', objection }]
  }
  return [
    compareStatus(intent, rules),
    compareAsset(intent, payment, rules, assets),
    compareAmount(output, payment),
    compareDestination(output, payment),
    compareTag(output, payment),
    ...(rules.compare.no_expiry === true ? [] : [compareExpiry(intent, now)]),
  ]
}

function compareStatus({ status }: Intent, { compare }: Rules): Comparison {
  const base = { field: 'status', expected: compare.status.in.join(' or '), actual: textOf(status) }
  if (!isText(status)) return { ...base, objection: invalid('status', 'a text') }
  return compare.status.in.includes(status.text)
    ? base
    : { ...base, objection: { code: 'INTENT_STATUS', text: 'the payment is not approved in the business system' } }
}

function compareAsset(
  { asset: code }: Intent,
  { asset }: Payment,
  { asset_codes }: Rules,
  assets: AssetRegistry,
): Comparison {
  const base = { field: 'asset', expected: textOf(code), actual: asset.id }
  const id = isText(code) && Object.hasOwn(asset_codes, code.text) ? asset_codes[code.text] : undefined
  const expected = id === undefined ? undefined : assets.asset(id)
  if (expected === undefined) return { ...base, objection: invalid('asset', 'one of asset_codes') }
  return expected.id === asset.id
    ? base
    : {
        ...base,
        objection: { code: 'ASSET_MISMATCH', text: 'the asset or its chain differs from the business system' },
      }
}

function compareAmount({ amount }: IntentOutput, { asset, output }: Payment): Comparison {
  const base = { field: 'amount', expected: textOf(amount), actual: output.amountAtomic.toString() }
  const expected = isText(amount) ? orUndefined(() => parseAmount(amount.text, asset.decimals)) : undefined
  if (expected === undefined)
    return { ...base, objection: invalid('amount', `a decimal text of at most ${asset.decimals} decimals`) }
  return expected === output.amountAtomic
    ? base
    : { ...base, objection: { code: 'AMOUNT_MISMATCH', text: 'the amount differs from the business system' } }
}

function readDestination(
  { destination }: IntentOutput,
  { chain: { family, network } }: Asset,
): CanonicalAddress | undefined {
  return isText(destination) ? orUndefined(() => canonicalizeAddress(family, network, destination.text)) : undefined
}

function compareDestination(intent: IntentOutput, { asset, output }: Payment): Comparison {
  const base = { field: 'destination', expected: textOf(intent.destination), actual: output.addressText }
  const expected = readDestination(intent, asset)
  if (expected === undefined) return { ...base, objection: invalid('destination', `an address of ${asset.chain.id}`) }
  return expected.key === output.address?.key
    ? base
    : { ...base, objection: { code: 'DESTINATION_MISMATCH', text: 'the destination differs from the business system' } }
}

function compareTag(intent: IntentOutput, { asset, output }: Payment): Comparison {
  const { tag } = intent
  // An X-address carries its tag within, on either side; that both of a request's agree, describe saw to.
  const within = readDestination(intent, asset)?.tag
  const expected = isText(tag) ? tag.text : within
  const actual = output.tag ?? output.address?.tag
  const base = { field: 'tag', expected: expected ?? null, actual: actual ?? null }
  if (tag.is === 'invalid') return { ...base, objection: invalid('tag', 'a text or empty') }
  if (within !== undefined && expected !== within)
    return { ...base, objection: invalid('tag', 'the one inside its destination') }
  return expected === actual
    ? base
    : { ...base, objection: { code: 'TAG_MISMATCH', text: 'the tag or memo differs from the business system' } }
}

/** Time stamps as PostgreSQL writes `timestamptz`, or RFC 3339; a time without a zone is no time. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::?\d\d)?)$/

function compareExpiry({ expiresAt }: Intent, now: Date): Comparison {
  const base = { field: 'expires_at', expected: textOf(expiresAt), actual: now.toISOString() }
  if (!isText(expiresAt) || !TIMESTAMP.test(expiresAt.text))
    return { ...base, objection: invalid('expires_at', 'a time with its zone') }
  const expiryMs = Date.parse(expiresAt.text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  if (Number.isNaN(expiryMs)) return { ...base, objection: invalid('expires_at', 'a time with its zone') }
  return expiryMs > now.getTime()
    ? base
    : { ...base, objection: { code: 'INTENT_EXPIRED', text: 'the payment has expired in the business system' } }
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
