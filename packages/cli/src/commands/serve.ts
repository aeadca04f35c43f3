import { createLogger } from '@callback-quorum/service'
import type { Command } from 'commander'
import { SERVICE_NAMES, type ServiceName } from '../constellation/service-names.ts'
import type { Finish, Host } from '../host.ts'
import { SERVICES } from '../services.ts'
import { runParts, type RunningParts } from './run-parts.ts'

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
        finish(await runParts(() => start(name, config, host.env), o, host))
      })
  }
}

async function start(name: ServiceName, path: string, env: Host['env']): Promise<RunningParts> {
  const { file, ...service } = await SERVICES[name].open(path, env)
  const log = createLogger({ ...file.value.log, name: file.value.service_name })
  const running = await service.start(log)
  const { callbackUrls: callback, metricsUrl: metrics, adminUrl: admin } = running
  log.info({ service: name, callback, metrics, admin, configDigest: file.digest }, 'listening')
  return { parts: running.parts, log }
}
