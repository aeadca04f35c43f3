import { storedText } from './stored-json.ts'

/** What a transaction does, field by field, as canonical text; null is what the platform has not said yet. */
export type ContentFields = Readonly<Record<string, string | null>>

/**
 * What is said of one transaction in two askings together, or the name of a field in which they contradict each other. What is null in one
 * may be said by the other. A field that only one of them has is a contradiction: one output more is not an output that was not said yet.
 * A signing has to say all that was said before, and after a signature nothing is added: it was given for what was said then.
 */
export function joinContent(
  held: ContentFields,
  asked: ContentFields,
  { isSigning, isSigned }: { readonly isSigning: boolean; readonly isSigned: boolean },
): { readonly joined: ContentFields } | { readonly differs: string } {
  const joined: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(storable(asked))) {
    const before = Object.hasOwn(held, name) ? held[name] : undefined
    const isFilled = before === null && !isSigned
    const isLeftOut = value === null && !isSigning
    if (before === undefined || (before !== value && !isFilled && !isLeftOut)) return { differs: name }
    joined[name] = isFilled ? value : before
  }
  const lost = Object.keys(held).find((name) => !Object.hasOwn(joined, name))
  return lost === undefined ? { joined } : { differs: lost }
}

/** As it comes back from the database. */
export const storable = (fields: ContentFields): ContentFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [storedText(name), value === null ? null : storedText(value)]),
  )
