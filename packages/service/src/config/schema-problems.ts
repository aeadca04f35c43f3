import { z } from 'zod'
import { describeInput } from './expecting.ts'
import { nearestName } from './nearest-name.ts'
import type { ConfigPath, Problem } from './problem.ts'

/** Either the parsed value, or what is wrong with it. */
export type SchemaResult<T> =
  { readonly value: T; readonly problems: readonly [] } | { readonly problems: readonly Problem[] }

export function parseWithSchema<S extends z.ZodType>(schema: S, content: unknown): SchemaResult<z.output<S>> {
  const result = schema.safeParse(content, { error: describe })
  if (result.success) return { value: result.data, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, [])) }
}

/** Separates the known keys in the message of an issue about unknown ones; a key with a comma is still only shown. */
const KNOWN_SEPARATOR = ', '

/** The text of an issue whose schema has none of its own. */
function describe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.inst instanceof z.core.$ZodObject ? Object.keys(issue.inst._zod.def.shape).join(KNOWN_SEPARATOR) : ''
    case 'invalid_type':
      return `${describeInput(issue)}; expected ${article(issue.expected)}`
    case 'invalid_value':
      return `${describeInput(issue)}; expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `${describeInput(issue)}; expected at least ${issue.minimum} ${unitOf(issue.origin)}`.trimEnd()
    case 'too_big':
      return `${describeInput(issue)}; expected at most ${issue.maximum} ${unitOf(issue.origin)}`.trimEnd()
    case 'invalid_format':
      return `${describeInput(issue)}; expected ${issue.pattern === undefined ? issue.format : `a text like ${issue.pattern}`}`
    case 'not_multiple_of':
      return `${describeInput(issue)}; expected a multiple of ${issue.divisor}`
    default:
      return describeInput(issue)
  }
}

/** One problem for each thing that is wrong: an issue may stand for several keys, or hold those of a union's members. */
function problemsOf(issue: z.core.$ZodIssue, base: ConfigPath): readonly Problem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, issue.message))
    case 'invalid_union': {
      const branch = nearestBranch(issue.errors)
      return branch === undefined
        ? [{ path, problem: issue.message }]
        : branch.flatMap((inner) => problemsOf(inner, path))
    }
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, isAboutKey: true, problem: `as a key ${inner.message}` }))
    case 'invalid_element':
      return issue.issues.flatMap((inner) => problemsOf(inner, path))
    default:
      return [{ path, problem: issue.message }]
  }
}

function unknownKey(path: ConfigPath, key: string, knownText: string): Problem {
  const known = knownText.split(KNOWN_SEPARATOR)
  const nearest = nearestName(key, known)
  const problem = nearest === undefined ? 'is not a known key' : `is not a known key, did you mean ${nearest}?`
  return { path, isAboutKey: true, problem, expected: `one of ${knownText}` }
}

/** The member of a union that was meant is the one whose outermost type fits; without one, all of them are told. */
function nearestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}

function article(type: string): string {
  if (type === 'object' || type === 'record') return 'a map'
  if (type === 'array') return 'a list'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function unitOf(origin: string): string {
  if (origin === 'string') return 'characters'
  return origin === 'array' || origin === 'set' ? 'entries' : ''
}
