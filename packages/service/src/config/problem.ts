/** The way from the root of a file to a value. */
export type ConfigPath = readonly (string | number)[]

/** One thing wrong with a configuration. No member ever holds the value that was written: it may be a secret. */
export interface Problem {
  readonly path: ConfigPath
  /** The key itself is wrong and not its value. */
  readonly isAboutKey?: true
  readonly problem: string
  readonly expected?: string
  readonly example?: string
}

/** Looks at several members of a parsed configuration together; an empty list means that they agree. */
export type Check<T> = (value: T) => readonly Problem[]

export function formatPath(path: ConfigPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text.replace(/^\./, '') || '(file)'
}

export function formatProblem(file: string, at: { line: number; column: number }, problem: Problem): string {
  const expected = problem.expected === undefined ? '' : `; expected ${problem.expected}`
  const example = problem.example === undefined ? '' : `; example ${problem.example}`
  return `${file}:${at.line}:${at.column} ${formatPath(problem.path)}: ${problem.problem}${expected}${example}`
}
