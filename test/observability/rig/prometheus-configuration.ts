import { parse, stringify } from 'yaml'

/** Every second: what takes minutes with the real interval is seen in seconds. */
const SCRAPED_EVERY = '1s'
export const JOB = 'callback-quorum'

interface ScrapeConfig {
  readonly job_name: string
  readonly [key: string]: unknown
}

interface Configuration {
  readonly global?: Readonly<Record<string, unknown>>
  readonly scrape_configs?: readonly ScrapeConfig[]
  readonly [key: string]: unknown
}

/** How targets are found and reached depends on where Prometheus runs; what is made of them does not. */
const PLACE_KEYS = /_sd_configs$|^static_configs$|^tls_config$|^scheme$|^authorization$|^basic_auth$/

export interface ConfigurationChanges {
  readonly targetsFile: string
  readonly ruleFiles: readonly string[]
}

/**
 * The configuration of deploy/ for this host: its scrape job on our targets, its rules from the given files, every second, telling nobody.
 * Relabelling, limits and external labels stay as they are. Throws when it has no job of ours.
 */
export function localConfiguration(text: string, { targetsFile, ruleFiles }: ConfigurationChanges): string {
  const { global, scrape_configs: jobs = [], alerting: _, ...rest } = parse(text) as Configuration
  const job = jobs.find(({ job_name }) => job_name === JOB)
  if (job === undefined) throw new Error(`the configuration has no scrape job ${JOB}`)
  const kept = Object.entries(job).filter(([key]) => !PLACE_KEYS.test(key))
  return stringify({
    ...rest,
    global: {
      ...global,
      scrape_interval: SCRAPED_EVERY,
      scrape_timeout: SCRAPED_EVERY,
      evaluation_interval: SCRAPED_EVERY,
    },
    rule_files: ruleFiles,
    scrape_configs: [
      {
        ...Object.fromEntries(kept),
        scrape_interval: SCRAPED_EVERY,
        scrape_timeout: SCRAPED_EVERY,
        file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
      },
    ],
  })
}
