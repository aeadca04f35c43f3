import type { Verdict } from '@callback-quorum/protocol'

/** Why no usable verdict was had (DESIGN.md, Metrics). */
export const CAUSES = [
  'timeout',
  'transport',
  'http_status',
  'malformed',
  'bad_signature',
  'mismatch',
  'expired',
  'unable',
  'database',
  'frozen',
] as const
export type Cause = (typeof CAUSES)[number]

interface Answered {
  readonly checker: string
  readonly ms: number
  /** The signed reply as it came, for the record. */
  readonly token?: string
}

/** What asking one checker came to. `failed` is neither yes nor no: the caller asks again. `cancelled`: another one's rejection made it needless. */
export type Vote =
  | (Answered & { readonly result: 'approved'; readonly bound: Verdict['bound']; readonly dataVersion?: string })
  | (Answered & { readonly result: 'rejected'; readonly codes: readonly string[]; readonly reason: string })
  | (Answered & {
      readonly result: 'failed'
      readonly cause: Cause
      readonly reason: string
      readonly codes?: readonly string[]
    })
  | (Answered & { readonly result: 'cancelled' })
