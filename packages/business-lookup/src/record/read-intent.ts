import { createHash } from 'node:crypto'
import type { WrittenJson, WrittenObject } from '@callback-quorum/protocol'
import { ABSENT, fieldOf, type Field, type FieldPlace } from './field.ts'
import type { Intent, IntentOutput } from './intent.ts'
import type { ReadMap } from './record-map.ts'

/** A payout of this size is a file and no transaction: Bitcoin's largest standard one pays some 2,900 destinations, a checker's limit is far below. */
export const OUTPUTS_MAX = 1_000

/** What stands at a place of a record, undefined where there is no such place. */
export type ReadPlace = (at: string) => unknown

/** The record is not one that the mapping can read at all: a defect of the connector's answer and not of a field. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault'
}

/** Reads a JSON record. Throws RecordFault when it is no object, or its list of payments is none. */
export function intentOfJson(record: WrittenJson, map: ReadMap, bytes: Uint8Array): Intent {
  if (!isObject(record)) throw new RecordFault('the record is not a JSON object')
  const { outputs } = map
  return readIntent(
    map,
    atPointer(record),
    outputs === undefined || outputs === 'rows' ? undefined : itemsOf(record, outputs.at),
    digestOf(bytes),
  )
}

function itemsOf(record: WrittenObject, pointer: string): readonly ReadPlace[] {
  const items = atPointer(record)(pointer)
  if (!Array.isArray(items) || items.length === 0) throw new RecordFault(`${pointer} is not a list of payments`)
  if (items.length > OUTPUTS_MAX) throw new RecordFault(`${pointer} holds more than ${OUTPUTS_MAX} payments`)
  return items.map((item: WrittenJson) => atPointer(item))
}

/** Reads `status`, `asset` and the like once, and `amount`, `destination`, `tag` of each item; without items the record is the one item. */
export function readIntent(
  map: ReadMap,
  record: ReadPlace,
  items: readonly ReadPlace[] | undefined,
  recordDigest: string,
): Intent {
  const field = (place: FieldPlace | undefined, read: ReadPlace = record): Field =>
    place === undefined ? ABSENT : fieldOf(read(place.at), place)
  return {
    reference: field(map.reference),
    status: field(map.status),
    asset: field(map.asset),
    expiresAt: field(map.expires_at),
    initiator: field(map.initiator),
    source: field(map.source),
    calldata: field(map.calldata),
    proof: field(map.proof),
    outputs: (items ?? [record]).map((read): IntentOutput => ({
      amount: field(map.amount, read),
      destination: field(map.destination, read),
      tag: field(map.tag, read),
    })),
    recordDigest,
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const isObject = (value: unknown): value is WrittenObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype

/** RFC 6901: `~1` is a slash and `~0` a tilde; an array is entered by a decimal index without leading zeros. */
function atPointer(root: WrittenJson): ReadPlace {
  return (pointer) => {
    let value: unknown = root
    for (const escaped of pointer.split('/').slice(1)) {
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      if (Array.isArray(value)) value = /^(?:0|[1-9][0-9]*)$/.test(name) ? value[Number(name)] : undefined
      else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    }
    return value
  }
}
