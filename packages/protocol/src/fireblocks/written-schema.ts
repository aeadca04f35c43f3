import { z } from 'zod'
import { hasControlCharacter, IDENTIFIER_LENGTH_MAX } from '../cobo/wire-schema.ts'
import { isWrittenObject, NumberText, tryWrittenJson } from '../strict-json.ts'
import type { WrittenJson, WrittenObject } from '../strict-json.ts'

/** Names and notes are read by people; the longest note that a form would take is far shorter. */
export const TEXT_LENGTH_MAX = 16_384
/** The longest addresses in use, Byron-era ones of Cardano, have about a hundred characters. */
export const ADDRESS_LENGTH_MAX = 512
/** numeric(78, 0) holds every atomic amount; as many digits again for the fraction, and the point. */
export const DECIMAL_LENGTH_MAX = 157
/** A standard Bitcoin transaction weighs at most 400,000 units, and so has at most as many bytes; other chains allow less. */
export const HEX_LENGTH_MAX = 800_000
/** Other lists: participants, assets of an account. */
export const ENTRIES_MAX = 1_000
const UINT32_MAX = 2 ** 32 - 1

/** Null is absent; unknown members are dropped. A number as it was written is no object, although it is held in one. */
export function writtenObject<S extends z.ZodRawShape>(shape: S): z.ZodPipe<z.ZodTransform, z.ZodObject<S>> {
  return z.pipe(
    z.transform((value, context): unknown => {
      if (isWrittenObject(value)) return withoutNullMembers(value)
      context.issues.push({ code: 'custom', message: 'expected an object', input: value })
      return z.NEVER
    }),
    z.object(shape),
  )
}

export const shortText = z.string().max(TEXT_LENGTH_MAX)
export const addressText = z.string().max(ADDRESS_LENGTH_MAX)

/** An id that something hangs on: bounded, no control characters. May be empty, as for one-time addresses. */
export const identifier = z
  .string()
  .max(IDENTIFIER_LENGTH_MAX)
  .refine((id) => !hasControlCharacter(id), 'control character')

/** An amount in units of its asset, never negative. A JSON number is refused: it may have lost digits before it was signed. */
export const decimalText = z
  .string()
  .max(DECIMAL_LENGTH_MAX)
  .regex(/^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/, 'not a decimal text')

/** Whole bytes in hex without a prefix, at least one; lower-cased. */
export const hexText = z
  .string()
  .max(HEX_LENGTH_MAX)
  .refine((hex) => hex !== '' && isHex(hex), 'not hex')
  .transform((hex) => hex.toLowerCase())

/** As hexText, but with or without `0x`, and it may be empty; read without. */
export const prefixableHexText = z
  .string()
  .max(HEX_LENGTH_MAX)
  .transform((hex) => hex.replace(/^0[xX]/, '').toLowerCase())
  .refine(isHex, 'not hex')

/** What is not known must stay visible, and can be mistaken for nothing that is. */
export type Open<T extends string> = T | { readonly unknown: string }

export function openEnum<const T extends string>(known: readonly T[]) {
  return identifier.transform((text): Open<T> => known.find((word) => word === text) ?? { unknown: text })
}

/** A whole number of 32 bits, written plainly. */
export const uint32 = z
  .custom<NumberText>((value) => value instanceof NumberText, 'expected a number')
  .transform((value, context) => {
    const number = /^(?:0|[1-9][0-9]{0,9})$/.test(value.text) ? Number(value.text) : Number.NaN
    if (number <= UINT32_MAX) return number
    context.addIssue({ code: 'custom', message: 'not a whole number of 32 bits' })
    return z.NEVER
  })

export const rawObject = z.custom<WrittenObject>(isWrittenObject, 'expected an object')

/** JSON, or a text that holds JSON; read by `schema`. The texts of nothing, empty and `null`, are absent. */
export function jsonOrText<S extends z.ZodType>(schema: S): z.ZodPipe<z.ZodTransform, z.ZodOptional<S>> {
  return z.pipe(
    z.transform((value, context) => {
      if (typeof value !== 'string') return value
      if (value === '' || value === 'null') return undefined
      const read = tryWrittenJson(value)
      if (read !== undefined) return read
      context.issues.push({ code: 'custom', message: 'not the text of strict JSON', input: value })
      return z.NEVER
    }),
    schema.optional(),
  )
}

/** As jsonOrText, of any shape. */
export const anyJson = jsonOrText(z.custom<WrittenJson>())

function isHex(text: string): boolean {
  return text.length % 2 === 0 && !/[^0-9a-fA-F]/.test(text)
}

function withoutNullMembers(value: WrittenObject): WrittenObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}
