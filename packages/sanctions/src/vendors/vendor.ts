import type { Chain } from '@callback-quorum/chains'

/** One address as a vendor is asked about it. */
export interface AskedAddress {
  readonly chain: Chain
  /** Names the key that is paid, whatever encoding it came in; see chains. */
  readonly key: string
  /** The one spelling that vendors know; see vendor-text.ts. */
  readonly text: string
}

/** One thing a vendor says about an address. */
export interface Finding {
  readonly category: string
  /** In the vendor's own words: a level, a score. */
  readonly level: string
  /** How it concerns the address, where the vendor tells (TRM: OWNERSHIP, COUNTERPARTY, INDIRECT). */
  readonly relation?: string
  /** What the configured thresholds make of it. */
  readonly effect: 'reject' | 'report'
}

/**
 * What a vendor knows. Only `ok` says anything: without a rejecting finding it is "nothing against it". `unknown`: an answer came and
 * holds no judgement. `error`: no usable answer came. Neither is ever clean.
 */
export type Screening =
  | { readonly status: 'ok'; readonly findings: readonly Finding[]; readonly reference?: string }
  | { readonly status: 'unknown'; readonly why: string; readonly reference?: string }
  | { readonly status: 'error'; readonly why: string; readonly mayPass: boolean }

/** A screening with what came over the wire, for the record. */
export interface VendorAnswer {
  readonly screening: Screening
  /** Bounded, printable, without our credentials; '' when nothing came. */
  readonly raw: string
  readonly answeredAtMs: number
}

/** What an adapter makes of one address: the request, and how its answer is read. */
export interface Exchange {
  readonly method: 'GET' | 'POST'
  /** With query; begins with a slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Of an answer whose status is one of `statuses`. Throws AnswerFault for what is not of the documented form. */
  read(answer: { readonly status: number; readonly body: Uint8Array }): Screening
  /** HTTP statuses that `read` can be given; every other one is an error. */
  readonly statuses: readonly number[]
}

export interface Credentials {
  readonly key?: string
  readonly secret?: string
}

/** `skip`: by the operator's word this vendor is not needed for the address; `unknown`: it is, and cannot judge it. */
export type Coverage = 'ask' | 'skip' | 'unknown'

/** The knowledge of one vendor's API, without any input or output. An address a call: an answer is cached and judged by address. */
export interface VendorApi {
  /** Called only for what `coverage` answers with `ask`. */
  exchange(address: AskedAddress, credentials: Credentials, nowMs: number): Exchange
  coverage(chain: Chain, key: string): Coverage
  /** Whether it looks up the text of an address; then an unusual spelling is unknown to it. */
  readonly readsText: boolean
}
