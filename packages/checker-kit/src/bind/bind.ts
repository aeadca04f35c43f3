import {
  ChainsFault,
  decodeBitcoinPreimages,
  decodePersonalMessage,
  decodeTransaction,
  decodeTypedData,
  type AssetRegistry,
  type Chain,
  type ChangeCandidates,
  type Decoded,
} from '@callback-quorum/chains'
import type { AskedRequest } from '../describe/describe.ts'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Question } from '../question.ts'
import type { Objection } from '../rule.ts'
import type { Binding } from './binding.ts'
import { changeCandidatesOf } from './change-candidates.ts'
import { checkSigner } from './check-signer.ts'
import { checkSource } from './check-source.ts'
import { compareCall } from './compare-call.ts'
import { compareCosts } from './compare-costs.ts'
import { compareInstructions, instructionsOf } from './compare-instructions.ts'
import { compareTransfer } from './compare-transfer.ts'
import type { Material } from './material.ts'
import { materialOf } from './material-of.ts'
import { outflowsOf } from './outflows.ts'
import { ownAccounts } from './own-accounts.ts'
import type { BindCode, RefuseBinding, UnboundCode } from './refusal.ts'
import { slotsOf } from './slots.ts'

export interface BindContext {
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
}

/** `unbound`: there is nothing to bind, which an operator may accept. Objections: something was found that does not agree; nobody may. */
export type Bound =
  | { readonly result: 'bound'; readonly binding: Binding }
  | ({ readonly result: 'unbound' } & Unbound)
  | { readonly result: 'refused'; readonly objections: readonly [Objection, ...Objection[]] }

/**
 * What you see is what you sign: decodes the bytes of a signing request, recomputes every hash, and compares all that the description
 * says with what the bytes do. Pure. Every objection is reported, one for each code.
 */
export function bind(request: AskedRequest, question: Question, context: BindContext): Bound {
  const objections = new Map<string, Objection>()
  const refuse: RefuseBinding = (code, text) => {
    if (!objections.has(code)) objections.set(code, { code, text })
  }
  const found = findBinding(request, question, context, refuse)
  const [first, ...others] = objections.values()
  if (first !== undefined) return { result: 'refused', objections: [first, ...others] }
  if (found === undefined) throw new Error('invariant: what did not bind was refused')
  return 'code' in found ? { result: 'unbound', ...found } : { result: 'bound', binding: found }
}

interface Unbound {
  readonly code: UnboundCode
  readonly text: string
  /** What a message says that nothing beside it proves to be what is signed; marked so. */
  readonly binding?: Binding
}

function findBinding(
  request: AskedRequest,
  question: Question,
  context: BindContext,
  refuse: RefuseBinding,
): Binding | Unbound | undefined {
  const { chain, keyUse, operation } = question
  if (chain === undefined) return unbound('CHAIN_UNSUPPORTED', 'the request names no chain of the asset registry')
  if (keyUse === undefined) throw new Error('invariant: a signing request uses a key')
  if (operation === 'raw') return unbound('OPERATION_UNBOUND', 'a digest is signed whose content is not known')
  const material = materialOf(request, operation, chain, refuse)
  if (material === undefined || material.kind === 'unbound') return material
  const decoded = decode(material, request, question, chain, context, refuse)
  if (decoded === undefined || 'code' in decoded) return decoded

  // No digest stands beside a message alone: bytes without one are refused when they are described.
  const isUnproven = decoded.message !== undefined && question.signingHashes.length === 0
  if (!isUnproven) checkHashes(question, decoded, refuse)
  if (decoded.evmChainId !== undefined && decoded.evmChainId !== chain.evmChainId)
    refuse(
      'RAW_CHAIN_DIFFERS',
      `the bytes are for chain ${decoded.evmChainId.toString()}, the description for ${chain.id}`,
    )
  if ('endpoint' in request) checkSource(question, keyUse, decoded, chain, context.addresses, refuse)
  else checkSigner(question, keyUse, decoded, chain, context.addresses, refuse)
  compareCosts(request, decoded, chain, context.assets, refuse)
  const isOwn = ownAccounts(chain, keyUse, context.addresses)
  const compared = compareContent(request, question, { decoded, isOwn }, refuse)
  if (compared !== undefined) return compared
  const binding: Binding = {
    decoded,
    isOwn,
    outflows: outflowsOf(decoded.effects, chain, context.assets, isOwn),
    slots: slotsOf(question, chain, decoded, keyUse),
  }
  if (!isUnproven) return binding
  const unproven = unbound('OPERATION_UNBOUND', 'no digest shows that this message is what is signed')
  return { ...unproven, binding: { ...binding, isUnproven } }
}

const unbound = (code: UnboundCode, text: string): Unbound => ({ code, text })

const REFUSED: Readonly<Record<string, BindCode>> = {
  TRANSACTION_MALFORMED: 'RAW_MALFORMED',
  TRANSACTION_UNSUPPORTED: 'RAW_UNSUPPORTED',
  TRANSACTION_TOO_LARGE: 'RAW_TOO_LARGE',
}

function decode(
  material: Exclude<Material, { kind: 'unbound' }>,
  request: AskedRequest,
  question: Question,
  chain: Chain,
  context: BindContext,
  refuse: RefuseBinding,
): Decoded | Unbound | undefined {
  try {
    const isMessage = material.kind === 'personal-message' || material.kind === 'typed-data'
    if (isMessage && chain.family !== 'evm')
      return unbound('CHAIN_UNSUPPORTED', `messages of ${chain.id} are not understood`)
    switch (material.kind) {
      case 'transaction':
        return decodeTransaction(chain, material.raw, {
          prevouts: material.prevouts,
          solana: {
            lookupTables: material.lookupTables,
            owners: question.outputs.flatMap(({ address }) => (address === undefined ? [] : [address.key])),
            mints: question.asset?.contract === undefined ? [] : [question.asset.contract],
          },
        })
      case 'preimages': {
        const described = question.outputs.flatMap(({ address, addressText, amountAtomic }) =>
          address === undefined || amountAtomic === undefined ? [] : [{ address: addressText, amountAtomic }],
        )
        return decodeBitcoinPreimages(chain, material.raws, described, changeOf(request, question, chain, context))
      }
      case 'personal-message':
        return decodePersonalMessage(material.message)
      case 'typed-data':
        return decodeTypedData(material.structured)
      default:
        return material satisfies never
    }
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    if (error.code === 'CHAIN_UNSUPPORTED') return unbound('CHAIN_UNSUPPORTED', error.message)
    refuse(REFUSED[error.code] ?? 'RAW_MALFORMED', error.message)
    return undefined
  }
}

function changeOf(
  request: AskedRequest,
  question: Question,
  chain: Chain,
  { assets, addresses }: BindContext,
): ChangeCandidates | undefined {
  if (!('endpoint' in request) || request.endpoint !== 'tx') return undefined
  return changeCandidatesOf(request, question, chain, assets, addresses)
}

/** One to one and in order: paths and hashes are parallel, so another order is another key for each. */
function checkHashes({ signingHashes }: Question, { toSign }: Decoded, refuse: RefuseBinding): void {
  const isSame =
    signingHashes.length === toSign.length && toSign.every(({ hash }, index) => hash === signingHashes[index])
  if (!isSame) refuse('RAW_HASHES_DIFFER', 'what is to be signed is not what the bytes beside it say')
}

function compareContent(
  request: AskedRequest,
  question: Question,
  bound: Pick<Binding, 'decoded' | 'isOwn'>,
  refuse: RefuseBinding,
): Unbound | undefined {
  const isMessage = bound.decoded.message !== undefined
  if (isMessage !== (question.operation === 'message'))
    refuse('RAW_CALL_DIFFERS', 'the description says message and the bytes a transaction, or the other way round')
  switch (question.operation) {
    case 'transfer':
      compareTransfer(question, bound, refuse)
      return undefined
    case 'contract-call':
      compareCall(question, bound.decoded, refuse)
      return undefined
    // The message is its own description: its digest was recomputed from it.
    case 'message':
      return undefined
    case 'other': {
      const described = instructionsOf(request)
      if (described === undefined || question.chain === undefined)
        return unbound('OPERATION_UNBOUND', 'the description does not say what the bytes should do')
      compareInstructions(described, bound.decoded, question.chain, refuse)
      return undefined
    }
    case 'raw':
    case 'ceremony':
    case 'config-change':
      return unbound('OPERATION_UNBOUND', 'the description does not say what the bytes should do')
    default:
      return question.operation satisfies never
  }
}
