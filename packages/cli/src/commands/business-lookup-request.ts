import {
  digestOf,
  parseStrictJson,
  ProtocolFault,
  readCoboRequest,
  verifyPackageToken,
  type CoboDialect,
  type CoboRequest,
  type Digest,
} from '@callback-quorum/protocol'
import { loadCallers, type Caller, type CommonConfig, type ConfigFile } from '@callback-quorum/service'
import { CommandFailed, UsageError } from '../faults.ts'

export const COBO_DIALECT_NAMES: readonly CoboDialect[] = ['cobo-v1', 'cobo-v2']

/** How a file with one request is to be read. */
export interface RequestOptions {
  readonly dialect?: CoboDialect
  /** Name of the caller, for a package without a signature. */
  readonly caller?: string
}

export interface ReadRequest {
  readonly request: CoboRequest
  readonly caller: Caller
  readonly digest: Digest
  /** Of a token whose time is over: until when it could have been asked with. */
  readonly expiredAt?: Date
}

/**
 * One request as a node sends it: a token, whose signature must be of a caller of the configuration, or the decoded package as JSON, with the name of the
 * caller. A token whose time is over is verified as of its last moment: it is read here and not answered.
 */
export async function readRequest(
  text: string,
  o: RequestOptions,
  { value, directory }: ConfigFile<CommonConfig>,
): Promise<ReadRequest> {
  const callers = await loadCallers(value, directory)
  const written = text.trim().replace(/^"(.*)"$/s, '$1')
  const { content, caller, expiredAt } = written.startsWith('eyJ')
    ? await verified(written, callers)
    : { content: Buffer.from(text), caller: callerOf(o, callers), expiredAt: undefined }
  if (o.caller !== undefined && o.caller !== caller.name)
    throw new UsageError(`--caller ${o.caller}: the token is signed by ${caller.name}`)
  const reading = readCoboRequest(dialectOf(o, caller), content)
  switch (reading.result) {
    case 'request': {
      if (reading.request.kind !== 'keysign')
        throw new CommandFailed(`it is a request of the kind ${reading.request.kind}, which pays nothing`)
      return { request: reading.request, caller, digest: digestOf(content), ...(expiredAt && { expiredAt }) }
    }
    case 'malformed':
    case 'unidentified':
      throw new CommandFailed(`it is no request that is understood: ${reading.reason}`)
    case 'ping':
      throw new CommandFailed('it is a ping, which pays nothing')
    default:
      return reading satisfies never
  }
}

const hasCobo = (caller: Caller): boolean => COBO_DIALECT_NAMES.some((dialect) => caller.dialects.includes(dialect))

function callerOf({ caller: name }: RequestOptions, callers: readonly Caller[]): Caller {
  const names = callers.filter(hasCobo).map((known) => known.name)
  if (name === undefined)
    throw new UsageError(`a package without a signature: --caller says whose it is; expected of ${names.join(', ')}`)
  const caller = callers.find((known) => known.name === name && hasCobo(known))
  if (caller === undefined)
    throw new UsageError(`--caller ${name} is not in the configuration; expected of ${names.join(', ')}`)
  return caller
}

function dialectOf({ dialect }: RequestOptions, { name, dialects }: Caller): CoboDialect {
  const [only, ...others] = COBO_DIALECT_NAMES.filter((known) => dialects.includes(known))
  if (dialect !== undefined) {
    if (!dialects.includes(dialect)) throw new UsageError(`--dialect ${dialect} is none of the caller ${name}`)
    return dialect
  }
  if (only === undefined || others.length > 0)
    throw new UsageError(
      `the caller ${name} has several dialects: --dialect says which; expected of ${dialects.join(', ')}`,
    )
  return only
}

async function verified(
  token: string,
  callers: readonly Caller[],
): Promise<{ readonly content: Uint8Array; readonly caller: Caller; readonly expiredAt: Date | undefined }> {
  const nowMs = Date.now()
  const expiresAtMs = claimedExpiry(token)
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= nowMs
  try {
    const keys = callers.filter(hasCobo).flatMap((caller) => caller.keys)
    const { content, owner } = await verifyPackageToken(token, keys, isExpired ? expiresAtMs - 1 : nowMs)
    const caller = callers.find(({ name }) => name === owner)
    if (caller === undefined) throw new Error(`invariant: the key of ${owner} is a caller's`)
    return { content, caller, expiredAt: isExpired ? new Date(expiresAtMs) : undefined }
  } catch (error) {
    if (error instanceof ProtocolFault) throw new CommandFailed(`the token is not one of a caller: ${error.message}`)
    throw error
  }
}

/** What an unverified token says of its end, Unix milliseconds. */
function claimedExpiry(token: string): number | undefined {
  try {
    const claims = parseStrictJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined
    return typeof claims.exp === 'number' && Number.isSafeInteger(claims.exp * 1_000) ? claims.exp * 1_000 : undefined
  } catch {
    return undefined
  }
}
