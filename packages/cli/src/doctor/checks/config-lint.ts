import { lintCommon } from '../../lint/lint-common.ts'
import { lintGateway } from '../../lint/lint-gateway.ts'
import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'

const findings = findingsOf('config lint')

/** What a start accepts and an operator would hardly want. */
export const configLint: Check = {
  name: 'config lint',
  run: ({ common, gateway, placeOf }) => {
    const lints = [...lintCommon(common), ...lintGateway(gateway)]
    return Promise.resolve(
      lints.length === 0
        ? [findings.ok('nothing that looks like a mistake')]
        : lints.map(({ status, path, problem, fix }) => findings[status](`${placeOf(path)}: ${problem}`, fix)),
    )
  },
}
