import { z } from 'zod'

/**
 * Throws TypeError when an object schema anywhere in `schema` would drop or pass on keys it does not know. readConfigFile promises
 * that a mistyped key is refused, and a forgotten `strictObject` must not break that promise silently.
 */
export function assertStrictSchema(schema: z.core.$ZodType): void {
  visit(schema, new Set())
}

function visit(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof z.core.$ZodType) {
    const { def } = value._zod
    if (value instanceof z.core.$ZodObject && !(value._zod.def.catchall instanceof z.core.$ZodNever)) {
      throw new TypeError(
        `configuration schema with the members ${Object.keys(value._zod.def.shape).join(', ')} is not strict`,
      )
    }
    for (const part of Object.values(def)) visit(part, seen)
    if (value instanceof z.core.$ZodLazy) visit(value._zod.innerType, seen)
    return
  }
  // The parts of a definition: a shape, the options of a union, the items of a tuple.
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (isPlain) for (const part of Object.values(value)) visit(part, seen)
}
