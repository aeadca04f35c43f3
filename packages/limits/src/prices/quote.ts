/** What one source says about one asset. `price` is as it was written: whether it is a price is judged when it is used. */
export interface Quote {
  readonly assetId: string
  readonly currency: string
  readonly price: string
  /** Unix milliseconds; `always` is a price that a person fixed, which holds as long as its file can be read. */
  readonly observedAtMs: number | 'always'
}
