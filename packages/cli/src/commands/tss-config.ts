import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from '@callback-quorum/service'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { coloursFor } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { adviceText, handoverOf } from '../tss-config/advice.ts'
import { blockText, callbackBlock } from '../tss-config/callback-block.ts'
import { NODE_KINDS, type NodeKind } from '../tss-config/manner.ts'
import { readNodeVersion } from '../tss-config/node-shape.ts'
import { readSet } from '../tss-config/read-set.ts'
import type { Settings } from '../tss-config/settings.ts'
import { collect, wholeNumber } from './option-values.ts'
import { outputOption, type OutputFormat } from './output-option.ts'

const PAGE_WIDTH = 100
/** The node's own default (protocol/cobo.md section 5). */
const TOKEN_EXPIRE_MINUTES = 2

interface Options {
  readonly gateway: readonly string[]
  readonly checker: readonly string[]
  readonly alone?: boolean
  readonly url: ReadonlyMap<string, string>
  readonly pubkey: ReadonlyMap<string, string>
  readonly caller?: string
  readonly dialect?: 'cobo-v1' | 'cobo-v2'
  readonly nodeVersion?: string
  readonly closed: readonly NodeKind[]
  readonly plaintext?: 'acknowledged'
  readonly keyDir: string
  readonly tokenExpireMinutes: number
  readonly monitorInterval: string
  readonly output: OutputFormat
}

/** `callback-quorum tss-config`: the block of the node's own configuration file that names our services. */
export function addTssConfig(program: Command, host: Host): void {
  const command = program
    .command('tss-config')
    .summary("print the TSS node's callback block, and which keys go where")
    .description(
      'Print the callback block of a Cobo TSS node from the configurations of the services it shall ask, and say which key files go where. ' +
        'Recommended is the gateway with integrity registered beside it: then a gateway that is not ours any more approves nothing alone. ' +
        'A node asks every entry and all must approve, so a second entry is a second judge and never a spare: replicas of one gateway ' +
        '(one key, one database) become one entry, the address of the load balancer before them. ' +
        'Refused is a set that leaves a kind of request to nobody.',
    )
    .option('-g, --gateway <file>', "a gateway's configuration; repeatable", collect, [])
    .option('-k, --checker <file>', 'configuration of a checker that the node asks itself; repeatable', collect, [])
    .option('--alone', 'leave out integrity.yaml that stands beside the only gateway.yaml')
    .option(
      '-u, --url <service=url>',
      'under which address the node reaches a service; repeatable',
      collectNamed,
      new Map(),
    )
  addDetails(command)
  command.addHelpText('after', EXAMPLES).action((o: Options) => tssConfig(o, host))
}

function addDetails(command: Command): void {
  command
    .option(
      '--pubkey <service=file>',
      'public key of a service; default: beside its private key, .pub',
      collectNamed,
      new Map(),
    )
    .option('--caller <name>', 'the node, as the first configuration calls it; default: its only node')
    .addOption(
      new Option('--dialect <name>', 'cobo-v2 is cb_server_v2, cobo-v1 cb_server; default: the newest of both').choices(
        ['cobo-v1', 'cobo-v2'],
      ),
    )
    .option('--node-version <version>', 'of the TSS node, such as 0.12.11; default: a new one', versionText)
    .option(
      '--closed <kind>',
      `a kind that is to be rejected always (${NODE_KINDS.join(', ')}); repeatable`,
      collectKind,
      [],
    )
    .addOption(new Option('--plaintext <word>', 'allow http:// beyond this machine').choices(['acknowledged']))
    .option('--key-dir <directory>', 'where the node keeps the keys, as its own file says it', 'configs')
    .option(
      '--token-expire-minutes <n>',
      'life of the tokens that the node signs',
      wholeNumber(1, 60),
      TOKEN_EXPIRE_MINUTES,
    )
    .option('--monitor-interval <duration>', 'how often the node pings, such as 30s, 5m', intervalText, '1m')
    .addOption(outputOption())
}

const EXAMPLES = `
Examples:
  $ callback-quorum tss-config --gateway gateway.yaml --checker integrity.yaml > callback.yaml
  $ callback-quorum tss-config --gateway gateway.yaml --checker integrity.yaml \\
      --url gateway=https://callback.acme.internal:11443 --url integrity=https://integrity.acme.internal:11024
  $ callback-quorum tss-config --checker limits.yaml --checker integrity.yaml --closed keyreshare --output json

Standard output is the block, for a file; what to do stands on standard error.
Exit codes: 0 printed; 64 wrong usage; 78 refused, with every reason on a line of its own.`

async function tssConfig(o: Options, host: Host): Promise<void> {
  if (o.gateway.length + o.checker.length === 0)
    throw new UsageError(
      'the set is empty, and a node without servers executes every task: expected --gateway gateway.yaml --checker integrity.yaml',
    )
  const settings = await settingsOf(o, host)
  const set = await readSet(settings, host.env, systemClock.nowMs())
  if (o.output === 'json') {
    const found = {
      callback: callbackBlock(set, settings),
      ...handoverOf(set, settings),
      yaml: blockText(set, settings),
    }
    host.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
    return
  }
  host.stdout.write(blockText(set, settings))
  const colours = coloursFor(host.stderr, host.env)
  host.stderr.write(adviceText(set, settings, host.stderr.columns ?? PAGE_WIDTH, colours))
}

async function settingsOf(o: Options, host: Host): Promise<Settings> {
  const { caller, dialect, nodeVersion, plaintext, closed, keyDir, tokenExpireMinutes, monitorInterval } = o
  return {
    gateways: o.gateway,
    checkers: [...o.checker, ...(await besideOnlyGateway(o, host))],
    urls: o.url,
    pubkeys: o.pubkey,
    closed,
    keyDir,
    tokenExpireMinutes,
    monitorInterval,
    ...(caller !== undefined && { caller }),
    ...(dialect !== undefined && { dialect }),
    ...(nodeVersion !== undefined && { nodeVersion }),
    ...(plaintext !== undefined && { plaintext }),
  }
}

/** The recommended set is what one gets without saying more, where the file is at hand. */
async function besideOnlyGateway({ gateway, checker, alone }: Options, host: Host): Promise<readonly string[]> {
  const [only, second] = gateway
  if (only === undefined || second !== undefined || checker.length > 0 || alone === true) return []
  const beside = join(dirname(only), 'integrity.yaml')
  const isThere = await access(beside).then(
    () => true,
    () => false,
  )
  if (isThere) host.stderr.write(`${beside} stands beside it and is registered too (--alone leaves it out).\n`)
  return isThere ? [beside] : []
}

function collectNamed(text: string, earlier: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sign = text.indexOf('=')
  const name = text.slice(0, sign)
  if (sign < 1 || sign === text.length - 1)
    throw new InvalidArgumentError('Expected service=value, with the service_name.')
  if (earlier.has(name)) throw new InvalidArgumentError(`${name} stands twice.`)
  return new Map([...earlier, [name, text.slice(sign + 1)]])
}

function collectKind(text: string, earlier: readonly NodeKind[]): readonly NodeKind[] {
  const kind = NODE_KINDS.find((known) => known === text)
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${NODE_KINDS.join(', ')}.`)
  return earlier.includes(kind) ? earlier : [...earlier, kind]
}

function versionText(text: string): string {
  if (readNodeVersion(text) === undefined) throw new InvalidArgumentError('Expected a version such as 0.12.11.')
  return text
}

/** As the node reads it: a number with s, m or h (protocol/cobo.md 1.6). */
function intervalText(text: string): string {
  if (!/^[1-9]\d{0,5}[smh]$/.test(text)) throw new InvalidArgumentError('Expected an interval such as 30s, 5m or 1h.')
  return text
}
