import { parseStrictJson, type JsonValue } from '@callback-quorum/protocol'
import { malformed, misbuilt } from '../faults.ts'
import { ownText } from '../own-text.ts'

/** One line of entities.ftm.json: a FollowTheMoney entity, whose properties are lists of texts. */
export interface FtmEntity {
  readonly id: string
  readonly schema: string
  readonly caption: string
  readonly datasets: readonly string[]
  /** When the publisher last saw it at the source, as written; '' when it does not say. */
  readonly lastSeen: string
  /** The texts of a property in memory of their own; none for a property that is not there. */
  values(property: string): readonly string[]
}

type JsonObject = Readonly<Record<string, JsonValue>>

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTexts = (value: JsonValue | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

/**
 * Reads a line strictly: a repeated member would hide the first one. Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED` for what is
 * no JSON, `ERR_SANCTIONS_LIST_STRUCTURE` for what is no such entity.
 */
export function readFtmEntity(line: string, number: number): FtmEntity {
  const at = `line ${String(number)}`
  const entity = parseLine(line, at)
  if (!isObject(entity)) throw misbuilt(`${at} is not an entity`)
  const { id, schema, properties, caption, datasets, last_seen } = entity
  if (typeof id !== 'string' || id === '') throw misbuilt(`${at} has no id`)
  if (typeof schema !== 'string' || schema === '') throw misbuilt(`${at} has no schema`)
  if (!isObject(properties)) throw misbuilt(`${at} has no properties`)
  return {
    id: ownText(id),
    schema,
    caption: typeof caption === 'string' ? ownText(caption) : '',
    datasets: isTexts(datasets) ? datasets.map(ownText) : [],
    lastSeen: typeof last_seen === 'string' ? ownText(last_seen) : '',
    values: (property) => {
      const texts = Object.hasOwn(properties, property) ? properties[property] : []
      if (!isTexts(texts))
        throw misbuilt(`${at}: ${property} is not a list of texts; expected entities.ftm.json, where nothing is nested`)
      return texts.map(ownText)
    },
  }
}

function parseLine(line: string, at: string): JsonValue {
  try {
    return parseStrictJson(line)
  } catch (error) {
    throw malformed(`${at} is not JSON`, error)
  }
}
