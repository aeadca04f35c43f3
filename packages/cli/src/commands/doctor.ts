import { type Command, Option } from 'commander'
import { SERVICE_NAMES, type ServiceName } from '../constellation/service-names.ts'
import { CHECKS } from '../doctor/checks.ts'
import { openContext } from '../doctor/open-context.ts'
import { count, describeFindings } from '../doctor/report.ts'
import { runChecks } from '../doctor/run-checks.ts'
import type { Finish, Host } from '../host.ts'
import { durationMs } from './option-values.ts'

interface Options {
  readonly config: string
  readonly service?: ServiceName
  readonly output: 'text' | 'json'
  readonly timeout: number
  readonly strict: boolean
}

const TIMEOUT_MS = 5_000
/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78
const CLEAR_LINE = '\r\u001b[K'

/** `callback-quorum doctor --config FILE`: before the first payment, and at 3 a.m. */
export function addDoctor(program: Command, host: Host, finish: Finish): void {
  program
    .command('doctor')
    .summary('look for what is wrong with a service, and say what to do')
    .description(
      'Look at everything one service stands on: configuration, keys and their permissions, certificates, clocks, database, every checker and who answers there, ' +
        'what it asks beyond that, the running instance. Starts nothing and changes nothing; run it as the user of the service. ' +
        'A checker is asked with what nobody signed: it counts one refused token.',
    )
    .requiredOption('-c, --config <file>', 'configuration of the gateway or of a checker (YAML)')
    .addOption(
      new Option('-s, --service <name>', 'which service it is for; default: recognised by its blocks').choices(
        SERVICE_NAMES,
      ),
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addOption(
      new Option('--timeout <duration>', 'for each check; they run side by side')
        .argParser(durationMs)
        .default(TIMEOUT_MS, '5s'),
    )
    .option('--strict', 'warnings fail too', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum doctor --config gateway.yaml\n' +
        '  $ callback-quorum doctor --config limits.yaml --output json --timeout 10s\n\n' +
        'Exit codes: 0 nothing failed; 1 something failed (with --strict: or is a warning); 64 wrong usage; 78 the configuration does not hold ' +
        '(whatever can be looked at without it is looked at).',
    )
    .action(async (o: Options) => {
      finish(await examine(o, host))
    })
}

async function examine(o: Options, host: Host): Promise<number> {
  const context = await openContext({ path: o.config, service: o.service, env: host.env, timeoutMs: o.timeout })
  const show = progressOn(host)
  const findings = await runChecks(CHECKS, context, show.done)
  show.end()
  const failed = count(findings, 'failed') + (o.strict ? count(findings, 'warning') : 0)
  const exitCode = context.problems.length > 0 ? EXIT_CONFIG : failed > 0 ? 1 : 0
  host.stdout.write(
    o.output === 'json'
      ? `${JSON.stringify({ config: o.config, service: context.service ?? null, healthy: exitCode === 0, exit_code: exitCode, findings }, undefined, 2)}\n`
      : describeFindings(findings, host),
  )
  return exitCode
}

/** One line on a terminal, gone before the table. */
function progressOn({ stderr }: Host): { done(name: string): void; end(): void } {
  if (stderr.isTTY !== true) return { done: () => undefined, end: () => undefined }
  let done = 0
  stderr.write(`looking at ${CHECKS.length} things ...`)
  return {
    done: (name) => {
      done += 1
      stderr.write(`${CLEAR_LINE}${done} of ${CHECKS.length} done: ${name}`)
    },
    end: () => void stderr.write(CLEAR_LINE),
  }
}
