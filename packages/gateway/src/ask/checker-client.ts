import { TOKEN_FIELD } from '@callback-quorum/protocol'
import { annotate, traceHeaders, type Clock } from '@callback-quorum/service'
import pRetry, { AbortError } from 'p-retry'
import type { Pool } from 'undici'
import type { Vote } from '../vote.ts'
import { askedAt, type AskedPaths } from './asked-paths.ts'
import { isCobo, type CheckerReply, type Question } from './question.ts'
import { readVote, type VoteReader } from './read-vote.ts'

/** A verdict is a few kilobytes; more than this is not one. */
const REPLY_BYTES_MAX = 256 * 1024
/** A restarting checker is back within these; longer waits are the caller's own retries. */
const TRANSPORT_RETRIES = 3
const RETRY_WAIT_MS_MIN = 50
const RETRY_WAIT_MS_MAX = 400

export interface CheckerClient extends VoteReader, AskedPaths {
  readonly pool: Pool
  readonly wantsOutcome: boolean
  readonly requestTimeoutMs: number
}

/** Asks one checker once, transport faults retried while time is left. Never throws: what is not a verified verdict is a failed vote. */
export async function askChecker(
  client: CheckerClient,
  question: Question,
  signal: AbortSignal,
  clock: Clock,
): Promise<Vote> {
  const startedAtMs = clock.nowMs()
  const askedFor = askedAt(question)
  const path = client.paths[askedFor]
  const answered = (): { checker: string; ms: number } => ({ checker: client.name, ms: clock.nowMs() - startedAtMs })
  if (path === undefined)
    return {
      ...answered(),
      result: 'failed',
      cause: 'mismatch',
      reason: `its service_address does not serve ${askedFor}`,
    }
  try {
    const ask = (attempt: number): Promise<CheckerReply> => {
      annotate({ attempts: attempt })
      return post(client, path, bodyOf(question), signal)
    }
    const reply = await pRetry(ask, {
      retries: TRANSPORT_RETRIES,
      minTimeout: RETRY_WAIT_MS_MIN,
      maxTimeout: RETRY_WAIT_MS_MAX,
      signal,
    })
    const vote = await readVote(client, question, reply, { startedAtMs, nowMs: clock.nowMs() })
    return { ...vote, ...answered() }
  } catch (error) {
    return { ...answered(), result: 'failed', ...causeOf(error) }
  }
}

interface Body {
  readonly type: string
  readonly text: string
}

/** The token as its platform posts it: Cobo in the one field of a form, Fireblocks as the whole body. */
function bodyOf({ dialect, token }: Question): Body {
  return isCobo(dialect)
    ? { type: 'application/x-www-form-urlencoded', text: new URLSearchParams({ [TOKEN_FIELD]: token }).toString() }
    : { type: 'application/jwt', text: token }
}

async function post(client: CheckerClient, path: string, body: Body, deadline: AbortSignal): Promise<CheckerReply> {
  const timeout = AbortSignal.timeout(client.requestTimeoutMs)
  const signal = AbortSignal.any([deadline, timeout])
  try {
    const response = await client.pool.request({
      method: 'POST',
      path,
      // Only our own checkers are told the trace: what else a server of somebody else is sent is no platform's request.
      headers: { 'content-type': body.type, ...(client.binding === 'digest' && traceHeaders()) },
      body: body.text,
      signal,
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > REPLY_BYTES_MAX) throw new OversizeReply()
      chunks.push(chunk)
    }
    return { http: response.statusCode, body: Buffer.concat(chunks) }
  } catch (error) {
    // Only a fault of the way is worth a second try; a checker that took its whole time had its turn.
    if (signal.aborted) throw new AbortError(new SilentChecker(timeout.aborted ? client.requestTimeoutMs : undefined))
    if (error instanceof OversizeReply) throw new AbortError(error)
    throw error instanceof TypeError ? new Error(error.message, { cause: error }) : error
  }
}

class OversizeReply extends Error {
  override readonly name = 'OversizeReply'
}

class SilentChecker extends Error {
  override readonly name = 'SilentChecker'
  constructor(timeoutMs: number | undefined) {
    super(timeoutMs === undefined ? 'no answer within the deadline' : `no answer within ${timeoutMs} ms`)
  }
}

function causeOf(error: unknown): Pick<Extract<Vote, { result: 'failed' }>, 'cause' | 'reason'> {
  if (error instanceof SilentChecker) return { cause: 'timeout', reason: error.message }
  if (error instanceof OversizeReply)
    return { cause: 'malformed', reason: `its reply is larger than ${REPLY_BYTES_MAX} bytes` }
  if (error instanceof Error && error.name === 'AbortError')
    return { cause: 'timeout', reason: 'no answer within the deadline' }
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'connection failed'
  return { cause: 'transport', reason: `could not be reached (${code})` }
}
