/** What the business system says about one reference, as text; every field still unproven. */
export interface Intent {
  readonly status: unknown
  readonly asset: unknown
  readonly amount: unknown
  readonly destination: unknown
  readonly tag: unknown
  readonly expiresAt: unknown
}

/** What looking up came to. `unavailable` and `refused` are about the connector, never about the payment. */
export type LookUp =
  | { readonly found: 'one'; readonly intent: Intent }
  | { readonly found: 'none' }
  | { readonly found: 'many' }
  | { readonly found: 'unavailable'; readonly reason: string }

export interface Connector {
  lookUp(parameters: Readonly<Record<'reference' | 'organisation', string>>, signal: AbortSignal): Promise<LookUp>
  /** Why nothing can be looked up now; empty when it can. */
  problems(): Promise<readonly string[]>
  close(): Promise<void>
}
