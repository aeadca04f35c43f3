import { lintCommon } from '../../lint/lint-common.ts'
import { lintGateway } from '../../lint/lint-gateway.ts'
import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'
import { orOk } from '../unread-blocks.ts'

const findings = findingsOf('config lint')

/** What a start accepts and an operator would hardly want. */
export const configLint: Check = {
  name: 'config lint',
  run: (context) => {
    const { common, gateway, placeOf } = context
    const lints = [...lintCommon(common), ...lintGateway(gateway)]
    const found = lints.map(({ status, path, problem, fix }) => findings[status](`${placeOf(path)}: ${problem}`, fix))
    const well = findings.ok('nothing that looks like a mistake')
    return Promise.resolve(orOk(found, well, context, ['callback', 'callers', 'checkers', 'quorum']))
  },
}
