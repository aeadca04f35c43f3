import { parseStrictJson, ProtocolFault, verifyFireblocksToken, verifyPackageToken } from '@callback-quorum/protocol'
import {
  loadCallers,
  type Caller,
  type CommonConfig,
  type ConfigFile,
  type VerifiedCallback,
} from '@callback-quorum/service'
import { CommandFailed, UsageError } from '../faults.ts'
import { coboCallback, COBO_DIALECT_NAMES, type CoboOptions } from './business-lookup-cobo.ts'
import { fireblocksCallback, type FireblocksOptions } from './business-lookup-fireblocks.ts'
import type { SaidBy } from './business-lookup-said-by.ts'

/** How a file with one request is to be read. */
export interface RequestOptions extends CoboOptions, FireblocksOptions {
  /** Name of the caller, for a request without a signature. */
  readonly caller?: string
}

export interface ReadRequest {
  readonly callback: VerifiedCallback
  /** Of a token whose time is over: until when it could have been asked with. */
  readonly expiredAt?: Date
}

/**
 * One request as a node or a Co-signer sends it: a token, whose signature must be of a caller of the configuration, or the decoded request as JSON, with
 * the name of the caller. A token whose time is over is verified as of its last moment: it is read here and not answered.
 */
export async function readRequest(
  text: string,
  o: RequestOptions,
  { value, directory }: ConfigFile<CommonConfig>,
): Promise<ReadRequest> {
  const callers = await loadCallers(value, directory)
  const written = text.trim().replace(/^"(.*)"$/s, '$1')
  const { expiredAt, ...said } = written.startsWith('eyJ')
    ? await verified(written, callers)
    : {
        content: Buffer.from(text),
        token: text,
        caller: callerOf(o, callers),
        fingerprint: 'unsigned',
        expiredAt: undefined,
      }
  if (o.caller !== undefined && o.caller !== said.caller.name)
    throw new UsageError(`--caller ${o.caller}: the token is signed by ${said.caller.name}`)
  if (!hasCobo(said.caller) && o.dialect !== undefined)
    throw new UsageError(`--dialect ${o.dialect} is none of the caller ${said.caller.name}`)
  const callback = hasCobo(said.caller) ? coboCallback(said, o) : fireblocksCallback(said, o)
  return { callback, ...(expiredAt && { expiredAt }) }
}

const hasCobo = (caller: Caller): boolean => COBO_DIALECT_NAMES.some((dialect) => caller.dialects.includes(dialect))

function callerOf({ caller: name }: RequestOptions, callers: readonly Caller[]): Caller {
  const names = callers.map((known) => known.name)
  if (name === undefined)
    throw new UsageError(`a package without a signature: --caller says whose it is; expected of ${names.join(', ')}`)
  const caller = callers.find((known) => known.name === name)
  if (caller === undefined)
    throw new UsageError(`--caller ${name} is not in the configuration; expected of ${names.join(', ')}`)
  return caller
}

async function verified(
  token: string,
  callers: readonly Caller[],
): Promise<SaidBy & { readonly expiredAt: Date | undefined }> {
  const nowMs = Date.now()
  const expiresAtMs = claimedExpiry(token)
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= nowMs
  const atMs = isExpired ? expiresAtMs - 1 : nowMs
  const [cobo, fireblocks] = [callers.filter(hasCobo), callers.filter((caller) => !hasCobo(caller))]
  const keysOf = (some: readonly Caller[]) => some.flatMap((caller) => caller.keys)
  const attempts = [
    ...(cobo.length === 0 ? [] : [() => verifyPackageToken(token, keysOf(cobo), atMs)]),
    ...(fireblocks.length === 0 ? [] : [() => verifyFireblocksToken(Buffer.from(token), keysOf(fireblocks), atMs)]),
  ]
  const reasons = new Set<string>()
  for (const attempt of attempts)
    try {
      const { content, owner, fingerprint } = await attempt()
      const caller = callers.find(({ name }) => name === owner)
      if (caller === undefined) throw new Error(`invariant: the key of ${owner} is a caller's`)
      return { content, token, caller, fingerprint, expiredAt: isExpired ? new Date(expiresAtMs) : undefined }
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error
      reasons.add(error.message)
    }
  throw new CommandFailed(`the token is not one of a caller: ${[...reasons].join('; ')}`)
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
