import type { readVerdict } from '@callback-quorum/protocol'
import type { Cause } from '../vote.ts'

/** What one verified reply says, without who said it and how long that took. */
export type Heard = { readonly token?: string } & (
  | { readonly result: 'approved'; readonly bound: 'raw' | 'description' | 'none'; readonly dataVersion?: string }
  | { readonly result: 'rejected'; readonly codes: readonly string[]; readonly reason: string }
  | { readonly result: 'failed'; readonly cause: Cause; readonly reason: string; readonly codes?: readonly string[] }
)

export const failed = (cause: Cause, reason: string): Heard => ({ result: 'failed', cause, reason })

/** `text` is the reason beside the verdict; without one the codes are the reason. */
export function heardVerdict(read: ReturnType<typeof readVerdict>, text: string | undefined): Heard {
  if ('mismatches' in read)
    return failed('mismatch', `its verdict does not answer this question: ${read.mismatches.join(', ')}`)
  const { outcome, judged, bound, codes, data_version: dataVersion } = read.verdict
  const reason = text ?? codes.join(', ')
  switch (outcome) {
    case 'approve':
      if (!judged) return failed('mismatch', 'it has no rule for this kind of request (judged: false)')
      return { result: 'approved', bound, dataVersion }
    case 'reject':
      return { result: 'rejected', codes: codes.length === 0 ? ['REJECTED'] : codes, reason }
    case 'unable':
      return { result: 'failed', cause: 'unable', codes, reason }
    default:
      throw new Error(`invariant: unknown outcome ${String(outcome satisfies never)}`)
  }
}
