import type { Mapping } from '@callback-quorum/cli'

/** One way to ask a business system: what the checker is configured with, and the bare call that its connector makes. */
export interface BenchSystem {
  readonly name: string
  /** `connector`, `map` and what else is particular in the checker's configuration; paths are relative to the folder it was started with. */
  readonly config: Mapping & { readonly connector: Mapping; readonly map: Mapping }
  /** What a look-up costs at least: the same question to the same server, by the library alone. */
  readonly ask: (reference: string) => Promise<void>
  /** Once the checker listens: for the inbox, which lies within it. */
  readonly fill?: (references: readonly string[]) => Promise<void>
  stop(): Promise<void>
}

export interface BenchSystemOptions {
  readonly folder: string
  readonly references: readonly string[]
}

/** What every reference pays, and what the requests of the load say. */
export const PAYS = {
  status: 'approved',
  asset: 'ETH',
  amount: '0.000001',
  destination: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  validUntil: '2099-01-01T00:00:00Z',
} as const

export const POINTERS: Mapping = {
  reference: { at: '/reference' },
  status: { at: '/state' },
  asset: { at: '/currency' },
  amount: { at: '/amount' },
  destination: { at: '/address' },
  expires_at: { at: '/valid_until' },
}

export const COLUMNS: Mapping = {
  reference: { at: 'reference' },
  status: { at: 'state' },
  asset: { at: 'currency' },
  amount: { at: 'amount' },
  destination: { at: 'address' },
  expires_at: { at: 'valid_until' },
}

/** A withdrawal as its JSON is in every business system here. */
export const withdrawalOf = (reference: string) => ({
  reference,
  state: PAYS.status,
  currency: PAYS.asset,
  amount: PAYS.amount,
  address: PAYS.destination,
  valid_until: PAYS.validUntil,
})
