import { coloursFor } from '../colours.ts'
import { planOf } from '../constellation/configuration.ts'
import { ProcessFailed } from '../constellation/start-process.ts'
import { CommandFailed } from '../faults.ts'
import type { Host } from '../host.ts'
import { interruptionOf, type Interruption } from '../interruption.ts'
import { openDemoFolder } from './demo-folder.ts'
import { changeFreeze, isFrozen } from './freeze-command.ts'
import { GatewayEvidence } from './gateway-evidence.ts'
import type { OutcomeRow } from './outcome-row.ts'
import { createDemoRun, type DemoRun } from './payments.ts'
import { jsonDocument, jsonLine, renderReport } from './report.ts'
import { runScenarios } from './run-scenarios.ts'
import { startDemo, type RunningDemo } from './start-demo.ts'
import { tryHint } from './try-hint.ts'

export interface DemoOptions {
  readonly exit?: boolean
  /** One line for each request, as it ends. */
  readonly json?: boolean
  /** `json`: one document, when all have ended. */
  readonly output: 'text' | 'json'
  readonly dir?: string
  readonly keep?: boolean
  readonly port?: number
}

const PAGE_WIDTH = 120

/**
 * Starts everything, plays the script, reports. Resolves to the exit code: 0 when every request ended as the script expects,
 * otherwise 1; 128 + signal when a signal came before the end of the script. Whatever happens, nothing is left running.
 */
export async function runDemo(o: DemoOptions, host: Host): Promise<number> {
  const interruption = interruptionOf(host.signals)
  const folder = await openDemoFolder(o)
  const say = (text: string): void => void host.stderr.write(`${text}\n`)
  const evidence = new GatewayEvidence()
  let running: RunningDemo | undefined
  try {
    const firstPort = o.port === undefined ? {} : { firstPort: o.port }
    running = await startDemo({
      directory: folder.path,
      ...firstPort,
      evidence,
      host,
      say,
      signal: interruption.signal,
    })
    const run = createDemoRun(Date.now())
    const rows = await play(running, run, evidence, o, host, interruption.signal)
    conclude(rows, o, host)
    const exitCode = rows.every(({ surprises }) => surprises.length === 0) ? 0 : 1
    if (o.exit === true) return exitCode
    tellPlaces(running, run, o, host)
    await stayUp(running, interruption)
    return exitCode
  } catch (error) {
    const exitCode = interruption.exitCode()
    if (exitCode !== undefined) return exitCode
    throw error instanceof ProcessFailed ? describeFailure(error) : error
  } finally {
    if (running !== undefined) say('stopping ...')
    await running?.close()
    await folder.dispose()
    if (folder.isKept) say(`kept: ${folder.path}`)
    interruption.dispose()
  }
}

async function play(
  { business, constellation }: RunningDemo,
  run: DemoRun,
  evidence: GatewayEvidence,
  o: DemoOptions,
  host: Host,
  signal: AbortSignal,
): Promise<readonly OutcomeRow[]> {
  const say = (text: string): void => void host.stderr.write(`${text}\n`)
  await business.add(run.withdrawals)
  // An earlier run in the same folder may have been stopped half-way.
  if (o.dir !== undefined && (await isFrozen(constellation, host))) await changeFreeze('unfreeze', constellation, host)
  say('the TSS node sends its requests ...')
  return runScenarios({
    constellation,
    evidence,
    run,
    freeze: (command) => changeFreeze(command, constellation, host),
    say: (text) => {
      say(`  ${text}`)
    },
    onRow: (row) => {
      if (o.json === true) host.stdout.write(`${jsonLine(row)}\n`)
    },
    signal,
  })
}

function conclude(rows: readonly OutcomeRow[], o: DemoOptions, host: Host): void {
  const colours = coloursFor(host.stdout, host.env)
  if (o.output === 'json') host.stdout.write(jsonDocument(rows))
  else if (o.json !== true) {
    host.stdout.write(`\n${renderReport(rows, host.stdout.columns ?? PAGE_WIDTH, colours)}\n`)
  }
  const surprising = rows.filter(({ surprises }) => surprises.length > 0)
  const { green, red } = coloursFor(host.stderr, host.env)
  for (const { scenario, title, surprises } of surprising) {
    host.stderr.write(`${red(`not as expected: ${scenario} (${title}): ${surprises.join('; ')}`)}\n`)
  }
  const count = `${rows.length - surprising.length} of ${rows.length} requests ended as expected`
  host.stderr.write(`${surprising.length === 0 ? green(count) : red(count)}\n`)
}

/** On standard output, unless that is for JSON alone. */
function tellPlaces(
  { business, constellation: { configuration } }: RunningDemo,
  run: DemoRun,
  o: DemoOptions,
  host: Host,
): void {
  const gateway = planOf(configuration, 'gateway')
  const checkers = configuration.services.filter(({ name }) => name !== 'gateway')
  const lines = [
    `callback         ${gateway.callbackUrl}/v1/check  ${gateway.callbackUrl}/v2/check`,
    `health           ${gateway.metricsUrl}/healthz  ${gateway.metricsUrl}/readyz`,
    `metrics          ${gateway.metricsUrl}/metrics`,
    `admin            ${configuration.admin.url} (tokens in ${configuration.directory}/admin)`,
    ...checkers.map(({ name, callbackUrl, metricsUrl }) => `${name.padEnd(17)}${callbackUrl}  ${metricsUrl}/metrics`),
    `business system  ${business.url}`,
    `configuration    ${configuration.directory}`,
    '',
    ...(run.waiting === undefined ? [] : tryHint(run.waiting, business.url, configuration)),
    'Everything stays up. Ctrl-C stops it.',
  ]
  const output = o.json === true || o.output === 'json' ? host.stderr : host.stdout
  output.write(`${lines.join('\n')}\n`)
}

/** Resolves at a signal; a service that ends by itself ends the demo. */
async function stayUp({ business, constellation }: RunningDemo, { happened }: Interruption): Promise<void> {
  // Neither a promise nor a child without output keeps a process alive.
  const timer = setInterval(() => undefined, 60_000)
  try {
    const event = await Promise.race([happened, constellation.failed, business.failed])
    if (event instanceof ProcessFailed) throw describeFailure(event)
  } finally {
    clearInterval(timer)
  }
}

function describeFailure({ message, lastLines }: ProcessFailed): CommandFailed {
  const tail = lastLines.map((line) => `  ${line}`).join('\n')
  return new CommandFailed(`${message}. Its last lines:\n${tail}`)
}
