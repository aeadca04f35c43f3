import type { Check } from '../check.ts'
import { findingsOf } from '../finding.ts'

const { ok, failed, warning, skipped } = findingsOf('prices')

/** Where limits has its prices from: each source asked once, as the checker asks it. */
export const prices: Check = {
  name: 'prices',
  run: async ({ service, opened, path, env, pathOf, directory }, signal) => {
    if (service !== 'limits') return []
    if (opened === undefined) return [skipped('not looked at while the configuration does not hold')]
    const { readLimitsConfig, tryPriceSources } = await import('@callback-quorum/limits')
    const { loadAssets } = await import('@callback-quorum/checker-kit')
    const { value } = await readLimitsConfig(path, env)
    if (value.prices === undefined)
      return [ok('no price sources are configured: every limit is in whole units of its asset')]
    const { registry: assets } = await loadAssets(value.assets === undefined ? undefined : pathOf(value.assets))
    const tried = await tryPriceSources(value.prices, { directory, assets, signal })
    return tried.map(({ name, quotes, problem }, index) => {
      const field = `prices.sources[${index}]`
      if (problem !== undefined)
        return failed(
          `${name} (${field}): ${problem}`,
          `Correct ${field}, or see to it that ${name} answers; without prices what is limited by value is deferred`,
        )
      return quotes === 0
        ? warning(
            `${name} (${field}): answers, and quotes nothing that is mapped`,
            `Compare ${field}.assets with what ${name} calls them`,
          )
        : ok(`${name}: ${quotes} quotes`)
    })
  },
}
