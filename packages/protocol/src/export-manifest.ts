import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { ProtocolFault } from './protocol-fault.ts'
import { signToken, verifySignature } from './signed-token.ts'
import type { VerificationKey } from './signed-token.ts'

const MANIFEST_TYPE = 'cq-export+jwt'

const moment = z.iso.datetime()
const count = z.number().int().nonnegative()

const manifestSchema = z.strictObject({
  /** Name of the service whose records these are. */
  iss: z.string().min(1),
  /** Records of `from` up to but not including `to`, as far as they were there when the export began. */
  from: moment,
  to: moment,
  /** Id of the last record that was there then. */
  upto: z.string().regex(/^\d+$/),
  records: count,
  bytes: count,
  /** SHA-256 of the records, one line of JSON each with its line end, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  made_at: moment,
})

/** What a service vouches for when it gives its records away. It does not expire: records are kept for ten years (31 CFR 501.601). */
export type ExportManifest = z.output<typeof manifestSchema>

export const signExportManifest = (manifest: ExportManifest, privateKey: KeyObject): Promise<string> =>
  signToken(manifest, MANIFEST_TYPE, privateKey)

/** The manifest, when one of `keys` signed it. Throws ProtocolFault. */
export async function verifyExportManifest(
  token: string,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<ExportManifest> {
  const { claims } = await verifySignature(token, keys, nowMs, (typ) => typ === MANIFEST_TYPE)
  const result = manifestSchema.safeParse(claims)
  if (!result.success)
    throw new ProtocolFault('ERR_PROTOCOL_MANIFEST_MALFORMED', result.error.issues[0]?.path.join('.'))
  return result.data
}
