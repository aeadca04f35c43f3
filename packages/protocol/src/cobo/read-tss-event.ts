import { printableText } from '../printable-text.ts'
import { isJsonObject, tryStrictJson } from '../strict-json.ts'
import type { JsonObject, JsonValue } from '../strict-json.ts'
import { eventTypeOf } from './tss-event.ts'
import type { TssEvent, TssEventReading } from './tss-event.ts'
import { hasControlCharacter, IDENTIFIER_LENGTH_MAX } from './wire-schema.ts'

/**
 * Reads the signed content of a node's event (protocol/cobo.md section 6). The vendor's guide and its schema spell members differently,
 * so figures may be texts, objects may be JSON texts, and a member that cannot be read is absent; only an event without a type, or with
 * content that two readers could read differently, is malformed. Never throws on any content.
 */
export function readTssEvent(content: Uint8Array): TssEventReading {
  const raw = tryStrictJson(content)
  if (!isJsonObject(raw)) return { result: 'malformed', reason: 'content is not a strict JSON object' }
  const eventType = shortText(raw.event_type)
  if (eventType === undefined) return { result: 'malformed', reason: 'no readable event_type' }
  if (eventType === 'ping') return { result: 'ping' }
  const about = eventTypeOf(eventType)
  const data = objectOf(raw.data)
  return {
    result: 'event',
    event: {
      eventType,
      ...(about === undefined ? {} : { about }),
      ...present('eventId', shortText(raw.event_id)),
      ...present('createdAtMs', millisecondsOf(raw.created_timestamp)),
      ...present('nodeId', shortText(raw.node_id)),
      ...present('dataType', shortText(data.data_type)),
      ...present('requestId', shortText(data.request_id)),
      ...present('requestStatus', shortText(data.request_status)),
      ...present('failedReason', reasonOf(data.failed_reason)),
      transactionIds: transactionIdsOf(about, data),
      raw,
    },
  }
}

/** What a request of this kind would have been asked under: extra_info for payments, biz_task_id for ceremonies, cobo_id in v1. */
function transactionIdsOf(about: TssEvent['about'], data: JsonObject): readonly string[] {
  const extra = objectOf(data.extra_info)
  const transaction = objectOf(extra.transaction)
  const ofKind =
    about?.kind === 'keysign'
      ? [isSaid(transaction.cobo_id) ? transaction.cobo_id : transaction.transaction_id]
      : [objectOf(data.request_detail).biz_task_id]
  const ids = [extra.cobo_id, ...(about === undefined ? [] : ofKind)].map(idOf)
  return [...new Set(ids.filter((id) => id !== undefined))]
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** As requests are read: an id is text, or it is no id. */
function idOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? shortText(value) : undefined
}

/** An object, or the JSON text of one; anything else has no members. */
function objectOf(value: JsonValue | undefined): JsonObject {
  const object = typeof value === 'string' ? tryStrictJson(value) : value
  return isJsonObject(object) ? object : {}
}

function shortText(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  return text === '' || text.length > IDENTIFIER_LENGTH_MAX || hasControlCharacter(text) ? undefined : text
}

function millisecondsOf(value: JsonValue | undefined): number | undefined {
  const ms = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined
}

function reasonOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return printableText(typeof value === 'string' ? value : JSON.stringify(value))
}

/** exactOptionalPropertyTypes: a member that was not read is left out, never undefined. */
function present<K extends string, V>(name: K, value: V | undefined): { [member in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [member in K]?: V })
}
