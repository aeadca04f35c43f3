import { NumberText } from '@callback-quorum/protocol'
import type { Clock } from '@callback-quorum/service'
import { basicCredentials } from './basic-credentials.ts'
import type { GuardedServer } from './guarded-server.ts'
import { HttpFault, malformed } from './http-fault.ts'
import { parseBody, passOver, readBody } from './read-json-body.ts'
import { readSecret } from './read-secret.ts'
import { statusFault } from './status-fault.ts'
import { untilAborted } from './until-aborted.ts'

/** A token is not used in its last minute: it may be on its way for some of it, and clocks differ. */
const LAST_MINUTE_MS = 60_000
/** A token that was withdrawn without a 401 is not used for longer, whatever it says. */
const KEPT_MS_MAX = 3_600_000
/** The largest tokens, with hundreds of groups in them, are some 10 KiB. */
const ANSWER_BYTES_MAX = 64 * 1024
const TOKEN = /^[\x21-\x7e]{1,16384}$/
/** RFC 6749 section 5.2: `invalid_client` and the like come as 400. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403])

export interface OauthTokensOptions {
  readonly server: GuardedServer
  /** Of the token URL, with query. */
  readonly path: string
  readonly clientId: string
  /** Absolute. */
  readonly secretFile: string
  readonly scope?: string | undefined
  readonly clock: Clock
  readonly timeoutMs: number
}

interface Token {
  readonly text: string
  readonly askedAtMs: number
  readonly keptMs: number
}

/** Access tokens by client credentials (RFC 6749 section 4.4): kept until a minute before their end, asked for once by all who wait. */
export class OauthTokens {
  readonly #options: OauthTokensOptions
  #token: Token | undefined
  #asking: Promise<string> | undefined

  constructor(options: OauthTokensOptions) {
    this.#options = options
  }

  /** Throws HttpFault, ConfigError and the reason of `signal`; what others wait for goes on. */
  current(signal: AbortSignal): Promise<string> {
    const { clock } = this.#options
    const ageMs = clock.nowMs() - (this.#token?.askedAtMs ?? 0)
    // A clock that was set back makes no token younger.
    if (this.#token !== undefined && ageMs >= 0 && ageMs < this.#token.keptMs) return Promise.resolve(this.#token.text)
    this.#asking ??= this.#askInTime().finally(() => {
      this.#asking = undefined
    })
    return untilAborted(this.#asking, signal)
  }

  /** Of many that were refused with one token the first forgets it; the others find the next one, or wait for it. */
  forget(isRefused: (token: string) => boolean): void {
    if (this.#token !== undefined && isRefused(this.#token.text)) this.#token = undefined
  }

  /** Throws ConfigError. */
  async readFiles(): Promise<void> {
    await Promise.all([this.#options.server.readFiles(), readSecret(this.#options.secretFile)])
  }

  close(): Promise<void> {
    return this.#options.server.close()
  }

  async #askInTime(): Promise<string> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs)
    return this.#ask(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
      throw new HttpFault('no token in time', { kind: 'timeout', code: 'CONNECTOR_UNAVAILABLE', cause: error })
    })
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const { server, path, clientId, secretFile, scope, clock } = this.#options
    const askedAtMs = clock.nowMs()
    const secret = await readSecret(secretFile)
    const response = await server.request({
      method: 'POST',
      path,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'callback-quorum',
        // RFC 6749 section 2.3.1: both are form-encoded first.
        authorization: basicCredentials(formEncoded(clientId), formEncoded(secret)),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }).toString(),
      signal,
    })
    if (response.statusCode !== 200) {
      await passOver(response, signal)
      throw statusFault(response, REFUSALS)
    }
    const { text, livesMs } = readToken(await readBody(response, ANSWER_BYTES_MAX, signal))
    const keptMs = Math.min(livesMs - LAST_MINUTE_MS, KEPT_MS_MAX)
    this.#token = keptMs > 0 ? { text, askedAtMs, keptMs } : undefined
    return text
  }
}

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** RFC 6749 section 5.1. A token that does not say how long it lives is used once. */
function readToken(bytes: Uint8Array): { readonly text: string; readonly livesMs: number } {
  const answer = parseBody(bytes)
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || answer instanceof NumberText)
    throw malformed('answered something else than a token')
  const { access_token: text, token_type: type, expires_in: seconds } = answer as Readonly<Record<string, unknown>>
  if (typeof text !== 'string' || !TOKEN.test(text) || typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw malformed('answered without a bearer token')
  if (seconds === undefined) return { text, livesMs: 0 }
  const digits = seconds instanceof NumberText ? seconds.text : seconds
  if (typeof digits !== 'string' || !/^[0-9]{1,10}$/.test(digits)) throw malformed('answered with no whole expires_in')
  return { text, livesMs: Number(digits) * 1_000 }
}
