import { ConfigError } from '@callback-quorum/service'
import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'
import { namedKeys } from '../key-files.ts'
import { fixOf, foundIn } from './configuration.ts'

const { ok, failed, skipped } = findingsOf('files')

/** The files that a configuration names (admin tokens, rules, assets, addresses, tables), each read as the service reads it. */
export const namedFiles: Check = {
  name: 'files',
  run: async (context) => {
    const { opened } = context
    if (opened === undefined) return [skipped('not looked at while the configuration does not hold')]
    const settled = await Promise.allSettled(opened.files.map((check) => check()))
    const problems = settled.flatMap((result) => {
      if (result.status === 'fulfilled') return []
      if (result.reason instanceof ConfigError) return result.reason.problems
      throw result.reason
    })
    // Keys have a check of their own, which says more.
    const keys = namedKeys(context).map(({ path }) => `${path}: `)
    const others = problems.filter(
      (problem) => !keys.some((key) => problem.includes(key)) && !problem.includes('are the same key'),
    )
    return others.length > 0
      ? others.map((problem) => failed(foundIn(problem), fixOf(problem)))
      : [ok('every file that is named holds what it has to')]
  },
}
