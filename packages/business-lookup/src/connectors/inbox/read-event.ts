import type { WrittenObject } from '@callback-quorum/protocol'
import { ATTRIBUTE_LENGTH_MAX, BATCH_EVENTS_MAX } from './inbox-limits.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import type { EventName, Push } from './push.ts'
import {
  checkOrganisation,
  CONTROL,
  isReason,
  readIntentPush,
  readJson,
  readObject,
  readReference,
  readVersion,
  refuseField,
  type PushRules,
} from './read-push.ts'
import { isJsonType } from './media-type.ts'
import { writtenElements, writtenMembers } from './written-members.ts'

/** The attributes of an event: text of headers, or members as they were written. */
type Attributes = Readonly<Record<string, unknown>>

/** CloudEvents 1.0.2 section 3.1, JSON format section 3: `data` keeps its bytes. Throws InboxRefusal. */
export function readStructuredEvent(text: string, organisation: string, rules: PushRules): Push {
  const event: WrittenObject = readObject(text, 'the event')
  if ('data_base64' in event) refuseField('data_base64', 'data as JSON')
  const type = event['datacontenttype']
  if (type !== undefined && !(typeof type === 'string' && isJsonType(type)))
    refuseField('datacontenttype', 'application/json, or it left out')
  const data = writtenMembers(text).get('data')
  return readEvent(event, data === undefined ? undefined : Buffer.from(data), organisation, rules)
}

/** Each event with its place in the list. Throws InboxRefusal, whose field says at which place. */
export function readBatch(text: string, organisation: string, rules: PushRules): readonly Push[] {
  if (!Array.isArray(readJson(text))) throw new InboxRefusal(400, 'the body: expected a JSON list of events')
  const events = writtenElements(text)
  if (events.length === 0 || events.length > BATCH_EVENTS_MAX)
    throw new InboxRefusal(events.length === 0 ? 400 : 413, `the body: expected 1 to ${BATCH_EVENTS_MAX} events`)
  return events.map((event, index) => atPlace(index, () => readStructuredEvent(event, organisation, rules)))
}

function atPlace<T>(index: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InboxRefusal)) throw error
    const { status, message, field, unreadable } = error
    throw new InboxRefusal(status, `[${index}].${message}`, {
      field: field === undefined ? `[${index}]` : `[${index}].${field}`,
      ...(unreadable === undefined ? {} : { unreadable }),
    })
  }
}

/** `data` is absent where the event has none. Throws InboxRefusal. */
export function readEvent(
  attributes: Attributes,
  data: Buffer | undefined,
  organisation: string,
  rules: PushRules,
): Push {
  if (attributes['specversion'] !== '1.0') refuseField('specversion', '1.0')
  const event: EventName = {
    id: readAttribute('id', attributes['id']),
    source: readAttribute('source', attributes['source']),
    type: readAttribute('type', attributes['type']),
    time: readTime(attributes['time']),
  }
  checkOrganisation(attributes['organisation'], organisation)
  const pushed = {
    organisation,
    reference: readReference('subject', attributes['subject']),
    version: readVersion(attributes['version']),
    event,
  }
  if (rules.event_types.cancel.includes(event.type)) {
    const reason = reasonOf(data)
    return {
      kind: 'cancel',
      ...pushed,
      ...(data === undefined ? {} : { data }),
      ...(reason === undefined ? {} : { reason }),
    }
  }
  if (!rules.event_types.intent.includes(event.type))
    return refuseField('type', 'a type that the configuration names in event_types')
  if (data === undefined) return refuseField('data', 'the record of the business system')
  return readIntentPush({ kind: 'intent', ...pushed, data }, rules)
}

/** A reason that cannot be read is no reason to let the payment go on. */
function reasonOf(data: Buffer | undefined): string | undefined {
  if (data === undefined) return undefined
  const value = readJson(data)
  const reason = typeof value === 'object' && value !== null && 'reason' in value ? value.reason : undefined
  return isReason(reason) ? reason : undefined
}

function readAttribute(name: string, value: unknown): string {
  const isOne =
    typeof value === 'string' &&
    value !== '' &&
    value.length <= ATTRIBUTE_LENGTH_MAX &&
    value.isWellFormed() &&
    !CONTROL.test(value)
  return isOne ? value : refuseField(name, `a text of 1 to ${ATTRIBUTE_LENGTH_MAX} characters`)
}

/** RFC 3339 section 5.6, with seconds and a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i

function readTime(value: unknown): Date {
  const time = new Date(typeof value === 'string' && TIME.test(value) ? value.toUpperCase() : Number.NaN)
  return Number.isNaN(time.getTime()) ? refuseField('time', 'a time of RFC 3339, such as 2026-11-21T12:00:00Z') : time
}
