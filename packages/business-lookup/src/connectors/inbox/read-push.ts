import { NumberText, parseWrittenJson, ProtocolFault, type WrittenObject } from '@callback-quorum/protocol'
import type { ReadMap } from '../../record/record-map.ts'
import { isWhitelistingReference } from '../../whitelisting/whitelisting-reference.ts'
import { REASON_LENGTH_MAX, REFERENCE_LENGTH_MAX, VERSION_MAX } from './inbox-limits.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import type { IntentPush, UnreadablePush } from './push.ts'
import { fieldProblems, intentOfBytes, isUnreadable } from './read-record.ts'

/** How pushes are read. */
export interface PushRules {
  readonly map: ReadMap
  readonly proof: 'required' | 'none'
  /** Of records whose reference says that they are whitelistings. */
  readonly whitelisting?: WhitelistingRules
  readonly event_types: { readonly intent: readonly string[]; readonly cancel: readonly string[] }
}

export interface WhitelistingRules {
  readonly map: ReadMap
  readonly approved_status: readonly string[]
}

/** Throws InboxRefusal 422 that names a field. */
export function refuseField(field: string, expected: string): never {
  throw new InboxRefusal(422, `${field}: expected ${expected}`, { field })
}

export const CONTROL = /\p{Cc}/u

export function readReference(field: string, text: unknown): string {
  const isOne =
    typeof text === 'string' &&
    text !== '' &&
    text.length <= REFERENCE_LENGTH_MAX &&
    text.isWellFormed() &&
    !CONTROL.test(text)
  return isOne
    ? text
    : refuseField(field, `the reference, 1 to ${REFERENCE_LENGTH_MAX} characters without control characters`)
}

/** A number, or its digits as a text: CloudEvents knows no integer beyond 32 bits. */
export function readVersion(value: unknown): bigint {
  const text = value instanceof NumberText ? value.text : value
  const version = typeof text === 'string' && /^[1-9][0-9]{0,15}$/.test(text) ? BigInt(text) : 0n
  return version > 0n && version <= VERSION_MAX
    ? version
    : refuseField('version', `a whole number from 1 to ${VERSION_MAX}`)
}

export const isReason = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= REASON_LENGTH_MAX && !value.includes('\0')

/** A producer may say which organisation it means; it writes for one only. Throws InboxRefusal 403. */
export function checkOrganisation(said: unknown, organisation: string): void {
  if (said !== undefined && said !== organisation)
    throw new InboxRefusal(403, 'organisation: expected the one that this producer may write for', {
      field: 'organisation',
    })
}

/** The body as a JSON object. Throws InboxRefusal 400. */
export function readObject(text: Uint8Array | string, what = 'the body'): WrittenObject {
  const value = readJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText)
    throw new InboxRefusal(400, `${what}: expected a JSON object`)
  return value as WrittenObject
}

/** Throws InboxRefusal 400. */
export function readJson(text: Uint8Array | string): unknown {
  try {
    return parseWrittenJson(text)
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    throw new InboxRefusal(400, `the body: expected JSON in UTF-8 without repeated members (${error.message})`)
  }
}

/** Reads the record of an intent by the mapping. Throws InboxRefusal 422 that names the field; the push then goes on record. */
export function readIntentPush(push: UnreadablePush, rules: PushRules): IntentPush {
  const { map, proof } = isWhitelistingReference(push.reference)
    ? { map: rules.whitelisting?.map, proof: 'none' }
    : rules
  const refuse = (field: string, text: string): never => {
    throw new InboxRefusal(422, `${field}: ${text}`, { field, unreadable: push })
  }
  // An intent that nobody could ever read is not kept.
  if (map === undefined) return refuse('reference', 'is one of a whitelisting, and none are configured')
  const intent = tryRead(push.data, map, refuse)
  const [problem] = fieldProblems(intent)
  if (problem !== undefined) refuse(problem.field, `cannot be read (${problem.why}); expected what the mapping says`)
  if (proof === 'required' && intent.proof.is !== 'text')
    refuse('proof', 'is missing; expected the signature of the business system over this intent')
  return { ...push, intent }
}

function tryRead(data: Buffer, map: ReadMap, refuse: (field: string, text: string) => never) {
  try {
    return intentOfBytes(data, map)
  } catch (error) {
    return isUnreadable(error) ? refuse('data', `${error.message}; expected a record of the mapping`) : fail(error)
  }
}

function fail(error: unknown): never {
  throw error
}
