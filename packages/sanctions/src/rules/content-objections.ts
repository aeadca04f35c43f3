import { canonicalizeAddress, type Chain, type Decoded } from '@callback-quorum/chains'
import type { Objection, Question } from '@callback-quorum/checker-kit'
import { changeObjections } from './change-objections.ts'
import type { ScreenedSubject } from './screen-subjects.ts'
import { shownToApprove } from './shown-to-approve.ts'
import { unknownOwner } from './unknown-owner.ts'

/**
 * Says no where a recipient can hide from screening: nothing named at all, contents that cannot be read yet, a token account whose
 * owner is not known.
 */
export function contentObjections(question: Question, screened: readonly ScreenedSubject[]): readonly Objection[] {
  const { operation, chain } = question
  const decoded = question.binding?.decoded ?? shownToApprove(question)
  if (operation === 'config-change') return changeObjections(question)
  return [
    ...nothingToScreen(screened),
    ...(decoded === undefined
      ? [...undecoded(question, screened), ...unknownOwner(question.asset, question.outputs)]
      : unscreenedEffects(decoded, chain)),
  ]
}

/** In the bytes, a recipient can hide only in what is not understood, or behind a token account whose owner is not known. */
function unscreenedEffects({ effects }: Pick<Decoded, 'effects'>, chain: Chain | undefined): readonly Objection[] {
  return effects.flatMap((effect): Objection[] => {
    if (effect.effect === 'unknown')
      return [
        {
          code: 'CALLDATA_UNDECODED',
          text: `what is done at ${effect.at} is not understood, so its recipients are unknown`,
        },
      ]
    const isTokenAccount = chain?.family === 'solana' && effect.effect === 'transfer' && effect.holding.kind === 'token'
    if (isTokenAccount && effect.owner === undefined)
      return [
        {
          code: 'TOKEN_ACCOUNT_OWNER_UNKNOWN',
          text: `the owner behind the token account at ${effect.at} is not known`,
        },
      ]
    return []
  })
}

function nothingToScreen(screened: readonly ScreenedSubject[]): readonly Objection[] {
  if (screened.some(({ role }) => role !== 'source')) return []
  return [{ code: 'NOTHING_TO_SCREEN', text: 'the request names no destination and no contract' }]
}

function undecoded(
  { operation, contract, asset }: Question,
  screened: readonly ScreenedSubject[],
): readonly Objection[] {
  const objection = (what: string): readonly Objection[] => [
    { code: 'CALLDATA_UNDECODED', text: `${what} cannot be decoded, so its recipients are unknown` },
  ]
  const hasCalldata = contract !== undefined && !/^(?:0x)?$/i.test(contract.calldata)
  switch (operation) {
    case 'transfer': {
      const called = screened.find(({ role }) => role === 'contract')?.address?.key
      const isTokenTransfer =
        asset?.contract !== undefined && asset.contract === called && paysAnOutput(contract?.calldata ?? '', screened)
      return hasCalldata && !isTokenTransfer ? objection('the call beside this transfer') : []
    }
    case 'contract-call':
      return contract === undefined || hasCalldata ? objection('a contract call') : []
    case 'message':
    case 'raw':
    case 'ceremony':
    case 'config-change':
    case 'other':
      return objection(`an operation of the kind ${operation}`)
    default:
      return objection(`an operation of the kind ${String(operation satisfies never)}`)
  }
}

/** ERC-20 `transfer(address,uint256)`: selector, 12 zero bytes, recipient, amount, and nothing after it. */
const TOKEN_TRANSFER = /^(?:0x)?a9059cbb0{24}([0-9a-f]{40})[0-9a-f]{64}$/i

/** The one call that is read so far: the recipient inside it must be a destination that was screened. */
function paysAnOutput(calldata: string, screened: readonly ScreenedSubject[]): boolean {
  const recipient = TOKEN_TRANSFER.exec(calldata)?.[1]
  if (recipient === undefined) return false
  const key = canonicalizeAddress('evm', 'mainnet', `0x${recipient.toLowerCase()}`).key
  return screened.some(({ role, address }) => role === 'destination' && address?.key === key)
}
