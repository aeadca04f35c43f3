/** The price that was used and what it was made of: stored with a reservation, so that a release gives back what was taken. */
export interface UsedPrice {
  readonly currency: string
  /** Decimal text, currency per whole unit of the asset: the highest of the fresh quotes, or the peg where that is higher. */
  readonly price: string
  readonly quotes: readonly {
    readonly source: string
    readonly price: string
    /** ISO 8601 in UTC. */
    readonly observed_at: string
  }[]
}

/**
 * `missing`: fewer than two sources know the asset, or one of them quotes what is no price. `stale`: two or more know it, but
 * fewer than two quotes are fresh. `unreliable`: the fresh quotes are too far apart. Texts are printable ASCII.
 */
export type Pricing =
  | { readonly result: 'price'; readonly used: UsedPrice }
  | { readonly result: 'missing'; readonly text: string }
  | { readonly result: 'stale' | 'unreliable'; readonly text: string }

export interface PriceBook {
  /** The price of one whole unit of the asset at `now`. Reads what was fetched before and never waits. */
  price(assetId: string, currency: string, now: Date): Pricing
  /** Names of the sources that can price it; a price needs two. */
  covers(assetId: string, currency: string): readonly string[]
}

/** The book of a configuration without prices: it knows nothing. */
export const NO_PRICES: PriceBook = {
  price: (assetId, currency) => ({ result: 'missing', text: `no source has a price of ${assetId} in ${currency}` }),
  covers: () => [],
}
