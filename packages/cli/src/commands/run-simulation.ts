import { readFile } from 'node:fs/promises'
import { loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import {
  createTssNode,
  EVM_ASSETS,
  isPing,
  makeRequest,
  type Exchange,
  type PackageContent,
  type RequestOptions,
  type SimulatedServer,
  type TaskResult,
  type TransportOptions,
  type TssNode,
} from '@callback-quorum/simulator'
import { coloursFor } from '../colours.ts'
import { CommandFailed, UsageError } from '../faults.ts'
import { interruptionOf } from '../interruption.ts'
import type { Host } from '../host.ts'
import { snakeCased } from '../snake-cased.ts'
import { monitorSecondsOf, type SimulateOptions } from './simulate-options.ts'

const EXIT_REJECT = 3

/** Plays the node as the options say; resolves to the exit code. */
export async function simulate(o: SimulateOptions, host: Host): Promise<number> {
  const content = await contentOf(o, host)
  if (content === undefined && o.monitor === undefined)
    throw new UsageError('nothing to do: expected --make, --package or --monitor')
  // In JSON a task carries its exchanges; pings have nothing that could.
  const saysExchanges =
    o.output === 'json'
      ? o.monitor !== undefined
      : o.json !== true || o.monitor !== undefined || (content !== undefined && isPing(content))
  const node = createTssNode({
    name: 'callback-quorum simulate',
    privateKey: (await loadPrivateKey(o.key)).key,
    servers: await serversOf(o),
    tokenExpireMinutes: o.tokenExpireMinutes,
    retryTimes: o.retryTimes,
    sleepSeconds: o.sleepSeconds,
    requestTimeoutMs: o.requestTimeout,
    onError: o.onError,
    ...(o.monitor === undefined ? {} : { monitorIntervalMs: monitorSecondsOf(o.monitor) * 1_000 }),
    onExchange: (exchange) => {
      if (saysExchanges) sayExchange(exchange, o, host)
    },
  })
  const interruption = interruptionOf(host.signals)
  try {
    const monitoring = o.monitor === undefined ? undefined : node.startMonitoring()
    const exitCode = content === undefined ? undefined : await ask(node, content, o, host, interruption.signal)
    if (monitoring === undefined) return exitCode ?? 0
    await interruption.happened
    await monitoring.stop()
    return exitCode ?? 0
  } catch (error) {
    const exitCode = interruption.exitCode()
    if (exitCode === undefined) throw error
    return exitCode
  } finally {
    interruption.dispose()
    await node.close()
  }
}

async function ask(
  node: TssNode,
  content: PackageContent,
  o: SimulateOptions,
  host: Host,
  signal: AbortSignal,
): Promise<number> {
  // A ping decides nothing, so there is nothing to repeat it for.
  if (isPing(content)) {
    const exchanges = await node.askOnce(content, { signal })
    const isAvailable = exchanges.every(({ status }) => status === 0)
    if (o.output === 'json' && o.monitor === undefined) printJson({ available: isAvailable, exchanges }, host)
    return isAvailable ? 0 : EXIT_REJECT
  }
  const result = await node.ask(content, { signal })
  sayTask(result, o, host)
  return result.decision === 'APPROVE' ? 0 : EXIT_REJECT
}

const printJson = (value: object, host: Host): void => void host.stdout.write(`${JSON.stringify(snakeCased(value))}\n`)

function sayExchange(exchange: Exchange, { json, output }: SimulateOptions, host: Host): void {
  const { server, attempt, result, ms, status, action, error, problem } = exchange
  if (output === 'json') {
    printJson(exchange, host)
    return
  }
  if (json === true) {
    host.stdout.write(`${JSON.stringify(exchange)}\n`)
    return
  }
  const { green, red, yellow } = coloursFor(host.stdout, host.env)
  const paint = result === 'approve' ? green : result === 'reject' ? red : yellow
  const said = [status === undefined ? undefined : `status ${status}`, action ?? undefined, error ?? problem].filter(
    (part) => part !== undefined,
  )
  host.stdout.write(`${server}  attempt ${attempt}  ${paint(result)}  ${ms} ms  ${said.join('  ')}\n`)
}

function sayTask(result: TaskResult, { json, output }: SimulateOptions, host: Host): void {
  if (output === 'json') {
    printJson(result, host)
    return
  }
  if (json === true) {
    host.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  const { bold, green, red } = coloursFor(host.stdout, host.env)
  const paint = result.decision === 'APPROVE' ? green : red
  host.stdout.write(`${bold(paint(result.decision))}  request ${result.requestId}: ${result.reason}\n`)
}

async function serversOf({ server, ca, clientCert, clientKey }: SimulateOptions): Promise<readonly SimulatedServer[]> {
  if ((clientCert === undefined) !== (clientKey === undefined))
    throw new UsageError('--client-cert and --client-key belong together')
  const transport: TransportOptions = {
    ...(ca === undefined ? {} : { ca: await read(ca) }),
    ...(clientCert === undefined || clientKey === undefined
      ? {}
      : { clientCert: { cert: await read(clientCert), key: await read(clientKey) } }),
  }
  return Promise.all(
    server.map(async (text) => {
      const [, serviceAddress = '', file = ''] = /^(https?:\/\/[^=]+)=(.+)$/.exec(text) ?? []
      if (!URL.canParse(serviceAddress))
        throw new UsageError(`--server ${text}: expected http://host:port/v2/check=server.pub`)
      return { serviceAddress, publicKey: (await loadPublicKey(file)).key, ...transport }
    }),
  )
}

async function contentOf(o: SimulateOptions, host: Host): Promise<PackageContent | undefined> {
  if (o.package !== undefined) return o.package === '-' ? host.readStdin() : read(o.package)
  if (o.make === undefined) return undefined
  try {
    return makeRequest(o.make, requestOptionsOf(o)).content
  } catch (error) {
    // What the options ask for cannot be made: an amount with too many decimals, a malformed address.
    throw new UsageError(`--make ${o.make}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function requestOptionsOf(o: SimulateOptions): RequestOptions {
  const asset = EVM_ASSETS.find(({ coboTokenId }) => coboTokenId === o.token)
  if (o.token !== undefined && asset === undefined) {
    throw new RangeError(`no token ${o.token}; expected ${EVM_ASSETS.map(({ coboTokenId }) => coboTokenId).join(', ')}`)
  }
  const chain = EVM_ASSETS.find((known) => known.chain === o.chain)?.chain
  if (o.chain !== undefined && chain === undefined) {
    throw new RangeError(
      `no chain ${o.chain}; expected ${[...new Set(EVM_ASSETS.map((known) => known.chain))].join(', ')}`,
    )
  }
  const described = present({ to: o.describedTo, amount: o.describedAmount })
  return present({
    to: o.to,
    amount: o.amount,
    token: asset?.coboTokenId,
    chain,
    reference: o.reference,
    requestId: o.requestId,
    transactionId: o.transactionId,
    organisation: o.organisation,
    walletId: o.wallet,
    message: o.message,
    describedAs: Object.keys(described).length === 0 ? undefined : described,
  })
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out what was not given. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new CommandFailed(`${path} cannot be read`, { cause })
  })
}
