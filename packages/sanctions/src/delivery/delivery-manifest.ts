import { readSmallFile } from '@callback-quorum/service'
import { z } from 'zod'
import { SanctionsFault } from '../faults.ts'

/** What whoever delivers the list writes beside it after each successful check of the publication, changed or not. */
export interface DeliveryManifest {
  readonly checkedAtMs: number
  readonly sha256: string
  /** As it was written, to see whether it is another one. */
  readonly text: string
}

/** Clocks of the delivering and the screening machine may differ by this much. */
export const CLOCK_SKEW_MS_MAX = 5 * 60_000

const manifestSchema = z.strictObject({
  checked_at: z.iso.datetime({ offset: true }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

export const manifestPathOf = (file: string): string => `${file}.manifest.json`

/** Reads `<file>.manifest.json`. Throws SanctionsFault `ERR_SANCTIONS_LIST_MANIFEST`, also when it is dated in the future. */
export async function readDeliveryManifest(file: string, nowMs: number): Promise<DeliveryManifest> {
  const path = manifestPathOf(file)
  const fault = (why: string, cause?: unknown): SanctionsFault =>
    new SanctionsFault('ERR_SANCTIONS_LIST_MANIFEST', `${path}: ${why}`, { cause })
  let text: string
  let content: unknown
  try {
    text = await readSmallFile(path)
    content = JSON.parse(text)
  } catch (error) {
    throw fault('missing, unreadable or not JSON', error)
  }
  const parsed = manifestSchema.safeParse(content)
  if (!parsed.success) throw fault(z.prettifyError(parsed.error), parsed.error)
  const checkedAtMs = Date.parse(parsed.data.checked_at)
  if (checkedAtMs > nowMs + CLOCK_SKEW_MS_MAX) throw fault(`checked_at ${parsed.data.checked_at} is in the future`)
  return { checkedAtMs, sha256: parsed.data.sha256, text }
}
