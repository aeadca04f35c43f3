import { readFileSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, ConfigError, readAuthority, readBearerToken } from '@callback-quorum/service'
import pRetry from 'p-retry'
import { Agent } from 'undici'
import { SanctionsFault } from '../faults.ts'
import { createAddressGuard, type AddressGuard } from './address-guard.ts'
import { decimalOf, headerOf, validatorsOf, type AnswerHeaders } from './answer-headers.ts'
import { askServer, type Answer } from './ask-server.ts'
import type { Delivered, Delivery, Validators } from './delivery.ts'
import { isHostPattern, matchesHost } from './host-pattern.ts'
import { HTTPS_LIMITS, type HttpsLimits } from './https-limits.ts'
import { PassingFault } from './passing-fault.ts'
import { receiveList } from './receive-list.ts'

export interface HttpsDeliveryOptions {
  /** https, without user and password. */
  readonly url: string
  /** Other hosts that redirects may lead to: exact, or one leading `*.`. The host of `url` always may. */
  readonly redirectHosts?: readonly string[]
  /** Absolute path, PEM: trusted instead of the public authorities, also by hosts that redirects lead to. */
  readonly caFile?: string
  /** Absolute path: a bearer token for the origin of `url` alone. Read again for each asking, as `caFile`, so that it can be exchanged. */
  readonly tokenFile?: string
  /** An existing folder of our own, for what is being received. */
  readonly directory: string
  readonly everyMs: number
  readonly clock: Clock
  readonly limits?: HttpsLimits
  /** How names become addresses; for tests. */
  readonly lookup?: LookupFunction
}

interface Credentials {
  readonly ca?: string
  readonly token?: string
}

/**
 * Opens a publisher's server. Proxies of the environment are not used: what is connected to is what was looked up.
 * Throws ConfigError for a URL, a redirect host, a certificate or a token file that cannot be used.
 */
export async function openHttpsDelivery(options: HttpsDeliveryOptions): Promise<Delivery> {
  const server = new HttpsDelivery(options, requireUsableUrl(options))
  await server.readCredentials()
  return server
}

class HttpsDelivery implements Delivery {
  readonly everyMs: number
  readonly #options: HttpsDeliveryOptions
  readonly #url: URL
  readonly #limits: HttpsLimits
  readonly #guard: AddressGuard

  constructor(options: HttpsDeliveryOptions, url: URL) {
    this.everyMs = options.everyMs
    this.#options = options
    this.#url = url
    this.#limits = options.limits ?? HTTPS_LIMITS
    // A wildcard is the name of no host.
    this.#guard = createAddressGuard(new Set([url.hostname, ...(options.redirectHosts ?? [])]), options.lookup)
  }

  async fetch(previous: Validators | undefined, stopping: AbortSignal): Promise<Delivered> {
    const deadline = AbortSignal.timeout(this.#limits.totalMs)
    const signal = AbortSignal.any([stopping, deadline])
    let last: Delivered | undefined
    const ask = async (credentials: Credentials): Promise<Delivered> =>
      (last = await this.#ask(previous, credentials, signal))
    try {
      const credentials = await this.readCredentials()
      return await pRetry(() => ask(credentials), {
        retries: this.#limits.tries - 1,
        minTimeout: this.#limits.backoffMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => this.#waitFor(error, signal),
      })
    } catch (error) {
      // A signal that fires between the last byte and here turns a list that was received into a fault.
      if (last?.result === 'delivered') await last.discard()
      if (stopping.aborted) throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_STOPPED', 'the service is stopping')
      if (deadline.aborted)
        throw new SanctionsFault(
          'ERR_SANCTIONS_DELIVERY_TIMEOUT',
          `${this.#url.host} was not through within ${this.#limits.totalMs} ms`,
          { cause: error },
        )
      if (error instanceof ConfigError)
        throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_CREDENTIALS', error.message, { cause: error })
      throw error
    }
  }

  /** Throws ConfigError. */
  async readCredentials(): Promise<Credentials> {
    const { caFile, tokenFile } = this.#options
    return {
      ...(caFile !== undefined && { ca: await readAuthority(caFile) }),
      ...(tokenFile !== undefined && { token: await readBearerToken(tokenFile) }),
    }
  }

  /** Whether another try is worth it; if the server said how long to wait, after that time. */
  async #waitFor(error: Error, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof PassingFault) || error.retryAfterMs > this.#limits.retryAfterMsMax) return false
    if (error.retryAfterMs > 0) await delay(error.retryAfterMs, undefined, { signal })
    return true
  }

  async #ask(previous: Validators | undefined, credentials: Credentials, signal: AbortSignal): Promise<Delivered> {
    const { connectMs, stallMs, redirectsMax, bytesMax } = this.#limits
    // One for each try: lists are asked for too seldom to keep connections, and a broken one is not used again.
    const dispatcher = new Agent({
      connections: 1,
      pipelining: 1,
      allowH2: false,
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
      connect: {
        timeout: connectMs,
        maxCachedSessions: 0,
        lookup: this.#guard.lookup,
        // undici looks at a request's signal only when there is a connection for it.
        signal,
        ...(credentials.ca !== undefined && { ca: credentials.ca }),
      },
    })
    const conditions = conditionsOf(previous)
    try {
      const answer = await askServer({
        url: this.#url,
        dispatcher,
        signal,
        redirectsMax,
        headersFor: (url) => ({ ...this.#headersFor(url, credentials), ...conditions }),
        requireAllowed: (url) => {
          this.#requireAllowed(url)
        },
      })
      const checked = this.#checkedAt(answer.headers)
      if (answer.status === 304) {
        requireAskedFor(answer, previous)
        return { result: 'not-modified', ...checked }
      }
      const received = await receiveList(answer, this.#options.directory, bytesMax)
      return { result: 'delivered', ...received, validators: validatorsOf(answer.headers), ...checked }
    } finally {
      await dispatcher.destroy()
    }
  }

  #headersFor(url: URL, { token }: Credentials): Record<string, string> {
    return {
      // OFAC answers nothing to a blank one.
      'user-agent': USER_AGENT,
      accept: '*/*',
      'accept-encoding': 'identity',
      // A cache on the way asks the publisher instead of vouching for him.
      'cache-control': 'no-cache',
      ...(token !== undefined && url.origin === this.#url.origin && { authorization: `Bearer ${token}` }),
    }
  }

  #requireAllowed(url: URL): void {
    const refuse = (why: string): SanctionsFault =>
      new SanctionsFault('ERR_SANCTIONS_DELIVERY_REDIRECT', `${this.#url.host} redirects to ${why}`)
    if (url.protocol !== 'https:') throw refuse(`${url.host} by another protocol than https`)
    if (url.username !== '' || url.password !== '') throw refuse(`a URL of ${url.host} with user or password`)
    const patterns = [this.#url.hostname, ...(this.#options.redirectHosts ?? [])]
    if (!patterns.some((pattern) => matchesHost(pattern, url.hostname)))
      throw refuse(`${url.host}, which is not in redirect_hosts`)
    this.#guard.requireLiteral(url)
  }

  /** RFC 9111 section 5.1: a cache that answers all the same says how long ago the publisher did. */
  #checkedAt(headers: AnswerHeaders): { checkedAtMs?: number } {
    const ageSeconds = decimalOf(headers, 'age') ?? 0
    return ageSeconds === 0 ? {} : { checkedAtMs: this.#options.clock.nowMs() - ageSeconds * 1_000 }
  }
}

/** RFC 9110 section 13.1: the date is for servers that know no ETag. */
const conditionsOf = (previous: Validators | undefined): Record<string, string> => ({
  ...(previous?.etag !== undefined && { 'if-none-match': previous.etag }),
  ...(previous?.lastModified !== undefined && { 'if-modified-since': previous.lastModified }),
})

/** A 304 makes the active list younger: it must be the answer to a question, and about the version that was asked with. */
function requireAskedFor({ headers, host }: Answer, previous: Validators | undefined): void {
  const refuse = (what: string): SanctionsFault =>
    new SanctionsFault('ERR_SANCTIONS_DELIVERY_ANSWER', `${host} answers "not modified" ${what}`)
  if (Object.keys(conditionsOf(previous)).length === 0) throw refuse('and was not asked for that')
  const etag = headerOf(headers, 'etag')
  if (etag !== undefined && previous?.etag !== undefined && opaqueTag(etag) !== opaqueTag(previous.etag))
    throw refuse('about another version')
}

/** RFC 9110 section 8.8.3.2: weak comparison. */
const opaqueTag = (etag: string): string => etag.replace(/^W\//, '')

function requireUsableUrl({ url: text, redirectHosts = [] }: HttpsDeliveryOptions): URL {
  const url = URL.parse(text)
  const problems = redirectHosts
    .filter((host) => !isHostPattern(host))
    .map((host) => `redirect_hosts: ${host} is neither a host in lower case nor one leading "*." before two labels`)
  // The text itself is not repeated: what stands in it may be a secret.
  if (url?.protocol !== 'https:') problems.push('url: is no https URL')
  else if (url.username !== '' || url.password !== '') problems.push('url: holds a user or password; use token_file')
  if (url === null || problems.length > 0) throw new ConfigError(problems)
  return url
}

const USER_AGENT = `callback-quorum/${packageVersion()} (sanctions list client)`

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}
