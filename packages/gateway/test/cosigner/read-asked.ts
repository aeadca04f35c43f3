import {
  COBO_CHECK_PATHS,
  FIREBLOCKS_PATHS,
  ProtocolFault,
  readCoboRequest,
  readFireblocksRequest,
  verifyFireblocksToken,
  verifyJsonWrap,
  verifyPackageToken,
  type Dialect,
  type Digest,
  type FireblocksEndpoint,
  type Kind,
} from '@callback-quorum/protocol'
import type { DoubleOptions } from './checker-double.ts'

/** What a double was asked, as it verified and read it for itself. */
export interface Asked {
  readonly path: string
  /** Content type of the body. */
  readonly type: string
  readonly body: string
  readonly token: string
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly digest: Digest
  readonly content: Uint8Array
  readonly callerFingerprint: string
  readonly signerId?: string
}

type Read = Omit<Asked, 'path' | 'type' | 'body'>

/** Throws for what no caller of `options` signed, or what cannot be read: a test then sees a fault instead of a verdict. */
export async function readAsked(path: string, token: string, options: DoubleOptions): Promise<Asked> {
  const unread = { path, type: '', body: token }
  if (path === COBO_CHECK_PATHS['cobo-v2']) return { ...unread, ...(await readCobo(token, options)) }
  const { tx, config } = FIREBLOCKS_PATHS['fireblocks-jwt']
  if (path !== tx && path !== config) throw new Error(`asked at ${path}`)
  return { ...unread, ...(await readFireblocks(path === tx ? 'tx' : 'config', token, options)) }
}

async function readCobo(token: string, { callerKeys }: DoubleOptions): Promise<Read> {
  const { content, digest, fingerprint } = await verifyPackageToken(token, callerKeys, Date.now())
  const reading = readCoboRequest('cobo-v2', content)
  if (reading.result !== 'request') throw new Error(reading.result)
  const { requestId, kind } = reading.request
  return { token, dialect: 'cobo-v2', kind, requestId, digest, content, callerFingerprint: fingerprint }
}

async function readFireblocks(endpoint: FireblocksEndpoint, token: string, options: DoubleOptions): Promise<Read> {
  const body = Buffer.from(token)
  const wrap = await verifyJsonWrap(body, options.internalKeys, Date.now(), endpoint).catch((error: unknown) => {
    if (error instanceof ProtocolFault) return undefined
    throw error
  })
  const verified = wrap ?? (await verifyFireblocksToken(body, options.callerKeys, Date.now()))
  const reading = readFireblocksRequest(endpoint, verified.content)
  if (reading.result !== 'request') throw new Error(reading.result)
  const signerId = wrap?.signerId ?? reading.signerId
  const isApprover = signerId !== undefined && options.approvers.includes(signerId)
  return {
    token,
    dialect: wrap === undefined ? 'fireblocks-jwt' : 'fireblocks-json',
    kind: endpoint === 'config' ? 'config-change' : isApprover ? 'tx-approval' : 'tx-signing',
    requestId: reading.requestId,
    digest: verified.digest,
    content: verified.content,
    callerFingerprint: verified.fingerprint,
    ...(signerId === undefined ? {} : { signerId }),
  }
}
