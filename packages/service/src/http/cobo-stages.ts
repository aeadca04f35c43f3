import { ProtocolFault, readCoboRequest, TOKEN_FIELD, verifyPackageToken } from '@callback-quorum/protocol'
import type { CheckContext, CoboExchange } from './exchange.ts'
import { bodyRefused, tokenRefused, type Outcome } from './outcome.ts'
import { within } from './within.ts'

export function takeToken(exchange: CoboExchange): Outcome | undefined {
  const { admission } = exchange
  if (admission.result === 'refused') return bodyRefused(admission.cause)
  if (admission.result !== 'read') return { result: admission.result }
  const fields = admission.body
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, TOKEN_FIELD)) {
    return bodyRefused('field_missing')
  }
  const value = (fields as Readonly<Record<string, unknown>>)[TOKEN_FIELD]
  if (typeof value !== 'string') return bodyRefused('field_twice')
  if (value.trim() === '') return bodyRefused('field_blank')
  exchange.token = value
  return undefined
}

export async function verifyCaller(exchange: CoboExchange, context: CheckContext): Promise<Outcome | undefined> {
  const { token } = exchange
  const { dialect, callers } = exchange.route
  if (token === undefined) throw new Error('verified before a token was taken')
  const keys = callers.flatMap((caller) => caller.keys)
  try {
    const verified = await verifyPackageToken(token, keys, context.clock.nowMs())
    const caller = callers.find(({ name }) => name === verified.owner)
    if (caller === undefined) throw new Error(`key of nobody: ${verified.owner}`)
    exchange.verified = verified
    exchange.caller = caller
    exchange.release()
    return undefined
  } catch (err) {
    if (!(err instanceof ProtocolFault)) throw err
    context.log.debug({ dialect, code: err.code, detail: err.detail }, 'token not verified')
    // Thrown after the signature was verified (answer table: verified, but no request id can be read).
    if (err.code === 'ERR_PROTOCOL_PACKAGE_DATA') return { result: 'unidentified' }
    return tokenRefused(err)
  }
}

export async function readContent(exchange: CoboExchange, context: CheckContext): Promise<Outcome | undefined> {
  const { verified, caller } = exchange
  const { dialect } = exchange.route
  if (verified === undefined || caller === undefined) throw new Error('read before verified')
  const reading = readCoboRequest(dialect, verified.content)
  switch (reading.result) {
    case 'unidentified':
      context.log.debug({ dialect, caller: caller.name, reason: reading.reason }, 'no request id')
      return { result: 'unidentified' }
    case 'ping':
      return { result: 'ping', requestId: reading.requestId, ready: await isReady(context) }
    case 'malformed':
    case 'request':
      exchange.callback = {
        dialect,
        caller,
        callerId: caller.name,
        callerFingerprint: verified.fingerprint,
        token: verified.token,
        digest: verified.digest,
        content: verified.content,
        requestId: reading.result === 'request' ? reading.request.requestId : reading.requestId,
        kind: (reading.result === 'request' ? reading.request.kind : reading.kind) ?? 'unknown',
        reading,
        receivedAtMs: exchange.receivedAtMs,
      }
      return undefined
    default:
      throw new Error(`unknown reading ${String(reading satisfies never)}`)
  }
}

async function isReady(context: CheckContext): Promise<boolean> {
  try {
    return (await within(context.limits.readyMsMax, context.isReady())) === true
  } catch (err) {
    context.log.error({ err }, 'readiness could not be determined')
    return false
  }
}
