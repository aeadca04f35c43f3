import type { KeyObject } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Agent } from 'undici'
import { isPing, type PackageContent, requestIdOf } from './cobo-package.ts'
import { type Exchange, exchangeOnce, type SimulatedServer } from './exchange.ts'
import { makeV1Ping, makeV2Ping } from './package/ping.ts'
import { connectionsTo } from './post-token.ts'
import { signRequestToken, TOKEN_EXPIRE_MINUTES_DEFAULT } from './request-token.ts'
import { askUntilDecided, type OnError, type TaskResult } from './task.ts'

/** Defaults of the node's own configuration (protocol section 5). */
const RETRY_TIMES_DEFAULT = 2
const SLEEP_SECONDS_DEFAULT = 15
const REQUEST_TIMEOUT_MS_DEFAULT = 10_000

export interface TssNodeOptions {
  readonly name: string
  readonly privateKey: KeyObject
  /** `cb_server` and `cb_server_v2` entries together: all must approve. None at all: the node executes everything. */
  readonly servers: readonly SimulatedServer[]
  readonly tokenExpireMinutes?: number
  /** How often a server that gave no decision is asked again; 0 asks once. */
  readonly retryTimes?: number
  readonly sleepSeconds?: number
  readonly requestTimeoutMs?: number
  /** Needed by `startMonitoring`; the real node pings only when `monitor_interval` is set. */
  readonly monitorIntervalMs?: number
  /** What an answer without a usable decision means; the real node's reaction is not public. Default `retry`. */
  readonly onError?: OnError
  readonly issuer?: string
  readonly clock?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Called for every exchange as it ends, pings included. */
  readonly onExchange?: (exchange: Exchange) => void
}

export interface AskOptions {
  readonly retryTimes?: number
  /** Gives the task up: `ask` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Sent as it is at every attempt instead of a freshly signed one: a forgery, or a token of earlier. */
  readonly token?: string
}

export interface TssNode {
  readonly name: string
  /** Asks every server until all approved, one rejected, or one was asked `retryTimes` more times without a decision. */
  ask(content: PackageContent, options?: AskOptions): Promise<TaskResult>
  /** One attempt per server, all of them waited for, nothing decided. */
  askOnce(content: PackageContent, options?: Pick<AskOptions, 'signal' | 'token'>): Promise<readonly Exchange[]>
  /** Pings every server once, in the dialect of its path. Status 0 means available. */
  ping(): Promise<readonly Exchange[]>
  /** Pings at once and then every `monitorIntervalMs`. */
  startMonitoring(): Monitoring
  /** The token the node would send now. */
  mint(content: PackageContent): Promise<string>
  /** Ends monitoring and closes all connections; calls in flight end without an answer. */
  close(): Promise<void>
}

export interface Monitoring {
  stop(): Promise<void>
}

/** A TSS Node as its servers see it: behaviour of protocol section 5, with time and waiting given from outside where tests need it. */
export function createTssNode(options: TssNodeOptions): TssNode {
  const clock = options.clock ?? Date.now
  const sleep = options.sleep ?? ((ms: number, signal?: AbortSignal) => delay(ms, undefined, signal && { signal }))
  const connections = new Map<SimulatedServer, Agent>(options.servers.map((server) => [server, connectionsTo(server)]))
  const monitorings = new Set<Monitoring>()

  const mint = (content: PackageContent): Promise<string> =>
    signRequestToken(content, {
      privateKey: options.privateKey,
      issuer: options.issuer ?? options.name,
      expiresInSeconds: (options.tokenExpireMinutes ?? TOKEN_EXPIRE_MINUTES_DEFAULT) * 60,
      nowMs: clock(),
    })

  async function attempt(
    server: SimulatedServer,
    content: PackageContent,
    number: number,
    asked: Pick<AskOptions, 'signal' | 'token'>,
  ): Promise<Exchange> {
    const dispatcher = connections.get(server)
    if (dispatcher === undefined) throw new RangeError(`${server.serviceAddress} is not a server of ${options.name}`)
    const exchange = await exchangeOnce({
      server,
      // A new token for every attempt, with the same package and so the same request id.
      token: asked.token ?? (await mint(content)),
      requestId: requestIdOf(content),
      ping: isPing(content),
      attempt: number,
      timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS_DEFAULT,
      clock,
      dispatcher,
      ...(asked.signal && { signal: asked.signal }),
    })
    options.onExchange?.(exchange)
    return exchange
  }

  const askOnce: TssNode['askOnce'] = (content, asked = {}) =>
    Promise.all(options.servers.map((server) => attempt(server, content, 1, asked)))

  const ping = (signal?: AbortSignal): Promise<readonly Exchange[]> =>
    Promise.all(options.servers.map((server) => attempt(server, pingFor(server), 1, signal ? { signal } : {})))

  return {
    name: options.name,
    mint,
    askOnce,
    ping: () => ping(),
    ask: (content, asked = {}) =>
      askUntilDecided({
        requestId: requestIdOf(content),
        servers: options.servers,
        retryTimes: asked.retryTimes ?? options.retryTimes ?? RETRY_TIMES_DEFAULT,
        sleepMs: (options.sleepSeconds ?? SLEEP_SECONDS_DEFAULT) * 1000,
        onError: options.onError ?? 'retry',
        sleep,
        attempt: (server, number, signal) => attempt(server, content, number, { ...asked, signal }),
        ...(asked.signal && { signal: asked.signal }),
      }),
    startMonitoring() {
      const { monitorIntervalMs } = options
      if (monitorIntervalMs === undefined) throw new RangeError('monitoring needs monitorIntervalMs')
      const monitoring = monitor(ping, (signal) => sleep(monitorIntervalMs, signal), monitorings)
      monitorings.add(monitoring)
      return monitoring
    },
    async close() {
      await Promise.all([...monitorings].map((monitoring) => monitoring.stop()))
      await Promise.all([...connections.values()].map((agent) => agent.destroy()))
    },
  }
}

const pingFor = ({ serviceAddress }: SimulatedServer) =>
  new URL(serviceAddress).pathname.startsWith('/v1/') ? makeV1Ping() : makeV2Ping()

function monitor(
  ping: (signal: AbortSignal) => Promise<unknown>,
  pause: (signal: AbortSignal) => Promise<void>,
  running: Set<Monitoring>,
): Monitoring {
  const stopping = new AbortController()
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await ping(stopping.signal)
      await pause(stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error
      })
    }
  })()
  const monitoring: Monitoring = {
    async stop() {
      running.delete(monitoring)
      stopping.abort()
      await loop
    },
  }
  return monitoring
}
