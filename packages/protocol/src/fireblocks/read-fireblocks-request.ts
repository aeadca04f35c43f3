import type { z } from 'zod'
import { REQUEST_ID_LENGTH_MAX } from '../cobo/read-cobo-request.ts'
import { hasControlCharacter } from '../cobo/wire-schema.ts'
import { printableText } from '../printable-text.ts'
import { isWrittenObject, tryWrittenJson } from '../strict-json.ts'
import type { WrittenJson, WrittenObject } from '../strict-json.ts'
import {
  addressInfo,
  configType,
  connectionRoutingInfo,
  networkConnectionInfo,
  networkIdRoutingInfo,
  thirdPartyInfo,
} from './config-schema.ts'
import type { FireblocksConfigChange, FireblocksRequest } from './fireblocks-request.ts'
import type { FireblocksEndpoint } from './fireblocks-paths.ts'
import { fireblocksTransaction } from './transaction-schema.ts'
import { anyJson, jsonOrText } from './written-schema.ts'

export type FireblocksMalformedCode =
  'SIGNER_ID_INVALID' | 'TX_ID_INVALID' | 'TRANSACTION_INVALID' | 'CONFIG_TYPE_INVALID' | 'CONFIG_INFO_INVALID'

export type FireblocksReading =
  /** No request id to answer to: HTTP 400. */
  | { readonly result: 'unidentified'; readonly reason: string }
  /** Identified but not understood: a signed REJECT, recorded. */
  | {
      readonly result: 'malformed'
      readonly requestId: string
      readonly signerId?: string
      readonly code: FireblocksMalformedCode
      readonly reason: string
    }
  | {
      readonly result: 'request'
      readonly requestId: string
      /** The API user that is asked for; Co-signers of old leave it out. */
      readonly signerId?: string
      readonly txId?: string
      readonly request: FireblocksRequest
    }

type Malformed = Extract<FireblocksReading, { result: 'malformed' }>
type Refusal = Pick<Malformed, 'code' | 'reason'>

const REASON_LENGTH_MAX = 300

/** Reads the signed content of a Co-signer's request (protocol/fireblocks.md 2, 3). Never throws on any content. */
export function readFireblocksRequest(endpoint: FireblocksEndpoint, content: Uint8Array): FireblocksReading {
  const base = tryWrittenJson(content)
  if (!isWrittenObject(base)) return { result: 'unidentified', reason: 'content is not a strict JSON object' }
  const requestId = readableId(base.requestId)
  if (requestId === undefined) return { result: 'unidentified', reason: 'no readable requestId' }

  const signerId = optionalId(base.signerId)
  if (signerId === 'unreadable') {
    return { result: 'malformed', requestId, code: 'SIGNER_ID_INVALID', reason: 'signerId is no readable id' }
  }
  const txId = endpoint === 'tx' ? optionalId(base.txId) : {}
  const read: Refusal | { readonly request: FireblocksRequest } =
    txId === 'unreadable'
      ? { code: 'TX_ID_INVALID', reason: 'txId is no readable id' }
      : endpoint === 'tx'
        ? readTransaction(base)
        : readConfigChange(base)
  const identity = { requestId, ...(signerId.id !== undefined && { signerId: signerId.id }) }
  if ('code' in read) return { result: 'malformed', ...identity, ...read }
  return {
    result: 'request',
    ...identity,
    ...(txId !== 'unreadable' && txId.id !== undefined && { txId: txId.id }),
    ...read,
  }
}

function readTransaction(base: WrittenObject): Refusal | { readonly request: FireblocksRequest } {
  // A change of the workspace, or anything else, that was signed for another endpoint.
  if ((base.txId ?? null) === null && (base.operation ?? null) === null) {
    return { code: 'TRANSACTION_INVALID', reason: 'names neither a transaction nor an operation' }
  }
  const transaction = readAs(fireblocksTransaction, base, '', 'TRANSACTION_INVALID')
  return 'code' in transaction ? transaction : { request: { endpoint: 'tx', ...transaction.value } }
}

function readConfigChange(base: WrittenObject): Refusal | { readonly request: FireblocksConfigChange } {
  const named = readAs(configType, base.type, 'type', 'CONFIG_TYPE_INVALID')
  if ('code' in named) return named
  const endpoint = 'config'
  const type = named.value
  const info = base.extraInfo
  if (typeof type !== 'string') return readInfo(info, anyJson, (extraInfo) => ({ endpoint, type, ...extraInfo }))
  switch (type) {
    case 'UNMANAGED_WALLET':
      return readInfo(info, addressInfo, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    case 'EXCHANGE':
    case 'FIAT_ACCOUNT':
      return readInfo(info, thirdPartyInfo, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    case 'ADD_NETWORK_CONNECTION':
      return readInfo(info, networkConnectionInfo, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    case 'SET_NETWORK_CONNECTION_ROUTING_POLICY':
      return readInfo(info, connectionRoutingInfo, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    case 'SET_NETWORK_ID_POLICY':
      return readInfo(info, networkIdRoutingInfo, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    case 'ADD_USER':
    case 'RE_ENROLL_DEVICE':
    case 'ENABLE_ONE_TIME_ADDRESS':
    case 'CHANGE_QUORUM_THRESHOLD':
    case 'UPDATE_APPROVAL_GROUP_MAPPING':
    case 'USERS_GROUP_APPROVAL':
    case 'POLICY_APPROVAL':
    case 'POLICY_CHANGE':
      return readInfo(info, anyJson, (extraInfo) => ({ endpoint, type, ...extraInfo }))
    default:
      return type satisfies never
  }
}

function readInfo<S extends z.ZodType>(
  value: WrittenJson | undefined,
  schema: S,
  build: (info: { readonly extraInfo?: NonNullable<z.output<S>> }) => FireblocksConfigChange,
): Refusal | { readonly request: FireblocksConfigChange } {
  if (value === undefined || value === null) return { request: build({}) }
  const read = readAs(jsonOrText(schema), value, 'extraInfo', 'CONFIG_INFO_INVALID')
  if ('code' in read) return read
  const extraInfo = read.value
  return { request: build(extraInfo === undefined || extraInfo === null ? {} : { extraInfo }) }
}

function readAs<S extends z.ZodType>(
  schema: S,
  value: unknown,
  member: string,
  code: FireblocksMalformedCode,
): Refusal | { readonly value: z.output<S> } {
  const result = schema.safeParse(value)
  if (result.success) return { value: result.data }
  const [issue] = result.error.issues
  const path = [member, ...(issue?.path.map(String) ?? [])].filter((name) => name !== '').join('.')
  return { code, reason: printableText(`member ${path}: ${issue?.message ?? 'invalid'}`, REASON_LENGTH_MAX) }
}

function readableId(value: WrittenJson | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > REQUEST_ID_LENGTH_MAX) return undefined
  return hasControlCharacter(value) ? undefined : value
}

/** Absent and null name nobody; anything else must be an id. */
function optionalId(value: WrittenJson | undefined): { readonly id?: string } | 'unreadable' {
  if (value === undefined || value === null) return {}
  const id = readableId(value)
  return id === undefined ? 'unreadable' : { id }
}
