import { type FireblocksEndpoint, NumberText, type WrittenJson, type WrittenObject } from '@callback-quorum/protocol'

/** What a Co-signer knows about its own question; on the wire nothing says whether a transaction is approved or signed. */
export type CosignerKind = 'tx-approval' | 'tx-signing' | 'config-change'

/** One question as the vendor's cloud hands it to a Co-signer, which adds its `signerId`. */
export interface CosignerRequest {
  readonly kind: CosignerKind
  /** Members as on the wire. A text or bytes are sent as they are: broken JSON can only be sent so. */
  readonly content: WrittenObject | string | Uint8Array
}

export const endpointOf = (kind: CosignerKind): FireblocksEndpoint => (kind === 'config-change' ? 'config' : 'tx')

/** The bytes that are signed, or in JSON mode the body itself. A `signerId` that the content already names stays. */
export function cosignerContent({ content }: CosignerRequest, signerId: string | undefined): Uint8Array {
  if (content instanceof Uint8Array) return content
  if (typeof content === 'string') return new TextEncoder().encode(content)
  const named = signerId === undefined || 'signerId' in content ? content : { ...content, signerId }
  return new TextEncoder().encode(writeJson(named))
}

/** The id that an answer must repeat; the empty string when the request names none that can be read. */
export function cosignerRequestIdOf(request: CosignerRequest): string {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(cosignerContent(request, undefined)))
    if (typeof value !== 'object' || value === null || !('requestId' in value)) return ''
    return typeof value.requestId === 'string' ? value.requestId : ''
  } catch {
    return ''
  }
}

/** JSON text with every number in the digits that it is held in. */
export function writeJson(value: WrittenJson): string {
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return `[${value.map((item: WrittenJson) => writeJson(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`)
    .join(',')}}`
}
