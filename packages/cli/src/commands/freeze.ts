import { open } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { coloursFor } from '../colours.ts'
import { CommandFailed, UsageError } from '../faults.ts'
import type { Host } from '../host.ts'

const ANSWER_MS_MAX = 10_000
const OTHERS = 0o007

const stateSchema = z.object({ frozen: z.boolean(), who: z.string(), reason: z.string(), since: z.string() })
type FreezeState = z.output<typeof stateSchema>

interface Options {
  readonly config?: string
  readonly adminUrl?: string
  readonly tokenFile: string
  readonly reason?: string
  readonly status?: boolean
  readonly output: 'text' | 'json'
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
  return command
    .option('-c, --config <file>', "the gateway's configuration, for the address of its admin listener")
    .option('--admin-url <url>', 'that address itself, where the configuration is not at hand')
    .requiredOption('-t, --token-file <file>', 'file with the bearer token, closed to others')
    .option('-r, --reason <text>', 'why; stands in the history')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `\nExamples:\n  $ callback-quorum ${name} --config gateway.yaml --token-file ops.token --reason "key of limits leaked"\n` +
        (name === 'freeze' ? '  $ callback-quorum freeze --config gateway.yaml --token-file ops.token --status\n' : ''),
    )
}

async function freeze(what: 'freeze' | 'unfreeze' | 'status', o: Options, host: Host): Promise<void> {
  if (what !== 'status' && (o.reason ?? '') === '')
    throw new UsageError('--reason is missing: whoever reads the history wants to know why')
  if (what === 'status' && o.reason !== undefined)
    throw new UsageError('--status changes nothing and takes no --reason')
  const url = await adminUrl(o, host)
  const token = await readToken(o.tokenFile)
  const state = await call(url, what, token, o.reason)
  if (o.output === 'json') {
    host.stdout.write(`${JSON.stringify(state)}\n`)
    return
  }
  const { cyan, green } = coloursFor(host.stdout, host.env)
  const word = state.frozen ? cyan('FROZEN') : green('not frozen')
  host.stdout.write(`${word} since ${state.since}, by ${state.who === '' ? 'nobody' : state.who}: ${state.reason}\n`)
}

async function adminUrl({ config, adminUrl: url }: Options, host: Host): Promise<string> {
  if ((config === undefined) === (url === undefined)) throw new UsageError('expected one of --config and --admin-url')
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new UsageError(`--admin-url ${url}: expected http://host:port`)
    return url.replace(/\/+$/, '')
  }
  const { readGatewayConfig } = await import('@callback-quorum/gateway')
  const { value } = await readGatewayConfig(config ?? '', host.env)
  if (value.admin === undefined) throw new CommandFailed(`${config ?? ''} has no admin listener`)
  const { host: name, port } = value.admin.listen
  if (port === 0) throw new UsageError(`${config ?? ''} lets the system choose the admin port: use --admin-url`)
  // A listener on all addresses is reached on this machine.
  const here = name === '0.0.0.0' ? '127.0.0.1' : name === '::' ? '::1' : name
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`
}

async function readToken(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new CommandFailed(`the token file ${path} cannot be opened`, { cause })
  })
  try {
    const { mode } = await file.stat()
    if ((mode & OTHERS) !== 0) throw new CommandFailed(`the token file ${path} is open to others: chmod 0600 '${path}'`)
    const token = (await file.readFile('utf8')).trim()
    if (!/^[A-Za-z0-9_-]+$/.test(token)) throw new CommandFailed(`the token file ${path} does not hold one token`)
    return token
  } finally {
    await file.close()
  }
}

async function call(
  url: string,
  what: 'freeze' | 'unfreeze' | 'status',
  token: string,
  reason?: string,
): Promise<FreezeState> {
  const path = what === 'unfreeze' ? '/v1/unfreeze' : '/v1/freeze'
  const request = {
    method: what === 'status' ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    redirect: 'error' as const,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    ...(what === 'status' ? {} : { body: JSON.stringify({ reason }) }),
  }
  const unknown = what === 'status' ? '' : '; whether it took effect is not known: use freeze --status'
  const response = await fetch(`${url}${path}`, request).catch((cause: unknown) => {
    throw new CommandFailed(`the gateway's admin listener ${url} does not answer${unknown}`, { cause })
  })
  const body: unknown = await response.json().catch(() => undefined)
  const state = stateSchema.safeParse(body)
  if (response.ok && state.success) return state.data
  const said = z.object({ error: z.string() }).safeParse(body)
  throw new CommandFailed(`${url}${path} answered HTTP ${response.status}${said.success ? `: ${said.data.error}` : ''}`)
}
