import { digestOf, readCoboRequest, type CoboDialect } from '@callback-quorum/protocol'
import type { Caller, CoboCallback } from '@callback-quorum/service'
import { CommandFailed, UsageError } from '../faults.ts'
import type { SaidBy } from './business-lookup-said-by.ts'

export const COBO_DIALECT_NAMES: readonly CoboDialect[] = ['cobo-v1', 'cobo-v2']

export interface CoboOptions {
  readonly dialect?: CoboDialect
}

/** A node's request to sign a payment. Throws CommandFailed for everything else. */
export function coboCallback({ caller, fingerprint, content, token }: SaidBy, o: CoboOptions): CoboCallback {
  const dialect = dialectOf(o, caller)
  const reading = readCoboRequest(dialect, content)
  switch (reading.result) {
    case 'request': {
      const { kind, requestId } = reading.request
      if (kind !== 'keysign') throw new CommandFailed(`it is a request of the kind ${kind}, which pays nothing`)
      return {
        caller,
        callerId: caller.name,
        callerFingerprint: fingerprint,
        token,
        digest: digestOf(content),
        content,
        requestId,
        kind,
        receivedAtMs: Date.now(),
        dialect,
        reading,
      }
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

function dialectOf({ dialect }: CoboOptions, { name, dialects }: Caller): CoboDialect {
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
