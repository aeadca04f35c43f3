import {
  checkJsonTimes,
  digestOf,
  ProtocolFault,
  readFireblocksRequest,
  stageOf,
  verifyFireblocksToken,
  verifyJsonWrap,
  type Kind,
} from '@callback-quorum/protocol'
import type { Signer } from '../keys/index.ts'
import type { FireblocksRead } from './answer.ts'
import { callerSigner } from './caller-signer.ts'
import type { AskedBody, CheckContext, FireblocksExchange } from './exchange.ts'
import { bodyRefused, signerRefused, tokenRefused, type Outcome } from './outcome.ts'

export function takeBody(exchange: FireblocksExchange): Outcome | undefined {
  const { admission } = exchange
  if (admission.result === 'refused') return bodyRefused(admission.cause)
  if (admission.result !== 'read') return { result: admission.result }
  if (!(admission.body instanceof Uint8Array)) throw new Error('a body that was not read as bytes')
  exchange.body = admission.body
  return undefined
}

/** Of JSON the socket was looked at already, and more there is not: its listener serves nobody else. */
export async function verifyBody(exchange: FireblocksExchange, context: CheckContext): Promise<Outcome | undefined> {
  const { body, route } = exchange
  if (body === undefined) throw new Error('verified before a body was taken')
  try {
    exchange.asked =
      route.dialect === 'fireblocks-json' ? ofJson(exchange, body, context) : await ofToken(exchange, body, context)
  } catch (err) {
    if (!(err instanceof ProtocolFault)) throw err
    context.log.debug({ dialect: route.dialect, code: err.code, detail: err.detail }, 'token not verified')
    return tokenRefused(err)
  }
  return undefined
}

function ofJson({ route }: FireblocksExchange, body: Uint8Array, { clock }: CheckContext): AskedBody {
  checkJsonTimes(body, clock.nowMs())
  return {
    dialect: 'fireblocks-json',
    token: Buffer.from(body).toString('utf8'),
    content: body,
    digest: digestOf(body),
    fingerprint: 'unsigned',
    // Its listener is its proof, and says who it is where one alone may ask there.
    ...(route.callers.length === 1 && { owner: route.callers[0]?.name }),
    callers: route.callers,
  }
}

async function ofToken(exchange: FireblocksExchange, body: Uint8Array, context: CheckContext): Promise<AskedBody> {
  const { callers, dialect } = exchange.route
  const keys = callers.flatMap((caller) => caller.keys)
  try {
    const verified = await verifyFireblocksToken(body, keys, context.clock.nowMs())
    const { token, content, digest, fingerprint, owner } = verified
    return {
      dialect,
      token,
      content,
      digest,
      fingerprint,
      owner,
      callers: callers.filter((c) => c.name === verified.owner),
    }
  } catch (err) {
    const { wrapKeys = [] } = context
    const mayBeWrap = err instanceof ProtocolFault && err.code === 'ERR_PROTOCOL_TOKEN_HEADER' && wrapKeys.length > 0
    if (!mayBeWrap) throw err
    return ofWrap(exchange, body, context)
  }
}

async function ofWrap({ route }: FireblocksExchange, body: Uint8Array, context: CheckContext): Promise<AskedBody> {
  const wrap = await verifyJsonWrap(body, context.wrapKeys ?? [], context.clock.nowMs(), route.endpoint)
  const { token, content, digest, fingerprint, owner, signerId } = wrap
  return {
    dialect: 'fireblocks-json',
    token,
    content,
    digest,
    fingerprint,
    owner,
    callers: route.wrappedCallers,
    wrap: signerId === undefined ? {} : { signerId },
  }
}

export function readRequest(exchange: FireblocksExchange, context: CheckContext): Outcome | undefined {
  const { asked, route } = exchange
  if (asked === undefined) throw new Error('read before verified')
  const reading = readFireblocksRequest(route.endpoint, asked.content)
  if (reading.result === 'unidentified') {
    const [caller, ...others] = asked.callers
    if (caller !== undefined && others.length === 0) exchange.caller = caller
    context.log.debug({ dialect: asked.dialect, reason: reading.reason }, 'no request id')
    return { result: 'unidentified' }
  }
  exchange.reading = reading
  return undefined
}

/** Who asks is (key or listener, API user): a body of another API user, or one asked below its path, comes from nobody. */
export function findSigner(exchange: FireblocksExchange): Outcome | undefined {
  const { asked, reading, route } = exchange
  if (asked === undefined || reading === undefined) throw new Error('a signer before a request')
  const found = callerSigner(asked, reading, route.path)
  if (typeof found === 'string') return signerRefused(found, asked.owner)
  const { caller, signerId, signer } = found
  exchange.caller = caller
  exchange.release()
  exchange.callback = {
    dialect: asked.dialect,
    endpoint: route.endpoint,
    caller,
    callerId: `${caller.name}/${signerId}`,
    callerFingerprint: asked.fingerprint,
    signerId,
    token: asked.token,
    digest: asked.digest,
    content: asked.content,
    requestId: reading.requestId,
    kind: kindOf(exchange, signer),
    reading: readAs(signer, reading),
    receivedAtMs: exchange.receivedAtMs,
  }
  return undefined
}

/** The role decides, never the look of the request: what is not marked as signing may be signed all the same. */
function kindOf({ route }: FireblocksExchange, { role }: Signer): Kind {
  if (route.endpoint === 'config') return 'config-change'
  return role === 'signer' ? 'tx-signing' : 'tx-approval'
}

/** An approver that is asked for what may be a signature is asked wrongly. */
function readAs({ role }: Signer, reading: NonNullable<FireblocksExchange['reading']>): FireblocksRead {
  if (reading.result === 'malformed' || reading.request.endpoint === 'config' || role === 'signer') return reading
  const stage = stageOf(reading.request)
  if (stage === 'approval') return reading
  return {
    result: 'malformed',
    code: 'STAGE_CONTRADICTS',
    reason: `an approver is asked at the stage of ${stage === 'signing' ? 'signing' : 'neither approval nor signing alone'}`,
  }
}
