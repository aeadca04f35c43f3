import pg from 'pg'
import type { CustomTypesConfig } from 'pg'

type Parser = (text: string) => unknown

// Object ids of PostgreSQL's built-in types (pg_type.dat); they never change.
const INT8 = 20
const TEXT_ARRAY = 1009
const INT8_ARRAY = 1016
const DATE = 1082
const TIMESTAMP = 1114
const TIMESTAMP_ARRAY = 1115
const DATE_ARRAY = 1182
const NUMERIC_ARRAY = 1231

const builtinParser: (oid: number) => Parser = pg.types.getTypeParser
const textArray = builtinParser(TEXT_ARRAY) as (text: string) => (string | null)[]
const asText: Parser = (text) => text

// pg reads elements of int8[] and numeric[] as text and float, and date and timestamp in the time zone of the process:
// each of these would lose digits, mix types or shift a day.
const PARSERS = new Map<number, Parser>([
  [INT8, BigInt],
  [INT8_ARRAY, (text) => textArray(text).map((item) => (item === null ? null : BigInt(item)))],
  [NUMERIC_ARRAY, textArray],
  [DATE, asText],
  [DATE_ARRAY, textArray],
  [TIMESTAMP, asText],
  [TIMESTAMP_ARRAY, textArray],
])

/** How columns become values, for the clients that are given it: nothing is registered globally. */
export const columnParsers: CustomTypesConfig = {
  getTypeParser: (oid: number) => PARSERS.get(oid) ?? builtinParser(oid),
}
