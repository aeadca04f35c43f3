import type { Asset } from '@callback-quorum/chains'
import type { Objection } from '@callback-quorum/checker-kit'
import { fieldOf, type Field } from '../record/field.ts'
import type { Intent, IntentOutput } from '../record/intent.ts'
import { readCalldata } from '../record/read-calldata.ts'
import { readInstant } from '../record/read-instant.ts'
import { readAmount, readRecipient } from '../record/read-terms.ts'
import { verifyJws } from './jws.ts'
import { ProofFault } from './proof-fault.ts'
import type { ProofKeys } from './proof-keys.ts'
import { proofTermsSchema, type ProofTerms } from './proof-terms.ts'
import { strictly } from './strictly.ts'

/** What an intent was looked up by, and the asset that its code stands for. */
export interface ProofContext {
  readonly reference: string
  readonly organisation: string
  /** The proof has to name it: the same keys sign for several, and one signature must not stand for a payment of each. */
  readonly isOrganisationDemanded?: boolean
  readonly asset: Asset
}

/** For the evidence. */
export interface Proven {
  readonly kid: string
  readonly nonce: string
}

/**
 * The business system signed exactly these terms of this intent, with one of its keys; otherwise SIGNATURE_INVALID, its text says what differs.
 * `now` is the database's. Status, source and initiator are not part of what is signed.
 */
export async function verifyProof(
  intent: Intent,
  context: ProofContext,
  keys: ProofKeys,
  now: Date,
): Promise<Proven | Objection> {
  try {
    const { proof } = intent
    if (proof.is !== 'text') throw new ProofFault(proof.is === 'absent' ? 'there is none' : 'it is no text')
    const { payload, kid } = await verifyJws(proof.text, keys, now)
    const terms = strictly(proofTermsSchema, payload)
    if (terms === undefined) throw new ProofFault('its payload does not have the agreed form')
    assertSameTerms(terms, intent, context)
    return { kid, nonce: terms.nonce }
  } catch (error) {
    if (!(error instanceof ProofFault)) throw error
    return { code: 'SIGNATURE_INVALID', text: `the signature of the business system does not count: ${error.message}` }
  }
}

function assertSameTerms(terms: ProofTerms, intent: Intent, context: ProofContext): void {
  const { reference, organisation, isOrganisationDemanded = false, asset } = context
  if (isOrganisationDemanded && terms.organisation === undefined) throw new ProofFault('it names no organisation')
  const differing = [
    ...(terms.ref === reference ? [] : ['ref']),
    ...(terms.chain === asset.chain.id ? [] : ['chain']),
    ...(intent.asset.is === 'text' && terms.asset === intent.asset.text ? [] : ['asset']),
    ...(isSameExpiry(terms.expiry, intent.expiresAt) ? [] : ['expiry']),
    ...(isSameCalldata(terms.calldata ?? null, intent.calldata) ? [] : ['calldata']),
    ...(terms.organisation === undefined || terms.organisation === organisation ? [] : ['organisation']),
    ...differingOutputs(terms.outputs, intent.outputs, asset),
  ]
  if (differing.length > 0) throw new ProofFault(`it is about another ${differing.join(', ')}`)
}

function isSameExpiry(signed: string | null, field: Field): boolean {
  if (field.is === 'absent') return signed === null
  const instant = field.is === 'text' ? readInstant(field.text) : undefined
  return instant !== undefined && signed !== null && readInstant(signed) === instant
}

function isSameCalldata(signed: string | null, field: Field): boolean {
  if (field.is === 'absent') return signed === null
  const digest = field.is === 'text' ? readCalldata(field.text) : undefined
  return digest !== undefined && signed !== null && readCalldata(signed) === digest
}

/** One payment is compared member by member; of a batch the order does not matter. */
function differingOutputs(
  signed: ProofTerms['outputs'],
  recorded: readonly IntentOutput[],
  asset: Asset,
): readonly string[] {
  const expected = recorded.map((output) => readOutput(output, asset))
  const actual = signed.map(({ amount, destination, tag }) =>
    readOutput({ amount: fieldOf(amount), destination: fieldOf(destination), tag: fieldOf(tag) }, asset),
  )
  const [one, anotherExpected] = expected
  const [other, anotherActual] = actual
  if (one === undefined || other === undefined || expected.length !== actual.length) return ['outputs']
  if (anotherExpected === undefined && anotherActual === undefined)
    return (['amount', 'destination', 'tag'] as const).filter((name) => {
      const value = one[name]
      return value === undefined || value !== other[name]
    })
  const isReadable = [...expected, ...actual].every((output) => !Object.values(output).includes(undefined))
  const texts = (list: typeof expected): string =>
    JSON.stringify(list.map((output) => JSON.stringify(output)).toSorted())
  return isReadable && texts(expected) === texts(actual) ? [] : ['outputs']
}

/** Canonical texts that are equal only for the same; undefined for what cannot be read, which equals nothing. */
interface Readable {
  readonly amount: string | undefined
  readonly destination: string | undefined
  /** Null for none. */
  readonly tag: string | null | undefined
}

function readOutput(output: IntentOutput, asset: Asset): Readable {
  const amount = readAmount(output.amount, asset)?.toString()
  const recipient = readRecipient(output, asset)
  switch (recipient) {
    case 'destination':
    case 'tag':
      return { amount, destination: undefined, tag: undefined }
    default:
      return { amount, destination: recipient.key, tag: recipient.tag ?? null }
  }
}
