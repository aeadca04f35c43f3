import {
  type Dialect,
  digestOf,
  FIREBLOCKS_PATHS,
  type FireblocksDialect,
  type FireblocksEndpoint,
  type FireblocksReading,
  type Kind,
  ProtocolFault,
  readFireblocksRequest,
  stageOf,
  type VerificationKey,
  verifyFireblocksToken,
  verifyJsonWrap,
} from '@callback-quorum/protocol'

export interface CosignerPath {
  readonly endpoint: FireblocksEndpoint
  /** Of the path: `/v2` asks in tokens. */
  readonly messages: FireblocksDialect
}

/** A Co-signer's question as a double sees it. */
export interface CosignerQuestion {
  /** `fireblocks-json` also for a body that a gateway wrapped. */
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly signerId?: string
  readonly content: Uint8Array
  readonly digest: ReturnType<typeof digestOf>
  /** Of the key that signed; empty for plain JSON, which nobody signs. */
  readonly fingerprint: string
  readonly reading: FireblocksReading
}

const PATHS = (['fireblocks-jwt', 'fireblocks-json'] as const).flatMap((messages) =>
  (['tx', 'config'] as const).map((endpoint) => ({ path: FIREBLOCKS_PATHS[messages][endpoint], messages, endpoint })),
)

/** Under any prefix; the `/v2` paths end in the others, so they come first. */
export function cosignerPathOf(path: string): CosignerPath | undefined {
  const found = PATHS.find((known) => path.endsWith(known.path))
  return found && { endpoint: found.endpoint, messages: found.messages }
}

/** Undefined for what does not verify: with no key at all nothing does, but plain JSON is anybody's. */
export async function readCosignerQuestion(
  { endpoint, messages }: CosignerPath,
  body: string,
  keys: { readonly callers: readonly VerificationKey[]; readonly wraps: readonly VerificationKey[] },
  nowMs: number,
): Promise<CosignerQuestion | undefined> {
  const bytes = new TextEncoder().encode(body)
  if (messages === 'fireblocks-json') {
    return questionOf('fireblocks-json', endpoint, { content: bytes, digest: digestOf(bytes), fingerprint: '' })
  }
  const token = await orUndefined(verifyFireblocksToken(bytes, keys.callers, nowMs))
  if (token !== undefined) return questionOf('fireblocks-jwt', endpoint, token)
  const wrap = await orUndefined(verifyJsonWrap(bytes, keys.wraps, nowMs, endpoint))
  return wrap && questionOf('fireblocks-json', endpoint, wrap, wrap.signerId)
}

function questionOf(
  dialect: FireblocksDialect,
  endpoint: FireblocksEndpoint,
  { content, digest, fingerprint }: Pick<CosignerQuestion, 'content' | 'digest' | 'fingerprint'>,
  wrappedFor?: string,
): CosignerQuestion {
  const reading = readFireblocksRequest(endpoint, content)
  const signerId = (reading.result === 'unidentified' ? undefined : reading.signerId) ?? wrappedFor
  return {
    dialect,
    kind: endpoint === 'config' ? 'config-change' : stageKind(reading),
    requestId: reading.result === 'unidentified' ? '' : reading.requestId,
    ...(signerId !== undefined && { signerId }),
    content,
    digest,
    fingerprint,
    reading,
  }
}

/** A double knows no roles; it goes by what the request looks like. */
function stageKind(reading: FireblocksReading): Kind {
  if (reading.result !== 'request' || reading.request.endpoint !== 'tx') return 'tx-signing'
  return stageOf(reading.request) === 'approval' ? 'tx-approval' : 'tx-signing'
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined
    throw error
  }
}
