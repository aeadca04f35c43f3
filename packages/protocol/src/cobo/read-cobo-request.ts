import type { z } from 'zod'
import type { CoboDialect, Kind } from '../kinds.ts'
import { printableText } from '../printable-text.ts'
import { isJsonObject, tryStrictJson } from '../strict-json.ts'
import type { JsonObject, JsonValue } from '../strict-json.ts'
import type { CoboRequest } from './cobo-request.ts'
import { v1CeremonyExtra, v1KeyGenDetail, v1KeyReshareDetail, v1KeySignDetail, v1KeySignExtra } from './v1-schemas.ts'
import { v2KeyGenDetail, v2KeyReshareDetail, v2KeyShareSignDetail, v2KeySignDetail } from './v2-detail-schemas.ts'
import { v2KeyGenExtra, v2KeyReshareExtra, v2KeyShareSignExtra, v2KeySignExtra } from './v2-extra-schemas.ts'
import { hasControlCharacter } from './wire-schema.ts'

export type MalformedCode =
  'REQUEST_TYPE_UNKNOWN' | 'REQUEST_TYPE_INVALID' | 'PING_WITH_CONTENT' | 'DETAIL_INVALID' | 'EXTRA_INVALID'

export type CoboReading =
  /** No request id to answer to: status 10. */
  | { readonly result: 'unidentified'; readonly reason: string }
  /** Identified but not understood: REJECT, recorded. */
  | {
      readonly result: 'malformed'
      readonly requestId: string
      readonly requestType?: number
      readonly kind?: Kind
      readonly code: MalformedCode
      readonly reason: string
    }
  /** Never an action. The id is '' when absent. */
  | { readonly result: 'ping'; readonly requestId: string }
  | { readonly result: 'request'; readonly request: CoboRequest }

/** Request ids are keys of records; the node's own are UUID-sized. */
export const REQUEST_ID_LENGTH_MAX = 256
const REQUEST_TYPE_MAX = 2 ** 31 - 1
const REASON_LENGTH_MAX = 300

type CoboKind = CoboRequest['kind']
type Malformed = Extract<CoboReading, { result: 'malformed' }>

const KIND_OF_TYPE: Readonly<Record<CoboDialect, ReadonlyMap<number, CoboKind>>> = {
  'cobo-v1': new Map<number, CoboKind>([
    [1, 'keygen'],
    [2, 'keysign'],
    [3, 'keyreshare'],
  ]),
  'cobo-v2': new Map<number, CoboKind>([
    [1, 'keygen'],
    [2, 'keysign'],
    [3, 'keyreshare'],
    [5, 'keysharesign'],
  ]),
}

/** Reads the signed content of a Cobo callback request (protocol/cobo.md 1.3, 1.6, 2, 3). Never throws on any content. */
export function readCoboRequest(dialect: CoboDialect, content: Uint8Array): CoboReading {
  const base = tryStrictJson(content)
  if (!isJsonObject(base)) return { result: 'unidentified', reason: 'content is not a strict JSON object' }

  const requestId = readableId(base.request_id)
  const type = base.request_type ?? undefined
  const hasContent = !isEmptyContent(base.request_detail) || !isEmptyContent(base.extra_info)
  if ((type === undefined || type === 0) && !hasContent) return { result: 'ping', requestId: requestId ?? '' }
  if (requestId === undefined) return { result: 'unidentified', reason: 'no readable request_id' }

  if (!isRequestType(type)) {
    return {
      result: 'malformed',
      requestId,
      code: 'REQUEST_TYPE_INVALID',
      reason: 'request_type is missing or not an integer',
    }
  }
  if (type === 0) {
    const reason = 'request_type 0 with request_detail or extra_info'
    return { result: 'malformed', requestId, requestType: 0, kind: 'ping', code: 'PING_WITH_CONTENT', reason }
  }
  const kind = KIND_OF_TYPE[dialect].get(type)
  if (kind === undefined) {
    const reason = `request_type ${String(type)} is not known in ${dialect}`
    return { result: 'malformed', requestId, requestType: type, code: 'REQUEST_TYPE_UNKNOWN', reason }
  }
  return readContent(dialect, kind, { requestId, requestType: type, kind }, base)
}

type Identity = Pick<Malformed, 'requestId'> & { readonly requestType: number; readonly kind: CoboKind }

function readContent(dialect: CoboDialect, kind: CoboKind, of: Identity, base: JsonObject): CoboReading {
  const { request_detail: detail, extra_info: extra } = base
  const { requestId } = of
  if (dialect === 'cobo-v1') {
    switch (kind) {
      case 'keygen':
        return both(of, detail, v1KeyGenDetail, extra, v1CeremonyExtra, (read) => {
          return { dialect, kind, requestType: 1, requestId, ...read }
        })
      case 'keysign':
        return both(of, detail, v1KeySignDetail, extra, v1KeySignExtra, (read) => {
          return { dialect, kind, requestType: 2, requestId, ...read }
        })
      case 'keyreshare':
        return both(of, detail, v1KeyReshareDetail, extra, v1CeremonyExtra, (read) => {
          return { dialect, kind, requestType: 3, requestId, ...read }
        })
      case 'keysharesign':
        return { result: 'malformed', ...of, code: 'REQUEST_TYPE_UNKNOWN', reason: 'not a kind of cobo-v1' }
    }
  }
  switch (kind) {
    case 'keygen':
      return both(of, detail, v2KeyGenDetail, extra, v2KeyGenExtra, (read) => {
        return { dialect, kind, requestType: 1, requestId, ...read }
      })
    case 'keysign':
      return both(of, detail, v2KeySignDetail, extra, v2KeySignExtra, (read) => {
        return { dialect, kind, requestType: 2, requestId, ...read }
      })
    case 'keyreshare':
      return both(of, detail, v2KeyReshareDetail, extra, v2KeyReshareExtra, (read) => {
        return { dialect, kind, requestType: 3, requestId, ...read }
      })
    case 'keysharesign':
      return both(of, detail, v2KeyShareSignDetail, extra, v2KeyShareSignExtra, (read) => {
        return { dialect, kind, requestType: 5, requestId, ...read }
      })
  }
}

function both<D extends z.ZodType, E extends z.ZodType>(
  of: Identity,
  detailText: JsonValue | undefined,
  detailSchema: D,
  extraText: JsonValue | undefined,
  extraSchema: E,
  build: (read: { detail: z.output<D>; extra: z.output<E> }) => CoboRequest,
): CoboReading {
  const detail = readText(detailText, detailSchema)
  if ('reason' in detail)
    return { result: 'malformed', ...of, code: 'DETAIL_INVALID', reason: `request_detail ${detail.reason}` }
  const extra = readText(extraText, extraSchema)
  if ('reason' in extra)
    return { result: 'malformed', ...of, code: 'EXTRA_INVALID', reason: `extra_info ${extra.reason}` }
  return { result: 'request', request: build({ detail: detail.value, extra: extra.value }) }
}

function readText<S extends z.ZodType>(
  value: JsonValue | undefined,
  schema: S,
): { value: z.output<S> } | { reason: string } {
  if (typeof value !== 'string') return { reason: 'is not a text' }
  const parsed = tryStrictJson(value)
  if (!isJsonObject(parsed)) return { reason: 'is not the text of a strict JSON object' }
  if (Object.keys(parsed).length === 0) return { reason: 'is empty' }
  const result = schema.safeParse(parsed)
  if (result.success) return { value: result.data }
  const [issue] = result.error.issues
  const reason = `member ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'invalid'}`
  return { reason: printableText(reason, REASON_LENGTH_MAX) }
}

function readableId(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > REQUEST_ID_LENGTH_MAX) return undefined
  return hasControlCharacter(value) ? undefined : value
}

function isRequestType(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= REQUEST_TYPE_MAX
}

/** What encoders make of nothing: absent, null, an empty text, an empty object or its text (protocol/cobo.md 1.6). */
function isEmptyContent(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === '{}') return true
  return isJsonObject(value) && Object.keys(value).length === 0
}
