import { createLogger, openDatabase } from '@callback-quorum/service'
import type { Command } from 'commander'
import type { Finish, Host } from '../host.ts'
import { runParts, type RunningParts } from './run-parts.ts'

interface Options {
  readonly config: string
  readonly stopOnStdinEnd?: boolean
}

/** `callback-quorum business-system`: the payout system that the demonstration plays. Hidden: nobody needs it for work. */
export function addBusinessSystem(program: Command, host: Host, finish: Finish): void {
  program
    .command('business-system', { hidden: true })
    .description('Run the payout system of the demonstration until SIGINT or SIGTERM. It is for this machine alone.')
    .requiredOption('-c, --config <file>', 'configuration file (YAML), as the demonstration writes it')
    .option('--stop-on-stdin-end', 'stop also when standard input ends, for whoever starts it as a child')
    .addHelpText('after', '\nExamples:\n  $ callback-quorum business-system --config business-system.yaml')
    .action(async ({ config, ...o }: Options) => {
      finish(await runParts(() => start(config, host), o, host))
    })
}

async function start(file: string, { env }: Host): Promise<RunningParts> {
  const { BUSINESS_SYSTEM_MIGRATIONS, openBusinessSystem } = await import('../business-system/open-business-system.ts')
  const { readBusinessSystemConfig } = await import('../business-system/config.ts')
  const { listen, dataDir, tokens } = await readBusinessSystemConfig(file, env)
  const log = createLogger({ name: 'business-system', level: 'info', format: 'json' })
  const database = await openDatabase({
    dataDir,
    profile: 'development',
    migrations: [BUSINESS_SYSTEM_MIGRATIONS],
    log,
  })
  try {
    const system = await openBusinessSystem({ listen, tokens, database, log })
    log.info({ url: system.url }, 'listening')
    const parts = [
      { name: 'listener', stop: () => system.close() },
      { name: 'database', stop: () => database.close() },
    ]
    return { parts, log }
  } catch (error) {
    await database.close()
    throw error
  }
}
