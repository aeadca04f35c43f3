import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'

const { ok, failed } = findingsOf('configuration')

/** A problem as config and its readers word it: what; expected; example. */
const PROBLEM = /^(.*?)(?:; expected (.*?))?(?:; example (.*))?$/s

/** Everything a start would refuse in the file itself, each with its place. */
export const configuration: Check = {
  name: 'configuration',
  run: ({ problems, service, path, opened }) =>
    Promise.resolve(
      problems.length === 0
        ? [ok(`${service ?? ''} configuration ${path}, digest ${opened?.file.digest.slice(0, 16) ?? ''}...`)]
        : problems.map((problem) => failed(foundIn(problem), fixOf(problem))),
    ),
}

export const foundIn = (problem: string): string => PROBLEM.exec(problem)?.[1] ?? problem

/** What was expected, as something to do. */
export function fixOf(problem: string): string {
  const [, , expected, example] = PROBLEM.exec(problem) ?? []
  if (expected === undefined) return 'Change that line; callback-quorum check-config says whether it holds'
  return `Write there ${expected}${example === undefined ? '' : `, for example ${example}`}`
}
