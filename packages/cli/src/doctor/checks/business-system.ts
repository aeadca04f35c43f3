import { ConfigError, createLogger } from '@callback-quorum/service'
import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'
import { fixOf, foundIn } from './configuration.ts'

const { ok, failed, warning, skipped } = findingsOf('business system')

/** The system that business-lookup asks: asked once about a payment that does not exist. */
export const businessSystem: Check = {
  name: 'business system',
  run: async ({ service, opened, path, env, pathOf }, signal) => {
    if (service !== 'business-lookup') return []
    if (opened === undefined) return [skipped('not looked at while the configuration does not hold')]
    const { probeConnector, readBusinessLookupConfig } = await import('@callback-quorum/business-lookup')
    const { loadAssets } = await import('@callback-quorum/checker-kit')
    const file = await readBusinessLookupConfig(path, env)
    const { assets } = file.value
    try {
      const { registry } = await loadAssets(assets === undefined ? undefined : pathOf(assets))
      const log = createLogger({ level: 'silent', name: 'doctor' })
      const probed = await probeConnector(file, { assets: registry, log, signal })
      switch (probed.result) {
        case 'answered':
          return [ok(`answers (${file.value.connector.kind}); of one payment: callback-quorum business-lookup try`)]
        case 'pushed':
          return [skipped('pushes its payments into the inbox; whether it does is shown by the metrics of the inbox')]
        case 'unclear':
          return [
            warning(
              `answers a payment that does not exist with what is no such answer: ${probed.text}`,
              `Try a real one: callback-quorum business-lookup try --config ${path} --request FILE, and correct connector.response or map`,
            ),
          ]
        case 'problem':
          return probed.problems.map((problem) =>
            failed(
              `connector: ${foundIn(problem)}`,
              problem.includes('; expected ')
                ? fixOf(problem)
                : `See to it that the business system answers at connector.${file.value.connector.kind === 'sql' ? 'database_url' : 'url'} and accepts the credentials of connector`,
            ),
          )
        default:
          throw new Error(`invariant: unknown result ${JSON.stringify(probed satisfies never)}`)
      }
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map((problem) => failed(foundIn(problem), fixOf(problem)))
      throw error
    }
  },
}
