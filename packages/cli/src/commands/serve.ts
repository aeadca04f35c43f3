import { createLogger, runUntilSignal, type Stoppable } from '@callback-quorum/service'
import type { Command } from 'commander'
import { SERVICE_NAMES, type ServiceName } from '../constellation/service-names.ts'
import type { Finish, Host } from '../host.ts'
import { SERVICES } from '../services.ts'

/** Draining takes up to 10 s (STOP_GRACE_MS), an embedded PostgreSQL up to 20 s. */
const STOP_MS_MAX = 30_000

interface Options {
  readonly config?: string
  readonly stopOnStdinEnd?: boolean
}

/** `callback-quorum gateway|limits|sanctions|business-lookup --config FILE`. */
export function addServe(program: Command, host: Host, finish: Finish): void {
  for (const name of SERVICE_NAMES) {
    const { summary } = SERVICES[name]
    program
      .command(name)
      .summary(summary)
      .description(`Run the service ${name} until SIGINT or SIGTERM (${summary}).`)
      // Required below: commander would demand it of every command beneath this one too.
      .option('-c, --config <file>', 'configuration file (YAML)')
      .option('--stop-on-stdin-end', 'stop also when standard input ends, for whoever starts it as a child')
      .addHelpText(
        'after',
        `\nExamples:\n  $ callback-quorum ${name} --config /etc/callback-quorum/${name}.yaml\n` +
          `  $ callback-quorum check-config --config /etc/callback-quorum/${name}.yaml\n\n` +
          'Exit codes: 0 stopped by a signal; 1 could not start or stop; 64 wrong usage; 78 wrong configuration.',
      )
      .action(async ({ config, ...o }: Options, command: Command) => {
        if (config === undefined) command.error("error: required option '-c, --config <file>' not specified")
        finish(await serve(name, { ...o, config }, host))
      })
  }
}

async function serve(name: ServiceName, o: Options & { readonly config: string }, host: Host): Promise<number> {
  const stopWithInput = (): void => {
    host.raise('SIGTERM')
  }
  const unwatch = o.stopOnStdinEnd === true ? host.onStdinEnd(stopWithInput) : () => undefined
  try {
    const { file, ...service } = await SERVICES[name].open(o.config, host.env)
    const log = createLogger({ ...file.value.log, name: file.value.service_name })
    const running = await service.start(log)
    const { callbackUrls: callback, metricsUrl: metrics, adminUrl: admin } = running
    log.info({ service: name, callback, metrics, admin, configDigest: file.digest }, 'listening')
    // First: its end while the rest stops would be a second signal, which means to leave at once.
    const input: Stoppable = {
      name: 'standard input',
      stop: () => {
        unwatch()
        return Promise.resolve()
      },
    }
    return await runUntilSignal([input, ...running.parts], { log, graceMs: STOP_MS_MAX, process: host.signals })
  } finally {
    unwatch()
  }
}
