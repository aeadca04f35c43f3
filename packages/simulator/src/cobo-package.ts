/** The request object of both dialects, exactly as it is serialised into `package_data`; every member may be missing on the wire. */
export interface CoboPackage {
  readonly request_id?: string
  readonly request_type?: number
  readonly request_detail?: string
  readonly extra_info?: string
}

/** A package object, or the very text or bytes to be signed: broken JSON can only be sent as text. */
export type PackageContent = CoboPackage | string | Uint8Array

export function packageBytes(content: PackageContent): Uint8Array {
  if (content instanceof Uint8Array) return content
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))
}

/** The id that an answer must repeat; the empty string when the package names none that can be read. */
export function requestIdOf(content: PackageContent): string {
  if (typeof content === 'object' && !(content instanceof Uint8Array)) return content.request_id ?? ''
  try {
    const value: unknown = JSON.parse(typeof content === 'string' ? content : new TextDecoder().decode(content))
    if (typeof value !== 'object' || value === null || !('request_id' in value)) return ''
    return typeof value.request_id === 'string' ? value.request_id : ''
  } catch {
    return ''
  }
}

/** Whether a server would read this package as a ping: type 0 or absent, and nothing asked. */
export function isPing(content: PackageContent): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(packageBytes(content)))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const { request_type: type, request_detail: detail, extra_info: extra } = value as Record<string, unknown>
    return (type === undefined || type === 0) && isEmptyText(detail) && isEmptyText(extra)
  } catch {
    return false
  }
}

const isEmptyText = (value: unknown): boolean => value === undefined || value === null || value === '' || value === '{}'
