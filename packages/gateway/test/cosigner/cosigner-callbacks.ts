import type { KeyObject } from 'node:crypto'
import {
  digestOf,
  readCoboRequest,
  readFireblocksRequest,
  stageOf,
  type FireblocksEndpoint,
  type Kind,
} from '@callback-quorum/protocol'
import type { Caller, CoboCallback, FireblocksCallback, FireblocksRead } from '@callback-quorum/service'
import { payment } from '../payment.ts'
import { compactToken } from './compact-token.ts'

export interface AskedOf {
  readonly caller: Caller
  readonly key: KeyObject
  readonly signerId: string
}

/** A transfer as a Co-signer words it; `fee` makes it one that is to be signed (protocol/fireblocks.md 2.1). */
export const transfer = (requestId: string, change: Readonly<Record<string, unknown>> = {}): object => ({
  txId: requestId,
  requestId,
  operation: 'TRANSFER',
  sourceType: 'VAULT',
  sourceId: '0',
  destType: 'ONE_TIME_ADDRESS',
  asset: 'ETH_TEST5',
  amountStr: '0.01',
  destAddress: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  ...change,
})

export const walletChange = (requestId: string): object => ({
  requestId,
  type: 'UNMANAGED_WALLET',
  extraInfo: { subType: 'EXTERNAL', asset: 'BTC_TEST', address: 'tb1qdemonstration' },
})

/** What the HTTP layer hands over for this content: read, and of the kind that the role of the API user makes it. */
export function callbackOf(
  { caller, key, signerId }: AskedOf,
  content: object,
  endpoint: FireblocksEndpoint = 'tx',
): FireblocksCallback {
  const isJson = caller.dialects.includes('fireblocks-json')
  // Bare JSON without it, as of a Co-signer of old: then only the wrap says which API user is asked for.
  const bytes = Buffer.from(JSON.stringify(isJson ? content : { ...content, signerId }))
  const found = readFireblocksRequest(endpoint, bytes)
  if (found.result === 'unidentified') throw new Error(found.reason)
  const { kind, reading } = judgedByRole(caller.signers.get(signerId)?.role, endpoint, found)
  return {
    caller,
    callerId: caller.signers.size > 1 ? `${caller.name}/${signerId}` : caller.name,
    callerFingerprint: isJson ? 'unsigned' : (caller.keys[0]?.fingerprint ?? ''),
    token: isJson ? bytes.toString() : compactToken(bytes, key),
    digest: digestOf(bytes),
    content: bytes,
    requestId: found.requestId,
    kind,
    receivedAtMs: Date.now(),
    dialect: isJson ? 'fireblocks-json' : 'fireblocks-jwt',
    endpoint,
    signerId,
    reading,
  }
}

function judgedByRole(
  role: 'signer' | 'approver' | undefined,
  endpoint: FireblocksEndpoint,
  reading: FireblocksRead,
): { kind: Kind; reading: FireblocksRead } {
  if (endpoint === 'config') return { kind: 'config-change', reading }
  if (role === 'signer') return { kind: 'tx-signing', reading }
  const contradicts =
    reading.result === 'request' && reading.request.endpoint === 'tx' && stageOf(reading.request) !== 'approval'
  return {
    kind: 'tx-approval',
    reading: contradicts
      ? { result: 'malformed', code: 'STAGE_CONTRADICTS', reason: 'an approver is asked to sign' }
      : reading,
  }
}

/** A payment that a Cobo node asks about. */
export function nodeCallback(caller: Caller, key: KeyObject, requestId: string): CoboCallback {
  const content = Buffer.from(JSON.stringify(payment(requestId)))
  const reading = readCoboRequest('cobo-v2', content)
  if (reading.result !== 'request') throw new Error(reading.result)
  const exp = Math.floor(Date.now() / 1_000) + 60
  return {
    caller,
    callerId: caller.name,
    callerFingerprint: caller.keys[0]?.fingerprint ?? '',
    token: compactToken({ package_data: content.toString('base64'), iss: 'node', exp }, key),
    digest: digestOf(content),
    content,
    requestId,
    kind: 'keysign',
    receivedAtMs: Date.now(),
    dialect: 'cobo-v2',
    reading,
  }
}
