import { canonicalizeAddress, ChainsFault, type AssetRegistry } from '@callback-quorum/chains'
import { AdminFault } from '@callback-quorum/service'
import { z } from 'zod'
import type { Facts, Part } from '../facts/facts.ts'
import { amountText, nameOf } from './body-texts.ts'
import { amountOf } from './made-up-facts.ts'

/** What really left, for one place of the payment; places that are not named moved what was claimed. */
export const actualSchema = z.strictObject({
  asset: nameOf('an id of the asset registry'),
  /** Left out for what nobody gets: burnt, deployed, or a fee. */
  destination: nameOf('an address').optional(),
  tag: nameOf('a tag').optional(),
  fee: z.boolean().default(false),
  /** Nothing is "0": a transaction that is final and moved nothing. */
  amount: amountText,
})
type Written = z.output<typeof actualSchema>

/** The same with its canonical key and in atomic units, as a proposal keeps it. */
export const keptActualSchema = z.strictObject({
  asset: z.string(),
  destination: z.string().optional(),
  tag: z.string().optional(),
  fee: z.boolean(),
  amount: z.string(),
  amount_atomic: z.string(),
})
export type Actual = z.output<typeof keptActualSchema>

/** Throws AdminFault 400 for an asset that is not in the registry, and what is no address or amount of it. */
export function readActual(written: Written, index: number, assets: AssetRegistry): Actual {
  const { destination, tag, fee, amount } = written
  const at = `amounts[${String(index)}]`
  const asset = assets.asset(written.asset)
  if (asset === undefined) throw new AdminFault(400, `${at}.asset: is not in the registry`)
  const key = (address: string): string => {
    try {
      return canonicalizeAddress(asset.chain.family, asset.chain.network, address).key
    } catch (error) {
      if (!(error instanceof ChainsFault)) throw error
      // The key itself is what reservations are shown with.
      return address
    }
  }
  return {
    asset: asset.id,
    ...(destination !== undefined && { destination: key(destination) }),
    ...(tag !== undefined && { tag }),
    fee,
    amount,
    amount_atomic: amountOf(`${at}.amount`, amount, asset).toString(),
  }
}

export interface Replaced {
  readonly facts: Facts
  /** Something moved more than was claimed. */
  readonly isHigher: boolean
}

interface Place {
  readonly asset?: string | undefined
  readonly destination?: string | undefined
  readonly tag?: string | undefined
  readonly fee: boolean
}

const placeOf = ({ asset, destination, tag, fee }: Place): string =>
  JSON.stringify([asset ?? null, destination ?? null, tag ?? null, fee])

/** The facts with what really moved. Throws AdminFault 400 for a place that the payment does not have, or that is named twice. */
export function withActual(facts: Facts, actual: readonly Actual[]): Replaced {
  const amounts = new Map(actual.map((one) => [placeOf(one), one]))
  if (amounts.size < actual.length) throw new AdminFault(400, 'amounts: one place is named twice')
  const places = new Map<string, Part>()
  for (const part of facts.parts) {
    const same = places.get(placeOf(part))
    places.set(
      placeOf(part),
      same === undefined ? part : { ...same, amount: (BigInt(same.amount) + BigInt(part.amount)).toString() },
    )
  }
  let isHigher = false
  for (const [place, one] of amounts) {
    const part = places.get(place)
    if (part === undefined)
      throw new AdminFault(
        400,
        `amounts: the payment moves no ${one.asset} ${one.fee ? 'as a fee' : `to ${one.destination ?? 'nobody'}`}`,
      )
    isHigher ||= BigInt(one.amount_atomic) > BigInt(part.amount)
    places.set(place, { ...part, amount: one.amount_atomic })
  }
  return { facts: { ...facts, parts: [...places.values()] }, isHigher }
}
