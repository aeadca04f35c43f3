import type { JsonValue } from '@callback-quorum/protocol'
import { readInstant } from './observed-at.ts'
import { parseNumberTexts } from './parse-number-texts.ts'
import type { HttpSourceConfig } from './prices-config.ts'
import type { Quote } from './quote.ts'
import { SourceFault } from './source-fault.ts'

/** A price is at most 61 characters long; what is longer is no price, and is not kept. */
const PRICE_LENGTH_MAX = 64

/**
 * The quotes in the body of an answer, by the mapping of its source. Entries of assets that the mapping does not name are passed
 * over. Throws SourceFault `malformed` for what is no strict JSON, has no list where one is expected, has an entry without a name or
 * two entries for one asset, a named asset without a readable time, or none of the assets. What is no price is a quote all the same.
 */
export function readAnswer(
  body: Uint8Array,
  { map, assets, currency }: Pick<HttpSourceConfig, 'map' | 'assets' | 'currency'>,
): readonly Quote[] {
  const answer = parseNumberTexts(body)
  if (answer === undefined) throw malformed('the answer is no strict JSON')
  const list = map.list === '' ? answer : memberAt(answer, map.list)
  if (!Array.isArray(list)) throw malformed('the answer has no list at map.list')
  const ids = new Map(Object.entries(assets))
  const quotes = new Map<string, Quote>()
  for (const entry of list as readonly JsonValue[]) {
    const name = memberAt(entry, map.asset)
    if (typeof name !== 'string') throw malformed('an entry of the list has no text or number at map.asset')
    const assetId = ids.get(name)
    if (assetId === undefined) continue
    if (quotes.has(assetId)) throw malformed(`the list has ${assetId} twice`)
    const price = memberAt(entry, map.price)
    const time = memberAt(entry, map.observed_at)
    const observedAtMs = typeof time === 'string' ? readInstant(map.observed_at_format, time) : undefined
    if (observedAtMs === undefined) throw malformed(`the time of ${assetId} is not ${map.observed_at_format}`)
    const isText = typeof price === 'string' && price.length <= PRICE_LENGTH_MAX
    quotes.set(assetId, { assetId, currency, price: isText ? price : '', observedAtMs })
  }
  if (quotes.size === 0) throw malformed('the answer has none of the assets')
  return [...quotes.values()]
}

/** The value at a dotted path of members; numbers are texts here. */
function memberAt(value: JsonValue, path: string): JsonValue | undefined {
  let at: JsonValue | undefined = value
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, JsonValue>>)[name]
  }
  return at
}

const malformed = (message: string): SourceFault => new SourceFault('malformed', message)
