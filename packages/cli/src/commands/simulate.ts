import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { createTssNode, makeRequest, REQUEST_NAMES, type Exchange, type OnError, type PackageContent, type RequestName, type SimulatedServer } from '@callback-quorum/simulator'
import type { Terminal } from '../terminal.ts'

export interface SimulateOptions {
  readonly server: readonly string[]
  readonly key: string
  readonly package?: string
  readonly make?: string
  readonly to?: string
  readonly amount?: string
  readonly token?: string
  readonly reference?: string
  readonly organisation?: string
  readonly requestId?: string
  readonly onError: OnError
  readonly retryTimes: number
  readonly sleepSeconds: number
  readonly requestTimeout: number
  readonly tokenExpireMinutes: number
  readonly ca?: string
  readonly monitor?: number
  readonly json?: boolean
}

/** Plays a TSS node against real servers. Exit code 0 for APPROVE, 3 for REJECT. */
export async function simulate(options: SimulateOptions, terminal: Terminal): Promise<number> {
  const ca = options.ca === undefined ? undefined : await readFile(options.ca)
  const servers: SimulatedServer[] = []
  for (const entry of options.server) {
    const [, serviceAddress, keyFile] = /^(https?:\/\/[^=]+)=(.+)$/.exec(entry) ?? []
    if (serviceAddress === undefined || keyFile === undefined) throw new Error(`--server ${entry}: expected URL=PUBLIC_KEY_FILE, for instance http://127.0.0.1:11020/v2/check=keys/gateway.pub`)
    servers.push({ serviceAddress, publicKey: createPublicKey(await readFile(keyFile)), ...(ca === undefined ? {} : { ca }) })
  }
  const node = createTssNode({
    name: 'simulated-node',
    privateKey: createPrivateKey(await readFile(options.key)),
    servers,
    onError: options.onError,
    retryTimes: options.retryTimes,
    sleepSeconds: options.sleepSeconds,
    requestTimeoutMs: options.requestTimeout * 1000,
    tokenExpireMinutes: options.tokenExpireMinutes,
    ...(options.monitor === undefined ? {} : { monitorIntervalMs: options.monitor * 1000 }),
    onExchange: (exchange) => {
      terminal.err(`${describe(exchange)}\n`)
    },
  })
  try {
    if (options.monitor !== undefined) return await monitor(node, terminal)
    const task = await node.ask(await contentOf(options, terminal))
    terminal.out(options.json === true ? `${JSON.stringify(task)}\n` : `${task.decision}  ${task.reason}\n`)
    return task.decision === 'APPROVE' ? 0 : 3
  } finally {
    await node.close()
  }
}

async function monitor(node: ReturnType<typeof createTssNode>, terminal: Terminal): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const stop = (): void => { resolve(undefined) }
  terminal.process.on('SIGINT', stop)
  terminal.process.on('SIGTERM', stop)
  const monitoring = node.startMonitoring()
  await promise
  await monitoring.stop()
  return 0
}

async function contentOf(options: SimulateOptions, terminal: Terminal): Promise<PackageContent> {
  if (options.package !== undefined) return options.package === '-' ? text(terminal.stdin) : readFile(options.package, 'utf8')
  const name = options.make ?? 'v2-keysign'
  const isKnown = (candidate: string): candidate is RequestName => (REQUEST_NAMES as readonly string[]).includes(candidate)
  if (!isKnown(name)) throw new Error(`--make ${name}: expected one of ${REQUEST_NAMES.join(', ')}`)
  const { to, amount, reference, organisation, requestId, token } = options
  const { content } = makeRequest(name, {
    ...(to === undefined ? {} : { to }),
    ...(amount === undefined ? {} : { amount }),
    ...(reference === undefined ? {} : { reference }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(token === 'ETH_USDT' || token === 'ETH' ? { token } : {}),
  })
  return content
}

const describe = ({ server, attempt, result, ms, error, problem }: Exchange): string =>
  `${server}  attempt ${attempt}  ${result}  ${ms} ms  ${error ?? problem ?? ''}`.trimEnd()
