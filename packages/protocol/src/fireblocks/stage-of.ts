import type { FireblocksTransaction } from './fireblocks-request.ts'

/** 'ambiguous' counts as signing. */
export type FireblocksStage = 'signing' | 'approval' | 'ambiguous'

/**
 * Which stage a transaction request looks like (protocol/fireblocks.md 2.1): the vendor says that `fee`, `displayDstAddress` and `rawTx`
 * come with signing only. `players` was only ever seen there, and an empty marker says little: ambiguous. For evidence alone: what was
 * asked follows from the caller's role, never from this.
 */
export function stageOf(request: FireblocksTransaction): FireblocksStage {
  const { fee, rawTx, players, destinations = [] } = request
  const shown = destinations
    .map(({ displayDstAddress }) => displayDstAddress)
    .filter((address) => address !== undefined)
  const isMarked = fee !== undefined || (rawTx?.length ?? 0) > 0 || shown.some((address) => address !== '')
  if (isMarked) return 'signing'
  return rawTx !== undefined || players !== undefined || shown.length > 0 ? 'ambiguous' : 'approval'
}
