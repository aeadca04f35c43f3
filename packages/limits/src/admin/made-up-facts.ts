import { canonicalizeAddress, ChainsFault, parseAmount, type Asset } from '@callback-quorum/chains'
import { AdminFault } from '@callback-quorum/service'
import { z } from 'zod'
import type { Facts, Part } from '../facts/facts.ts'
import type { AdminContext } from './admin-context.ts'
import { amountText, nameOf } from './body-texts.ts'

export const simulateSchema = z.strictObject({
  wallet: nameOf('a wallet'),
  asset: nameOf('an id of the asset registry'),
  amount: amountText,
  destination: nameOf('an address'),
  tag: nameOf('a tag').optional(),
  initiator: nameOf('an initiator').optional(),
  /** May be left out where only one is configured. */
  caller: nameOf('the name of a caller').optional(),
  operation: z.enum(['transfer', 'contract-call', 'other']).default('transfer'),
  /** Of the chain's own coin, for rules that include it. */
  fee: amountText.optional(),
})
export type MadeUp = z.output<typeof simulateSchema>

/** The facts of a payment that nobody asked for: not bound, since there are no bytes. Throws AdminFault 400. */
export function madeUpFacts(made: MadeUp, { assets, addresses, callers }: AdminContext): Facts {
  const asset = assets.asset(made.asset)
  if (asset === undefined) throw new AdminFault(400, 'asset: is not in the registry; expected an id of assets.yaml')
  const caller =
    made.caller === undefined && callers.length === 1 ? callers[0] : callers.find(({ name }) => name === made.caller)
  if (caller === undefined)
    throw new AdminFault(
      400,
      `caller: ${made.caller === undefined ? 'is missing, and several are configured' : 'is not configured'}; expected one of ${callers.map(({ name }) => name).join(', ')}`,
    )
  const { chain } = asset
  const key = keyOf(asset, made.destination)
  const part: Part = {
    asset: asset.id,
    destination: key,
    ...(made.tag !== undefined && { tag: made.tag }),
    listed: addresses.allowListed(key, chain.id, made.tag) !== undefined,
    amount: amountOf('amount', made.amount, asset).toString(),
    fee: false,
  }
  const coin = assets.onChain(chain, undefined)
  if (made.fee !== undefined && coin === undefined)
    throw new AdminFault(400, 'fee: the coin of this chain is not in the registry')
  const fee: readonly Part[] =
    made.fee === undefined || coin === undefined
      ? []
      : [{ asset: coin.id, listed: false, amount: amountOf('fee', made.fee, coin).toString(), fee: true }]
  return {
    organisation: caller.organisation,
    caller: caller.name,
    wallet: made.wallet,
    initiator: made.initiator ?? null,
    operation: made.operation,
    transaction_id: 'simulated',
    bound: false,
    parts: [part, ...fee],
    prices: [],
  }
}

function keyOf({ chain }: Asset, address: string): ReturnType<typeof canonicalizeAddress>['key'] {
  try {
    return canonicalizeAddress(chain.family, chain.network, address).key
  } catch (error) {
    if (error instanceof ChainsFault) throw new AdminFault(400, `destination: is not an address of ${chain.id}`)
    throw error
  }
}

/** Whole units as atomic ones. Throws AdminFault 400 that names the member. */
export function amountOf(member: string, text: string, { decimals }: { readonly decimals: number }): bigint {
  try {
    return parseAmount(text, decimals)
  } catch (error) {
    if (error instanceof ChainsFault)
      throw new AdminFault(400, `${member}: is no amount of at most ${String(decimals)} decimals and 256 bits`)
    throw error
  }
}
