import { ChainsFault, parseAmount, parseAtomic, type Asset } from '@callback-quorum/chains'
import { quoted, type Refuse } from './refuse.ts'

type Written = string | null | undefined

/** A decimal amount of v2 in atomic units. Undefined when it is refused, or when the asset and so its decimals are unknown. */
export function readDecimal(text: Written, asset: Asset | undefined, refuse: Refuse): bigint | undefined {
  if (asset === undefined) return undefined
  return readAmount(text, (written) => parseAmount(written, asset.decimals), refuse)
}

/** An amount of v1, an integer of base units (protocol/cobo.md 2.2). Undefined when it is refused. */
export function readBaseUnits(text: Written, refuse: Refuse): bigint | undefined {
  return readAmount(text, parseAtomic, refuse)
}

function readAmount(text: Written, parse: (text: string) => bigint, refuse: Refuse): bigint | undefined {
  if (text == null || text === '') {
    refuse('AMOUNT_INVALID', 'an output has no amount')
    return undefined
  }
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof ChainsFault)) throw error
    refuse('AMOUNT_INVALID', `${quoted(text)} is not an amount of this asset`)
    return undefined
  }
}
