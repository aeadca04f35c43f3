import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Exchange } from '@callback-quorum/simulator'
import pc from 'picocolors'
import { changeFreeze } from '../commands/freeze.ts'
import type { Terminal } from '../terminal.ts'
import { startConstellation, type Constellation } from './constellation.ts'
import { isAsExpected, jsonLine, renderReport, type Result } from './report.ts'
import { scenarios, WITHDRAWALS, type Scenario, type Step } from './scenarios.ts'
import { VoteLog } from './vote-log.ts'

export interface DemoOptions {
  /** Leave when the script is through; otherwise stay until a signal. */
  readonly exit: boolean
  readonly json: boolean
  /** Where keys, configuration and data go; a temporary folder that is removed when absent. */
  readonly dir?: string
}

const UNBOUND = 'ACCEPT_UNBOUND: this release does not decode transactions. Nothing proves that the bytes to be signed are what their description says.'

/** Starts everything, plays the script, prints the table. Exit code 0 only when every request ended as the script says. */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  const colour = pc.createColors(terminal.useColour)
  const folder = options.dir === undefined ? await mkdtemp(join(tmpdir(), 'callback-quorum-demo-')) : resolve(options.dir)
  await mkdir(folder, { recursive: true })
  // The embedded PostgreSQL of a root user runs as another one, who must be able to pass through; files keep their own modes.
  await chmod(folder, 0o711)
  const stopping = new AbortController()
  const stop = (): void => {
    stopping.abort()
  }
  terminal.process.on('SIGINT', stop)
  terminal.process.on('SIGTERM', stop)
  const votes = new VoteLog()
  let constellation: Constellation | undefined
  try {
    terminal.err(`${colour.bgYellow(colour.black(` ${UNBOUND} `))}\n`)
    constellation = await startConstellation({
      folder,
      mainFile: terminal.mainFile,
      onProgress: (text) => {
        terminal.err(`  ${text}\n`)
      },
      onLog: (service, line) => {
        if (service === 'gateway') votes.take(line)
      },
    })
    await constellation.business.add(WITHDRAWALS)
    const results = await play(constellation, votes, terminal, options, stopping.signal)
    const wrong = results.filter((result) => !isAsExpected(result))
    if (!options.json) {
      terminal.out(`\n${renderReport(results, terminal.useColour)}\n${UNBOUND}\nThe demonstration's quorum says accept_unbound: true; a production quorum should not.\n`)
    }
    for (const { scenario, error } of wrong) terminal.err(`not as expected: ${scenario.name}, expected ${scenario.expected} ${scenario.code ?? ''}; ${error}\n`)
    if (!options.exit && !stopping.signal.aborted) await stay(constellation, folder, terminal, stopping.signal)
    return wrong.length === 0 ? 0 : 1
  } finally {
    terminal.err('  stopping\n')
    await constellation?.close()
    if (options.dir === undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function play(constellation: Constellation, votes: VoteLog, terminal: Terminal, { json }: DemoOptions, signal: AbortSignal): Promise<readonly Result[]> {
  const nodes = { v1: await constellation.node(['gateway'], 'v1'), v2: await constellation.node(['gateway'], 'v2') }
  const results: Result[] = []
  for (const scenario of scenarios(`demo-${randomBytes(4).toString('hex')}`, constellation.nodeKey)) {
    if (signal.aborted) break
    for (const step of scenario.before ?? []) await take(step, constellation, terminal)
    const requestId = scenario.content.request_id ?? ''
    votes.forget(requestId)
    const [exchange] = await nodes[scenario.dialect].askOnce(scenario.content, scenario.token === undefined ? {} : { token: scenario.token })
    if (exchange === undefined) throw new Error('invariant: the node has one server')
    const result = resultOf(scenario, exchange, scenario.token === undefined ? await votes.of(requestId) : {})
    results.push(result)
    if (json) terminal.out(jsonLine(result))
  }
  return results
}

function resultOf(scenario: Scenario, exchange: Exchange, verdicts: Result['verdicts']): Result {
  const { action } = exchange
  return {
    scenario,
    requestId: scenario.content.request_id ?? '',
    requestType: scenario.content.request_type ?? null,
    http: exchange.http ?? null,
    status: exchange.status ?? null,
    action: action === 'APPROVE' || action === 'REJECT' ? action : null,
    error: exchange.error ?? (exchange.result === 'no_answer' ? (exchange.problem ?? '') : ''),
    verdicts,
    ms: exchange.ms,
  }
}

async function take(step: Step, constellation: Constellation, terminal: Terminal): Promise<void> {
  if ('stop' in step) return constellation.stop(step.stop)
  if ('start' in step) return constellation.start(step.start)
  const { configuration } = constellation
  const quiet: Terminal = { ...terminal, out: (text) => { terminal.err(`  ${step.command}: ${text}`) } }
  await changeFreeze(step.command, { config: configuration.files.gateway, tokenFile: configuration.adminTokenFile, reason: step.reason }, quiet)
}

async function stay({ urls, adminUrl }: Constellation, folder: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.err(`
callback  ${urls.gateway.callback}/v1/check and /v2/check
health    ${urls.gateway.metrics}/readyz
metrics   ${urls.gateway.metrics}/metrics
admin     ${adminUrl}
checkers  ${urls.limits.callback}  ${urls.sanctions.callback}  ${urls['business-lookup'].callback}
files     ${folder}

Ctrl-C stops everything.
`)
  const { promise, resolve: leave } = Promise.withResolvers<undefined>()
  // Without a timer nothing would keep this process alive if every child were gone.
  const timer = setInterval(() => undefined, 60_000)
  signal.addEventListener('abort', () => { leave(undefined) }, { once: true })
  await promise
  clearInterval(timer)
}
