import type { LookupFunction } from 'node:net'
import { errnoOf } from '@callback-quorum/service'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import { AddressFault, assertLiteralAllowed, guardedLookup } from './address-guard.ts'
import { createAllowedAddresses } from './allowed-addresses.ts'
import { HttpFault } from './http-fault.ts'
import { pinnedIdentity, readTlsMaterial, type TlsFiles, type TlsMaterial } from './tls-material.ts'
import { untilAborted } from './until-aborted.ts'

export interface ServerOptions {
  readonly origin: URL
  /** Addresses or CIDR. */
  readonly allowAddresses: readonly string[]
  readonly files: TlsFiles
  /** SHA-256 of the public key (SPKI), base64. */
  readonly pin?: string | undefined
  readonly connectMs: number
  readonly connections: number
  /** How names become addresses; for tests. */
  readonly resolve?: LookupFunction | undefined
}

export interface ServerRequest {
  readonly method: 'GET' | 'POST'
  /** With query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/**
 * One server that may be asked, and the connections to it. Only to addresses of `allowAddresses`, TLS 1.2 or later, no redirects, no proxy, no
 * cookies. Its files are read again for each request: a certificate that was exchanged is used from the next request on.
 */
export class GuardedServer {
  readonly #options: ServerOptions
  #pool: Pool | undefined
  #digest: string | undefined

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Throws ConfigError when a file cannot be used. */
  readFiles(): Promise<TlsMaterial> {
    return readTlsMaterial(this.#options.files)
  }

  /** The answer with its body unread. Throws HttpFault, ConfigError, and the reason of `signal`. */
  async request({ signal, ...request }: ServerRequest): Promise<Dispatcher.ResponseData> {
    const pool = this.#poolOf(await this.readFiles())
    signal.throwIfAborted()
    const asked = pool.request({ ...request, signal })
    try {
      // undici looks at the signal of a request only when there is a connection for it.
      return await untilAborted(asked, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw transportFault(error)
    }
  }

  async close(): Promise<void> {
    await this.#pool?.destroy()
  }

  #poolOf(tls: TlsMaterial): Pool {
    if (this.#pool !== undefined && this.#digest === tls.digest) return this.#pool
    // Answers that are on their way come through; new questions take the new certificate.
    void this.#pool?.close().catch(() => undefined)
    this.#digest = tls.digest
    this.#pool = new Pool(this.#options.origin, {
      connections: this.#options.connections,
      pipelining: 1,
      allowH2: false,
      // The signal of each request is the limit, to the millisecond; undici's own timers are about a second coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: connectorOf(this.#options, tls),
    })
    return this.#pool
  }
}

/** Each connection resolves the name anew, checks all of its addresses and is made to one of these. */
function connectorOf(options: ServerOptions, { secureContext }: TlsMaterial): buildConnector.connector {
  const allowed = createAllowedAddresses(options.allowAddresses)
  const lookup = guardedLookup(allowed, options.resolve)
  return (target, callback) => {
    try {
      assertLiteralAllowed(allowed, target.hostname)
    } catch (error) {
      callback(error instanceof Error ? error : new Error('not allowed'), null)
      return
    }
    const expiry = new AbortController()
    const timer = setTimeout(() => {
      expiry.abort()
    }, options.connectMs)
    const connect = buildConnector({
      lookup,
      secureContext,
      // Said here so that NODE_TLS_REJECT_UNAUTHORIZED cannot say otherwise.
      rejectUnauthorized: true,
      // A resumed session is not asked for its certificate again.
      maxCachedSessions: 0,
      allowH2: false,
      timeout: 0,
      signal: expiry.signal,
      ...(options.pin !== undefined && { checkServerIdentity: pinnedIdentity(options.pin) }),
    })
    connect(target, (...result) => {
      clearTimeout(timer)
      callback(...result)
    })
  }
}

/** What a connection that failed or broke is told as. Another try may find another server behind the name, or this one back. */
export function transportFault(cause: unknown): HttpFault {
  if (cause instanceof HttpFault) return cause
  const code = 'CONNECTOR_UNAVAILABLE'
  if (cause instanceof AddressFault) return new HttpFault(cause.message, { kind: 'address', code, cause })
  const errno = errnoOf(cause)
  return errno === 'ABORT_ERR'
    ? new HttpFault('no connection within connect_timeout', { kind: 'timeout', code, mayPass: true, cause })
    : new HttpFault(`could not be reached, or its answer broke off (${errno})`, {
        kind: 'transport',
        code,
        mayPass: true,
        cause,
      })
}
