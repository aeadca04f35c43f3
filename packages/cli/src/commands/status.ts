import { setTimeout as delay } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { coloursFor } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Finish, Host, Terminal } from '../host.ts'
import { interruptionOf } from '../interruption.ts'
import { openLiveView } from '../status/live-view.ts'
import type { Picture } from '../status/picture.ts'
import { renderPicture } from '../status/render.ts'
import { sourcesOf, type Source } from '../status/sources.ts'
import { watchServices, type Watch } from '../status/watch.ts'
import { collect, durationMs } from './option-values.ts'
import { outputOption, type OutputFormat } from './output-option.ts'

const PAGE_WIDTH = 120
const INTERVAL_MS = 2_000
/** Each look costs every service a scrape. */
const INTERVAL_MS_MIN = 200

interface Options {
  readonly config: readonly string[]
  readonly metrics: readonly string[]
  readonly watch?: boolean
  readonly once?: boolean
  readonly interval: number
  readonly output: OutputFormat
}

/** `callback-quorum status`: what the services are doing now. */
export function addStatus(program: Command, host: Host, finish: Finish): void {
  program
    .command('status')
    .summary('show what the services are doing, live')
    .description(
      'Show whether services are ready and frozen, what was decided in the last seconds and the last minute, how each checker votes and how fast, ' +
        'what is deferred and owed, how full limits are, how old lists are, and which certificate or key ends first. It reads the metrics listeners, ' +
        'needs no token, and changes nothing. On a terminal it is drawn again every 2 s until q; elsewhere once.',
    )
    .option('-c, --config <file>', "a service's configuration, for its metrics listener; repeatable", collect, [])
    .option('-m, --metrics <url>', 'a metrics listener itself, http://host:port; repeatable', collect, [])
    .option('-w, --watch', 'go on until q or Ctrl-C; the default on a terminal')
    .addOption(new Option('--once', 'one picture; exit code 1 when a service is not ready').conflicts('watch'))
    .addOption(
      new Option('-i, --interval <duration>', 'between two looks').argParser(durationMs).default(INTERVAL_MS, '2s'),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum status --config gateway.yaml --config limits.yaml --config integrity.yaml\n' +
        '  $ callback-quorum status --metrics http://10.0.0.5:11121 --once\n' +
        '  $ callback-quorum status --config gateway.yaml --watch --interval 10s --output json\n\n' +
        'With --output json one document; with --watch too, one on each line. What a service does not measure is - or null.\n' +
        'Exit codes: 0 all are ready, or left with q or Ctrl-C; 1 one is not ready; 64 wrong usage; 78 wrong configuration; 143 stopped by SIGTERM.',
    )
    .action(async (o: Options) => {
      finish(await status(o, host))
    })
}

async function status(o: Options, host: Host): Promise<number> {
  if (o.config.length + o.metrics.length === 0)
    throw new UsageError('nothing to look at: expected --config gateway.yaml or --metrics http://host:port')
  if (o.interval < INTERVAL_MS_MIN) throw new UsageError(`--interval: expected at least ${INTERVAL_MS_MIN}ms`)
  const sources = await sourcesOf(o.config, o.metrics, host.env)
  const terminal = host.env['TERM'] === 'dumb' ? undefined : host.terminal
  if (o.once !== true && o.output === 'json' && o.watch === true) return printLines(sources, o, host)
  if (o.once !== true && o.output === 'text' && terminal !== undefined) return live(sources, o, host, terminal)
  const picture = await watchServices(sources, undefined).look(new AbortController().signal)
  host.stdout.write(o.output === 'json' ? `${JSON.stringify(picture)}\n` : pageOf(picture, host))
  return picture.ready === picture.services.length ? 0 : 1
}

const pageOf = (picture: Picture, host: Host): string =>
  `${renderPicture(picture, host.stdout.columns ?? PAGE_WIDTH, coloursFor(host.stdout, host.env)).join('\n')}\n`

async function printLines(sources: readonly Source[], { interval }: Options, host: Host): Promise<number> {
  const interruption = interruptionOf(host.signals)
  try {
    await again(watchServices(sources, interval), interval, interruption.signal, (picture) => {
      host.stdout.write(`${JSON.stringify(picture)}\n`)
    })
    return interruption.exitCode() ?? 0
  } finally {
    interruption.dispose()
  }
}

async function live(
  sources: readonly Source[],
  { interval }: Options,
  host: Host,
  terminal: Terminal,
): Promise<number> {
  const interruption = interruptionOf(host.signals)
  const colours = coloursFor(host.stdout, host.env)
  const view = openLiveView(host.stdout, terminal)
  try {
    const leaving = new AbortController()
    void view.left.then(() => {
      leaving.abort()
    })
    view.draw(() => ['looking ...'])
    const signal = AbortSignal.any([leaving.signal, interruption.signal])
    await again(watchServices(sources, interval), interval, signal, (picture) => {
      view.draw((columns) => [...renderPicture(picture, columns, colours), '', colours.dim('q leaves')])
    })
    return interruption.exitCode() ?? 0
  } finally {
    view.close()
    interruption.dispose()
  }
}

/** Looks, tells, waits, until the signal fires; a look takes of the waiting. */
async function again(
  watch: Watch,
  intervalMs: number,
  signal: AbortSignal,
  tell: (picture: Picture) => void,
): Promise<void> {
  try {
    for (;;) {
      const rest = delay(intervalMs, undefined, { signal })
      // It may fail while the services are asked; it is awaited all the same.
      rest.catch(() => undefined)
      tell(await watch.look(signal))
      await rest
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
