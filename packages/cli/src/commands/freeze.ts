import type { Command } from 'commander'
import { z } from 'zod'
import { openAdminClient, withAdminOptions, type AdminOptions, type ReadConfig } from '../admin-client.ts'
import { coloursFor } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'

const stateSchema = z.object({ frozen: z.boolean(), who: z.string(), reason: z.string(), since: z.string() })

interface Options extends AdminOptions {
  readonly reason?: string
  readonly status?: boolean
}

const readConfig: ReadConfig = async (path, env) => {
  const { readGatewayConfig } = await import('@callback-quorum/gateway')
  return readGatewayConfig(path, env)
}

/** `callback-quorum freeze|unfreeze`: through the gateway's admin listener. */
export function addFreeze(program: Command, host: Host): void {
  withOptions(program.command('freeze'), 'freeze')
    .summary('stop all approvals at once, on every replica')
    .description(
      'Freeze the gateway: nothing is approved any more, also nothing that was approved before and is asked again; requests are ' +
        'deferred, none is rejected for it. It holds over restarts and for every replica on the same database. Needs the role operator.',
    )
    .option('--status', 'only show whether it is frozen; needs the role viewer')
    .action((o: Options) => freeze(o.status === true ? 'status' : 'freeze', o, host))
  withOptions(program.command('unfreeze'), 'unfreeze')
    .summary('allow approvals again')
    .description('Lift the freeze. Needs the role approver.')
    .action((o: Options) => freeze('unfreeze', o, host))
}

function withOptions(command: Command, name: string): Command {
  return withAdminOptions(command, "the gateway's")
    .option('-r, --reason <text>', 'why; stands in the history')
    .addHelpText(
      'after',
      `\nExamples:\n  $ callback-quorum ${name} --config gateway.yaml --token-file ops.token --reason "key of limits leaked"\n` +
        (name === 'freeze' ? '  $ callback-quorum freeze --config gateway.yaml --token-file ops.token --status\n' : ''),
    )
}

async function freeze(what: 'freeze' | 'unfreeze' | 'status', o: Options, host: Host): Promise<void> {
  const { reason = '' } = o
  if (what !== 'status' && reason === '')
    throw new UsageError('--reason is missing: whoever reads the history wants to know why')
  if (what === 'status' && o.reason !== undefined)
    throw new UsageError('--status changes nothing and takes no --reason')
  const client = await openAdminClient(o, readConfig, host, "the gateway's")
  const unknown = 'whether it took effect is not known: use freeze --status'
  const state =
    what === 'status'
      ? await client.get('/v1/freeze', stateSchema)
      : await client.post(`/v1/${what}`, stateSchema, { reason }, { unknown })
  if (o.output === 'json') {
    host.stdout.write(`${JSON.stringify(state)}\n`)
    return
  }
  const { cyan, green } = coloursFor(host.stdout, host.env)
  const word = state.frozen ? cyan('FROZEN') : green('not frozen')
  host.stdout.write(`${word} since ${state.since}, by ${state.who === '' ? 'nobody' : state.who}: ${state.reason}\n`)
}
