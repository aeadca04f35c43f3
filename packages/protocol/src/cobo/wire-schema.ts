import { z } from 'zod'
import { isJsonObject, tryStrictJson } from '../strict-json.ts'
import type { JsonObject } from '../strict-json.ts'

/** Co-signers of one key group: real groups have two to nine. */
export const NODES_MAX = 256
/** A 100 kvB standard transaction holds at most 1,739 of the smallest (taproot, 57.5 vB) inputs. */
export const INPUTS_MAX = 2_000
/** A 100 kvB standard transaction holds at most 3,225 of the smallest (31 vB) outputs. */
export const OUTPUTS_MAX = 4_000
/** A Solana transaction has at most 1,232 bytes, so fewer instructions and accounts than this. */
export const INSTRUCTIONS_MAX = 512
/** Labels, groups and other lists of the organisation's own making. */
export const ENTRIES_MAX = 1_000
/** Ids are keys of records and lines of logs. */
export const IDENTIFIER_LENGTH_MAX = 256

/** Cobo sends null for what it leaves out (protocol/cobo.md 3.9): read as absent. Unknown members are dropped. */
export function wireObject<S extends z.ZodRawShape>(shape: S): z.ZodPipe<z.ZodTransform, z.ZodObject<S>> {
  return z.pipe(z.transform(withoutNullMembers), z.object(shape))
}

/** As wireObject, but unknown members are kept. */
export function openWireObject<S extends z.ZodRawShape>(
  shape: S,
): z.ZodPipe<z.ZodTransform, z.ZodObject<S, z.core.$loose>> {
  return z.pipe(z.transform(withoutNullMembers), z.looseObject(shape))
}

export function list<S extends z.ZodType>(item: S, lengthMax: number): z.ZodArray<S> {
  return z.array(item).max(lengthMax)
}

export const text = z.string()
export const texts = (lengthMax: number) => list(text, lengthMax)
export const int32 = z.int32()
/** i64 on the wire; what a double cannot hold was refused by the strict reader. */
export const int64 = z.int()
export const flag = z.boolean()

/** An id that something hangs on: no control characters (PostgreSQL stores no NUL), bounded. May be empty: read as absent by its users. */
export const identifier = z
  .string()
  .max(IDENTIFIER_LENGTH_MAX)
  .refine((id) => !hasControlCharacter(id), 'control character')

export function hasControlCharacter(id: string): boolean {
  return /\p{Cc}/u.test(id)
}

/** A figure that some senders write as a number and others as text; always text here. */
export const figure = z.union([z.string(), z.number()]).transform((value, context) => {
  if (typeof value === 'string') return value
  if (Number.isInteger(value)) return BigInt(value).toString()
  const plain = String(value)
  if (!plain.includes('e')) return plain
  context.addIssue({ code: 'custom', message: 'figure too small to be written plainly' })
  return z.NEVER
})

export const jsonObject = z.custom<JsonObject>(isJsonObject, 'expected an object')

/** Text that must be strict JSON itself; what it says is read where it is needed. */
export const jsonText = z
  .string()
  .refine((value) => value === '' || tryStrictJson(value) !== undefined, 'not strict JSON')

/** An object, or the JSON text of one. */
export const objectOrText = z.union([z.string(), jsonObject]).transform((value, context) => {
  const object = typeof value === 'string' ? tryStrictJson(value) : value
  if (isJsonObject(object)) return object
  context.addIssue({ code: 'custom', message: 'not the text of a strict JSON object' })
  return z.NEVER
})

/** JSON text inside a member, read by `schema`. Absent, empty and `null` texts are all "nothing said". */
export function nestedJson<S extends z.ZodType>(
  member: string,
  value: string | undefined,
  schema: S,
  context: z.RefinementCtx,
): z.output<S> | undefined {
  if (value === undefined || value === '' || value === 'null') return undefined
  const parsed = tryStrictJson(value)
  if (parsed === undefined) {
    context.addIssue({ code: 'custom', path: [member], message: 'not strict JSON' })
    return undefined
  }
  const result = schema.safeParse(parsed)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    context.addIssue({ code: 'custom', path: [member, ...issue.path], message: issue.message })
  }
  return undefined
}

/**
 * A union told apart by `tag`. A value with a tag we do not know becomes `{ [tag]: 'unknown', raw_type }`, so that it is seen and
 * refused instead of being silently empty, as in the official Go client.
 */
export function taggedBy<S extends z.ZodType>(
  tag: string,
  known: readonly string[],
  union: S,
): z.ZodPipe<z.ZodTransform, S> {
  return z.pipe(
    z.transform((value) => {
      if (!isJsonObject(value)) return value
      const type = value[tag]
      if (typeof type !== 'string' || type === '' || known.includes(type)) return withoutNullMembers(value)
      return { [tag]: 'unknown', raw_type: type }
    }),
    union,
  )
}

function withoutNullMembers(value: unknown): unknown {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}
