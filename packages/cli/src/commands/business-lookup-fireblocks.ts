import {
  digestOf,
  parseWrittenJson,
  ProtocolFault,
  readFireblocksRequest,
  stageOf,
  type FireblocksDialect,
  type FireblocksEndpoint,
  type FireblocksReading,
} from '@callback-quorum/protocol'
import type { Caller, FireblocksCallback } from '@callback-quorum/service'
import { CommandFailed, UsageError } from '../faults.ts'
import type { SaidBy } from './business-lookup-said-by.ts'

type Signer = Caller['signers'] extends ReadonlyMap<string, infer Known> ? Known : never

const DIALECTS: readonly FireblocksDialect[] = ['fireblocks-jwt', 'fireblocks-json']

export interface FireblocksOptions {
  /** The API user, where the request of an old Co-signer names none. */
  readonly signerId?: string
}

/**
 * A Co-signer's request, of whichever endpoint its content is. The kind follows from the role of its API user, as at the listener. Throws CommandFailed for
 * what is no request of one of the caller's API users.
 */
export function fireblocksCallback(
  { caller, fingerprint, content, token }: SaidBy,
  o: FireblocksOptions,
): FireblocksCallback {
  const dialect = DIALECTS.find((known) => caller.dialects.includes(known))
  if (dialect === undefined) throw new Error('invariant: a caller that is no node is a Co-signer')
  const endpoint = endpointOf(content)
  const reading = readFireblocksRequest(endpoint, content)
  if (reading.result !== 'request') throw new CommandFailed(`it is no request that is understood: ${reading.reason}`)
  const [signerId, signer] = signerOf(reading, o, caller)
  return {
    caller,
    callerId: `${caller.name}/${signerId}`,
    callerFingerprint: fingerprint,
    token,
    digest: digestOf(content),
    content,
    requestId: reading.requestId,
    kind: kindOf(reading, signer),
    receivedAtMs: Date.now(),
    dialect,
    endpoint,
    signerId,
    reading,
  }
}

type Read = Extract<FireblocksReading, { result: 'request' }>

/** Neither names its endpoint; only a change of the workspace has a type, and only a transaction an id and an operation. */
function endpointOf(content: Uint8Array): FireblocksEndpoint {
  const isNamed = (members: object, name: string): boolean =>
    Object.entries(members).some(([member, value]) => member === name && value !== null)
  try {
    const members = parseWrittenJson(content)
    if (typeof members !== 'object' || members === null) return 'tx'
    return isNamed(members, 'type') && !isNamed(members, 'txId') && !isNamed(members, 'operation') ? 'config' : 'tx'
  } catch (error) {
    if (error instanceof ProtocolFault) return 'tx'
    throw error
  }
}

function signerOf(
  { signerId: named }: Read,
  { signerId: given }: FireblocksOptions,
  { name, signers }: SaidBy['caller'],
): readonly [id: string, signer: Signer] {
  if (named !== undefined && given !== undefined && named !== given)
    throw new UsageError(`--signer-id ${given}: the request is for ${named}`)
  const [only, ...others] = signers.keys()
  const id = named ?? given ?? (others.length === 0 ? only : undefined)
  if (id === undefined)
    throw new UsageError(
      `the request names no API user: --signer-id says which; expected of ${[...signers.keys()].join(', ')}`,
    )
  const signer = signers.get(id)
  if (signer === undefined) throw new CommandFailed(`${id} is none of the API users of ${name}`)
  return [id, signer]
}

function kindOf({ request }: Read, { role }: Signer): 'tx-approval' | 'tx-signing' | 'config-change' {
  if (request.endpoint === 'config') return 'config-change'
  switch (role) {
    case 'signer':
      return 'tx-signing'
    case 'approver':
      if (stageOf(request) === 'approval') return 'tx-approval'
      throw new CommandFailed('it asks an API user that only approves for a signature')
    default:
      return role satisfies never
  }
}
