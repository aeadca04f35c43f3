import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { installedProgram } from './installed-program.ts'
import { createPrometheusClient, type PrometheusClient } from './prometheus-client.ts'
import { localConfiguration } from './prometheus-configuration.ts'
import { quietPort } from './quiet-port.ts'
import { shortenRules } from './shorten-rules.ts'
import { waitFor } from './wait-for.ts'

const STOP_MS_MAX = 10_000
const SAID_CHARS_MAX = 4_000

export interface PrometheusOptions {
  /** Where its files and data go; made when missing. */
  readonly folder: string
  /** The Prometheus configuration of deploy/, as it stands there. */
  readonly configuration: string
  /** Rule files as they stand in deploy/; their durations are shortened. */
  readonly ruleFiles: readonly string[]
  /** By how much. Default: SHORTER. */
  readonly shorter?: number
}

export interface Target {
  /** `host:port`. */
  readonly instance: string
  /** Who runs it, as prometheus.yaml says of each target. */
  readonly team: string
  /** Every three seconds in the place of one: for a service that takes its time. */
  readonly isPatient?: boolean
}

export interface RunningPrometheus extends PrometheusClient {
  readonly url: string
  readonly pid: number
  /** Everything that is scraped from now on, within some seconds. */
  setTargets(targets: readonly Target[]): Promise<void>
  stop(): Promise<void>
}

/** Starts the real Prometheus on a free port of 127.0.0.1 and waits until it is ready. Throws with what it said when it ends before. */
export async function startPrometheus({
  folder,
  configuration,
  ruleFiles,
  shorter,
}: PrometheusOptions): Promise<RunningPrometheus> {
  const program = installedProgram('prometheus')
  if (program === undefined) throw new Error("prometheus is not installed (Debian's package prometheus)")
  await mkdir(folder, { recursive: true })
  const files = { targetsFile: join(folder, 'targets.json'), patientTargetsFile: join(folder, 'patient-targets.json') }
  const setTargets = async (targets: readonly Target[]): Promise<void> => {
    await writeTargets(
      files.targetsFile,
      targets.filter(({ isPatient }) => isPatient !== true),
    )
    await writeTargets(
      files.patientTargetsFile,
      targets.filter(({ isPatient }) => isPatient === true),
    )
  }
  await setTargets([])
  const rules: string[] = []
  for (const [index, file] of ruleFiles.entries()) {
    // Several owners call theirs alerts.yaml.
    const copy = join(folder, `${index}-${basename(file)}`)
    await writeFile(copy, shortenRules(await readFile(file, 'utf8'), shorter))
    rules.push(copy)
  }
  const file = join(folder, 'prometheus.yaml')
  await writeFile(file, localConfiguration(configuration, { ...files, ruleFiles: rules }))
  const port = await quietPort()
  const child = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-SAID_CHARS_MAX)))
  const exited = once(child, 'exit')
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const stop = async (): Promise<void> => {
    if (!isRunning()) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await exited
    clearTimeout(timer)
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await waitFor('Prometheus is ready', async () => {
      if (!isRunning()) return 'ended'
      return (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) })).ok ? 'ready' : undefined
    })
    if (!isRunning()) throw new Error(`Prometheus ended: ${said}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { ...createPrometheusClient(url), url, pid: child.pid ?? 0, setTargets, stop }
}

/** Prometheus may look at any moment: the file is there whole, or as it was. */
async function writeTargets(file: string, targets: readonly Target[]): Promise<void> {
  const groups = targets.map(({ instance, team }) => ({ targets: [instance], labels: { team } }))
  await writeFile(`${file}.new`, JSON.stringify(groups))
  await rename(`${file}.new`, file)
}
