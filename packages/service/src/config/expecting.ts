import type { z } from 'zod'

/**
 * The `error` of a schema in the words of this project: what is wrong, what was expected, an example. Without it a schema still
 * gets a text, made from the issue alone.
 */
export function expecting(expected: string, example?: string): (issue: z.core.$ZodRawIssue) => string {
  return (issue) =>
    `${describeInput(issue)}; expected ${expected}${example === undefined ? '' : `; example ${example}`}`
}

/** Names the kind of what was written and never the value, which may be a secret. */
export function describeInput(issue: z.core.$ZodRawIssue): string {
  const { input } = issue
  if (input === undefined) return 'is missing'
  if (input === null) return 'is empty'
  if (issue.code !== 'invalid_type') return 'is not valid'
  if (Array.isArray(input)) return 'is a list'
  return typeof input === 'object' ? 'is a map' : `is a ${typeof input}`
}
