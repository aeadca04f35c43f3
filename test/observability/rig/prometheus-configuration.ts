import { parse, stringify } from 'yaml'

/** What takes minutes with the real interval is seen in seconds; services share one busy process here, and a scrape must not fail for that. */
const SCRAPED_EVERY = '2s'
const EVALUATED_EVERY = '1s'
/** A service that waits for its database gives its scrape up after two seconds. */
const SCRAPED_PATIENTLY_EVERY = '4s'
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
  /** Of targets that are scraped less often, and waited for longer. */
  readonly patientTargetsFile: string
  readonly ruleFiles: readonly string[]
}

/**
 * The configuration of deploy/ for this host: its scrape job on our targets, its rules from the given files, every second, telling nobody.
 * Relabelling, limits and external labels stay as they are. Throws when it has no job of ours.
 */
export function localConfiguration(text: string, changes: ConfigurationChanges): string {
  const { global, scrape_configs: jobs = [], alerting: _, ...rest } = parse(text) as Configuration
  const job = jobs.find(({ job_name }) => job_name === JOB)
  if (job === undefined) throw new Error(`the configuration has no scrape job ${JOB}`)
  const every = { scrape_interval: SCRAPED_EVERY, scrape_timeout: SCRAPED_EVERY }
  return stringify({
    ...rest,
    global: { ...global, ...every, evaluation_interval: EVALUATED_EVERY },
    rule_files: changes.ruleFiles,
    scrape_configs: [
      jobOn(job, changes.targetsFile, SCRAPED_EVERY),
      patient(jobOn(job, changes.patientTargetsFile, SCRAPED_PATIENTLY_EVERY)),
    ],
  })
}

const jobOn = (job: ScrapeConfig, file: string, every: string): ScrapeConfig => ({
  ...(Object.fromEntries(Object.entries(job).filter(([key]) => !PLACE_KEYS.test(key))) as ScrapeConfig),
  scrape_interval: every,
  scrape_timeout: every,
  file_sd_configs: [{ files: [file], refresh_interval: '1s' }],
})

/** Another job to Prometheus, and the same to every rule. */
const patient = (job: ScrapeConfig): ScrapeConfig => ({
  ...job,
  job_name: `${job.job_name}-patient`,
  relabel_configs: [
    ...((job.relabel_configs as object[] | undefined) ?? []),
    { target_label: 'job', replacement: JOB },
  ],
})
