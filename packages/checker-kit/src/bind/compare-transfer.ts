import type { Account, AddressKey, Effect, Holding, Transfer } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import type { Output, Question } from '../question.ts'
import { isUtxo } from './raw-text.ts'
import type { Binding } from './binding.ts'
import type { RefuseBinding } from './refusal.ts'

type Bound = Pick<Binding, 'decoded' | 'isOwn'>

/**
 * A payment does what its description says and nothing beside it: every output is paid once, every movement is an output or change
 * that goes back to us, and whatever else the bytes do is named and harmless.
 */
export function compareTransfer(question: Question, { decoded, isOwn }: Bound, refuse: RefuseBinding): void {
  const sources = question.sources.map((text) => readAddress(question.chain, text)?.key)
  const open = [...question.outputs]
  const strays: Transfer[] = []
  for (const effect of decoded.effects) {
    if (effect.effect === 'transfer') {
      checkSender(effect, sources, refuse)
      const at = open.findIndex((output) => isPaidBy(output, effect, question))
      if (at >= 0) open.splice(at, 1)
      else if (!isChange(effect, question, isOwn)) strays.push(effect)
    } else if (!isHarmless(effect, question)) {
      refuseHidden(effect, refuse)
    }
  }
  for (const [index, stray] of strays.entries()) {
    const meant = open[index]
    if (meant === undefined) refuseHidden(stray, refuse)
    else explain(meant, stray, question, refuse)
  }
  if (open.length > strays.length) refuse('RAW_OUTPUT_MISSING', 'an output of the description is not paid by the bytes')
  compareMemo(question, decoded.effects, refuse)
}

function refuseHidden(effect: Effect, refuse: RefuseBinding): void {
  const what = effect.effect === 'power' ? effect.power : effect.effect
  refuse(
    `RAW_HIDES_${what.toUpperCase().replaceAll('-', '_')}`,
    `the bytes also do this, which is not described: ${what} at ${effect.at}`,
  )
}

/** Bytes that name who pays must name an address that the description says pays. */
function checkSender(
  { from, at }: Transfer,
  sources: readonly (AddressKey | undefined)[],
  refuse: RefuseBinding,
): void {
  if (from !== undefined && !sources.includes(from.key))
    refuse('RAW_SENDER_DIFFERS', `the bytes take from another account than the description says, at ${at}`)
}

function isPaidBy(output: Output, paid: Transfer, question: Question): boolean {
  return (
    output.address !== undefined &&
    output.amountAtomic === paid.amountAtomic &&
    isAsset(paid.holding, question) &&
    isSegwit(paid.to.text) === isSegwit(output.addressText) &&
    (paid.to.key === output.address.key || paid.owner?.key === output.address.key)
  )
}

/** P2PKH and P2WPKH of one key are two scripts, and a recipient who expects the one may not look at the other. */
const isSegwit = (address: string): boolean => /^\s*(?:[a-z]+:)?(?:bc|tb|ltc|tltc)1/i.test(address)

function isAsset(holding: Holding, { asset }: Question): boolean {
  if (asset === undefined) return false
  if (asset.contract === undefined) return holding.kind === 'coin'
  return holding.kind === 'token' && holding.contract.key === asset.contract
}

/** Only chains whose transactions spend whole outputs give back change. */
const isChange = ({ holding, to }: Transfer, { chain }: Question, isOwn: Bound['isOwn']): boolean =>
  chain !== undefined && isUtxo(chain.family) && holding.kind === 'coin' && isOwn(to.key)

/** Memos are compared apart. A token account is made for the one who is paid, and a nonce only orders transactions. */
function isHarmless(effect: Effect, { outputs }: Question): boolean {
  const isPaid = (account: Account | undefined): boolean =>
    account !== undefined && outputs.some(({ address }) => address?.key === account.key)
  if (effect.effect === 'create-account') return isPaid(effect.owner) && effect.amountAtomic === undefined
  return effect.effect === 'memo' || effect.effect === 'nonce'
}

function explain(meant: Output, paid: Transfer, question: Question, refuse: RefuseBinding): void {
  if (!isAsset(paid.holding, question))
    refuse(
      'RAW_ASSET_DIFFERS',
      `what moves at ${paid.at} is not ${question.asset?.id ?? 'the asset of the description'}`,
    )
  const key = meant.address?.key
  if (key === undefined || (paid.to.key !== key && paid.owner?.key !== key))
    refuse('RAW_DESTINATION_DIFFERS', `the bytes pay somebody else than the description says, at ${paid.at}`)
  if (meant.amountAtomic !== paid.amountAtomic)
    refuse('RAW_AMOUNT_DIFFERS', `the bytes pay another amount than the description says, at ${paid.at}`)
}

/** A tag of the description stands in the bytes, and the bytes hold no other. */
function compareMemo({ outputs }: Question, effects: readonly Effect[], refuse: RefuseBinding): void {
  const said = outputs.flatMap(({ tag }) => (tag === undefined ? [] : [tag]))
  const signed = effects.flatMap((effect) => (effect.effect === 'memo' ? [effect.text] : []))
  if (said.length !== signed.length || said.some((tag, index) => tag !== signed[index]))
    refuse('RAW_MEMO_DIFFERS', 'the memo in the bytes is not the one of the description')
}
