import type { LookupFunction } from 'node:net'
import { resolve } from 'node:path'
import { ConfigError, Slots } from '@callback-quorum/service'
import pRetry from 'p-retry'
import type { ReadMap } from '../../record/record-map.ts'
import { countError, createConnectorMetrics, type ConnectorMetrics } from '../connector-metrics.ts'
import type { Asked, Connector, ConnectorOptions, LookUp } from '../connector.ts'
import type { GuardedServer } from './guarded-server.ts'
import { createHttpAuth, type HttpAuth } from './http-auth.ts'
import type { HttpConnectorConfig } from './http-config.ts'
import { HttpFault, lookUpOf, malformed } from './http-fault.ts'
import { LookUpBreaker } from './lookup-breaker.ts'
import type { OauthTokens } from './oauth-tokens.ts'
import { openServers } from './open-servers.ts'
import { readAnswer, type AnswerForm } from './read-answer.ts'
import { passOver } from './read-json-body.ts'
import { HMAC_SECRET_LENGTH_MIN, readSecret } from './read-secret.ts'
import { parseUrlTemplate, type UrlTemplate } from './url-template.ts'

/** Long enough for a connection that was just reset, short enough to leave the next try its time. */
const RETRY_WAIT_MS_MIN = 50
const RETRY_WAIT_MS_MAX = 400

/** It keeps nothing, so it needs no database. */
export type HttpConnectorOptions = Omit<ConnectorOptions<HttpConnectorConfig>, 'database'>

/**
 * Opens a business system that is asked over HTTPS; it is not asked yet. Throws ConfigError for a file that cannot be used.
 * `resolveName` is how names become addresses, for tests.
 */
export async function openHttpConnector(
  options: HttpConnectorOptions,
  resolveName?: LookupFunction,
): Promise<Connector> {
  const connector = new HttpConnector(options, resolveName)
  const problems = await connector.fileProblems()
  if (problems.length > 0) throw new ConfigError(problems)
  return connector
}

/** Where records of one sort are asked for, and how they are read. */
interface Source {
  readonly template: UrlTemplate
  readonly map: ReadMap
}

interface HttpQuestion {
  readonly path: string
  readonly map: ReadMap
}

function sourceOf(url: string, map: ReadMap): Source {
  const template = parseUrlTemplate(url)
  if (template === undefined) throw new Error('invariant: the schema lets no other URL through')
  return { template, map }
}

class HttpConnector implements Connector {
  readonly kind = 'http'
  readonly #options: HttpConnectorOptions
  readonly #payments: Source
  readonly #whitelistings: Source | undefined
  readonly #business: GuardedServer
  readonly #tokens: OauthTokens | undefined
  readonly #auth: HttpAuth
  readonly #metrics: ConnectorMetrics
  readonly #breaker: LookUpBreaker
  readonly #slots: Slots

  constructor(options: HttpConnectorOptions, resolveName: LookupFunction | undefined) {
    const { config, directory, clock, registry } = options
    const payments = sourceOf(config.url, options.map)
    this.#options = options
    this.#payments = payments
    // Asked of the same server, so that there is one breaker and one `concurrency` for it.
    const { url, map } = options.whitelisting ?? {}
    this.#whitelistings = url === undefined || map === undefined ? undefined : sourceOf(url, map)
    const { business, tokens } = openServers({
      config,
      origin: payments.template.origin,
      directory,
      clock,
      resolveName,
    })
    this.#business = business
    this.#tokens = tokens
    this.#auth = createHttpAuth({ auth: config.auth, directory, clock, tokens })
    this.#metrics = createConnectorMetrics(registry, 'http')
    const { failures, open_for: openMs } = config.breaker
    this.#breaker = new LookUpBreaker({ failures, openMs, clock }, this.#metrics.breakerOpen)
    this.#slots = new Slots(config.concurrency)
  }

  async lookUp(asked: Asked, signal: AbortSignal): Promise<LookUp> {
    try {
      const source = asked.isWhitelisting === true ? this.#whitelistings : this.#payments
      if (source === undefined) throw new Error('invariant: nothing says where whitelistings are asked for')
      const path = source.template.pathFor(asked)
      if (path === undefined) throw malformed('not asked: the reference cannot stand in the URL as itself')
      return await this.#slots.run(signal, () => this.#ask({ path, map: source.map }, signal))
    } catch (error) {
      const fault = faultOf(error, signal)
      this.#tell(fault)
      return lookUpOf(fault)
    }
  }

  async problems(): Promise<readonly string[]> {
    const problems = await this.fileProblems()
    return this.#breaker.isClosedToAll ? [...problems, 'the business system only failed and is left alone'] : problems
  }

  async close(): Promise<void> {
    await Promise.all([this.#business.close(), this.#tokens?.close()])
  }

  async fileProblems(): Promise<readonly string[]> {
    const reads = [this.#business.readFiles(), this.#auth.readFiles(), this.#readSignature()]
    const results = await Promise.allSettled<unknown>(reads)
    return results.flatMap((result) => {
      if (result.status === 'fulfilled') return []
      if (result.reason instanceof ConfigError) return result.reason.problems
      throw result.reason
    })
  }

  /** In a slot, so that of many that wait only those ask that the breaker still lets through. */
  async #ask(question: HttpQuestion, caller: AbortSignal): Promise<LookUp> {
    const { config } = this.#options
    const deadline = AbortSignal.timeout(config.timeout)
    const signal = AbortSignal.any([caller, deadline])
    const renewal = { isSpent: false }
    return this.#breaker.run(caller, deadline, async () => {
      const tried = pRetry(() => this.#tryOnce(question, signal, renewal), {
        retries: config.retries,
        minTimeout: RETRY_WAIT_MS_MIN,
        maxTimeout: RETRY_WAIT_MS_MAX,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => this.#mayRetry(error),
      })
      return tried.catch((error: unknown) => {
        throw faultOf(error, signal)
      })
    })
  }

  async #tryOnce(question: HttpQuestion, signal: AbortSignal, renewal: { isSpent: boolean }): Promise<LookUp> {
    const { config } = this.#options
    const { path, map } = question
    const request = { method: 'GET', path } as const
    const signature = await this.#readSignature()
    const authHeaders = await this.#auth.headersFor(request, signal)
    const response = await this.#business.request({ ...request, headers: { ...HEADERS, ...authHeaders }, signal })
    if (response.statusCode === 401 && !renewal.isSpent && this.#auth.renew(authHeaders)) {
      renewal.isSpent = true
      await passOver(response, signal)
      return this.#tryOnce(question, signal, renewal)
    }
    const { bytes_max: bytesMax, not_found: notFound } = config.response
    return readAnswer(response, { map, bytesMax, notFound, signature }, signal)
  }

  #mayRetry(error: Error): boolean {
    const mayRetry = error instanceof HttpFault && error.mayPass
    if (mayRetry) countError(this.#metrics, 'http', error.kind)
    return mayRetry
  }

  async #readSignature(): Promise<AnswerForm['signature']> {
    const { config, directory } = this.#options
    const { signature } = config.response
    if (signature === undefined) return undefined
    return {
      header: signature.header,
      secret: await readSecret(resolve(directory, signature.secret_file), HMAC_SECRET_LENGTH_MIN),
    }
  }

  /** What will not pass by itself is an error: somebody must look at it. */
  #tell({ kind, code, message, status }: HttpFault): void {
    countError(this.#metrics, 'http', kind)
    const willPass = code === 'CONNECTOR_UNAVAILABLE' && kind !== 'auth' && kind !== 'address'
    this.#options.log[willPass ? 'warn' : 'error'](
      { connector: 'http', kind, code, status, reason: message },
      'the business system gave no usable answer',
    )
  }
}

const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  // What a cache on the way remembers may have been cancelled since.
  'cache-control': 'no-cache',
  'user-agent': 'callback-quorum',
}

function faultOf(error: unknown, signal: AbortSignal): HttpFault {
  if (error instanceof HttpFault) return error
  const code = 'CONNECTOR_UNAVAILABLE'
  if (error instanceof ConfigError) return new HttpFault(error.message, { kind: 'auth', code, cause: error })
  if (signal.aborted) return new HttpFault('no answer in time', { kind: 'timeout', code, cause: error })
  throw error
}
