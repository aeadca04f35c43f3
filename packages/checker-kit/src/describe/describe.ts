import { isFireblocks, type VerifiedCallback } from '@callback-quorum/service'
import type { AssetRegistry } from '@callback-quorum/chains'
import type { CoboRequest, FireblocksRequest } from '@callback-quorum/protocol'
import type { AddressBook } from '../operator-files/address-book.ts'
import { describeCobo } from './describe-cobo.ts'
import { describeFireblocks } from './describe-fireblocks.ts'
import type { Described } from './question-of-draft.ts'

/** What was asked, in the words of its platform. */
export type AskedRequest = CoboRequest | FireblocksRequest

/** A request that was read, seen neutrally. */
export function describe(
  callback: VerifiedCallback,
  files: { readonly assets: AssetRegistry; readonly addresses: AddressBook },
): Described {
  const context = { caller: callback.caller, digest: callback.digest, ...files }
  if (!isFireblocks(callback)) {
    if (callback.reading.result === 'malformed') throw new Error('invariant: only what was read is described')
    return describeCobo(callback.reading.request, context)
  }
  const { reading, kind, dialect, signerId } = callback
  if (reading.result === 'malformed') throw new Error('invariant: only what was read is described')
  if (kind !== 'tx-approval' && kind !== 'tx-signing' && kind !== 'config-change')
    throw new Error(`invariant: a Co-signer never asks for ${kind}`)
  return describeFireblocks(reading, { ...context, dialect, kind, signerId })
}
