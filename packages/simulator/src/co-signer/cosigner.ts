import type { KeyObject } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { FIREBLOCKS_PATHS } from '@callback-quorum/protocol'
import { type CosignerExchange, cosignerExchange } from './cosigner-exchange.ts'
import { type CosignerKind, cosignerContent, cosignerRequestIdOf, endpointOf } from './cosigner-request.ts'
import type { CosignerRequest } from './cosigner-request.ts'
import { askUntilEnded, type CosignerResult } from './cosigner-result.ts'
import { signCosignerToken } from './cosigner-token.ts'
import { type ClientCertificate, type CosignerTrust, pinsOf } from './cosigner-trust.ts'

/** Response time limit, and RETRY as the vendor sets it unless support was asked (protocol/fireblocks.md 4). */
export const ANSWER_TIMEOUT_MS = 30_000
export const RETRY_DEFAULT = { intervalMs: 180_000, tries: 20 } as const
/** What support can set: an interval of 30 s to 1 h, 48 h in all. */
const RETRY_INTERVAL_MS_MIN = 30_000
const RETRY_INTERVAL_MS_MAX = 3_600_000
const RETRY_TOTAL_MS_MAX = 48 * 3_600_000

/** UNCERTAIN: that the header carries the Co-signer's version is documented, its form is not. */
const USER_AGENT = 'cosigner/2026.03.02'
/** UNCERTAIN: undocumented. What customers' handlers were changed to take, and what JSON is usually sent as. */
const CONTENT_TYPES = { jwt: 'application/jwt', json: 'application/json' } as const

export interface CosignerRetry {
  /** Between the end of one asking and the next. */
  readonly intervalMs: number
  /** How often one request is asked in all. */
  readonly tries: number
}

export interface CosignerOptions {
  readonly name: string
  /** The API user that this Co-signer acts for. Missing: a Co-signer of old, which does not say. */
  readonly signerId?: string
  /** With `trust` one of the five options: `jwt` asks the `/v2` paths with signed tokens, `json` the others with plain JSON. */
  readonly messages: 'jwt' | 'json'
  readonly trust: CosignerTrust
  /** Origin with any prefix; the path of each question is appended. Plain http with option 1 only. */
  readonly url: string
  /** RSA-2048. `jwt` needs both keys; `json` has none. */
  readonly privateKey?: KeyObject
  readonly handlerPublicKey?: KeyObject
  /** No Co-signer is known to present one: what a proxy beside it would. */
  readonly clientCert?: ClientCertificate
  readonly retry?: CosignerRetry
  /** For everything from the connection to the last byte of an answer. */
  readonly timeoutMs?: number
  readonly contentType?: string
  readonly userAgent?: string
  readonly clock?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Called for every exchange as it ends. */
  readonly onExchange?: (exchange: CosignerExchange) => void
}

export interface CosignerAskOptions {
  /** Gives the request up: `ask` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Sent as it is instead of the request's own: a forgery, or a body of earlier. */
  readonly body?: string | Uint8Array
}

export interface Cosigner {
  readonly name: string
  readonly signerId: string | undefined
  /** Of the vendor's five (protocol/fireblocks.md 1.1). */
  readonly option: 1 | 2 | 3 | 4 | 5
  /** Asks until the handler approves, rejects or ignores, or the request has failed. */
  ask(request: CosignerRequest, options?: CosignerAskOptions): Promise<CosignerResult>
  /** One attempt, nothing concluded. */
  askOnce(request: CosignerRequest, options?: CosignerAskOptions): Promise<CosignerExchange>
  /** The body as it is sent at every attempt: a bare token, or the text of a JSON object. */
  mint(request: CosignerRequest): string
  /** Where a request of this kind is sent. */
  urlOf(kind: CosignerKind): string
  /** Gives up what is being asked: those calls of `ask` and `askOnce` reject. */
  close(): Promise<void>
}

/** A Co-signer as its callback handler sees it (protocol/fireblocks.md 1 to 5). Throws RangeError for options that no Co-signer can have. */
export function createCosigner(options: CosignerOptions): Cosigner {
  const option = optionOf(options)
  const retry = checkedRetry(options.retry ?? RETRY_DEFAULT)
  const { name, signerId, messages, privateKey } = options
  const clock = options.clock ?? Date.now
  const sleep = options.sleep ?? ((ms: number, signal?: AbortSignal) => delay(ms, undefined, signal && { signal }))
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()

  const mint = (request: CosignerRequest): string => {
    const content = cosignerContent(request, signerId)
    return privateKey === undefined ? Buffer.from(content).toString('utf8') : signCosignerToken(content, privateKey)
  }
  const urlOf = (kind: CosignerKind): string =>
    `${options.url.replace(/\/+$/, '')}${FIREBLOCKS_PATHS[`fireblocks-${messages}`][endpointOf(kind)]}`

  const prepare = (request: CosignerRequest, { body, signal }: CosignerAskOptions) => {
    const fixed = {
      cosigner: name,
      url: urlOf(request.kind),
      headers: {
        'content-type': options.contentType ?? CONTENT_TYPES[messages],
        'user-agent': options.userAgent ?? USER_AGENT,
      },
      // Made once: a repeated question is byte for byte the same.
      body: body ?? mint(request),
      requestId: cosignerRequestIdOf(request),
      trust: options.trust,
      timeoutMs: options.timeoutMs ?? ANSWER_TIMEOUT_MS,
      clock,
      signal: signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]),
      ...(options.clientCert && { clientCert: options.clientCert }),
      ...(options.handlerPublicKey && { handlerPublicKey: options.handlerPublicKey }),
    }
    const attempt = async (number: number): Promise<CosignerExchange> => {
      const exchange = await cosignerExchange({ ...fixed, attempt: number })
      fixed.signal.throwIfAborted()
      options.onExchange?.(exchange)
      return exchange
    }
    return { attempt, requestId: fixed.requestId, signal: fixed.signal }
  }

  const tracked = <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    const forget = (): boolean => running.delete(work)
    work.then(forget, forget)
    return work
  }

  return {
    name,
    signerId,
    option,
    mint,
    urlOf,
    askOnce: (request, asked = {}) => tracked(prepare(request, asked).attempt(1)),
    ask(request, asked = {}) {
      const { attempt, requestId, signal } = prepare(request, asked)
      const pause = (): Promise<void> => sleep(retry.intervalMs, signal)
      const { kind } = request
      return tracked(askUntilEnded({ cosigner: name, kind, requestId, tries: retry.tries, attempt, pause, signal }))
    },
    async close() {
      closing.abort(new Error(`${name} is closed`))
      await Promise.allSettled(running)
    },
  }
}

function optionOf(options: CosignerOptions): Cosigner['option'] {
  const { messages, trust, url, privateKey, handlerPublicKey } = options
  const { protocol } = new URL(url)
  if (trust.kind === 'pin') pinsOf(trust.pin)
  if (messages === 'jwt' && (privateKey === undefined || handlerPublicKey === undefined)) {
    throw new RangeError('signed messages need privateKey and handlerPublicKey')
  }
  if (messages === 'json' && (privateKey !== undefined || handlerPublicKey !== undefined)) {
    throw new RangeError('plain JSON has no keys')
  }
  const option = OPTIONS[messages][trust.kind]
  if (option === undefined) throw new RangeError(`no Co-signer has ${messages} messages with trust ${trust.kind}`)
  if (protocol !== 'https:' && !(protocol === 'http:' && option === 1)) {
    throw new RangeError('plain http is for tests of option 1 only')
  }
  return option
}

const OPTIONS: Readonly<
  Record<CosignerOptions['messages'], Readonly<Partial<Record<CosignerTrust['kind'], Cosigner['option']>>>>
> = {
  jwt: { system: 1, ca: 1, pin: 4, 'root-ca': 5 },
  json: { pin: 2, 'root-ca': 3 },
}

function checkedRetry(retry: CosignerRetry): CosignerRetry {
  const { intervalMs, tries } = retry
  const inRange = intervalMs >= RETRY_INTERVAL_MS_MIN && intervalMs <= RETRY_INTERVAL_MS_MAX
  if (inRange && Number.isInteger(tries) && tries >= 1 && tries * intervalMs <= RETRY_TOTAL_MS_MAX) return retry
  throw new RangeError('an interval is 30 s to 1 h, and all tries end within 48 h')
}
