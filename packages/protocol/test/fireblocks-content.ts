import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFireblocksRequest } from '../src/index.ts'
import type {
  FireblocksConfigChange,
  FireblocksEndpoint,
  FireblocksReading,
  FireblocksTransaction,
} from '../src/index.ts'
import { verificationKeyOf } from './signing-keys.ts'

export type Members = Readonly<Record<string, unknown>>

interface Published {
  readonly jwt: string
  readonly decoded_payload: Members
}

interface FireblocksVectors {
  readonly published_test_public_key_pem: string
  readonly request: Published
  readonly response: Published
  readonly request_with_obfuscated_signature: Pick<Published, 'jwt'>
  readonly btc_request: Pick<Published, 'decoded_payload'>
  readonly third_party_shapes: {
    readonly member_order: readonly string[]
    readonly destination_member_order: readonly string[]
  }
  readonly response_in_the_wrong_case: Pick<Published, 'decoded_payload'>
}

export const vectors = JSON.parse(
  readFileSync(new URL('vectors/fireblocks.json', import.meta.url), 'utf8'),
) as FireblocksVectors

/** Published with the documentation; it protects nothing. */
export const publishedKey = verificationKeyOf('docs', createPublicKey(vectors.published_test_public_key_pem))

export const bytesOf = (content: unknown): Uint8Array =>
  new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))

/** The least that a transaction request and a change of the workspace say. */
const BASE: Readonly<Record<FireblocksEndpoint, Members>> = {
  tx: { requestId: 'r-1', txId: 't-1', operation: 'TRANSFER' },
  config: { requestId: 'r-1', type: 'UNMANAGED_WALLET' },
}

/** Reads the least request with members added or replaced; `undefined` leaves one out. */
export function readWith(endpoint: FireblocksEndpoint, change: Members = {}): FireblocksReading {
  return readFireblocksRequest(endpoint, bytesOf({ ...BASE[endpoint], ...change }))
}

export function transactionOf(reading: FireblocksReading): FireblocksTransaction {
  if (reading.result === 'request' && reading.request.endpoint === 'tx') return reading.request
  throw new Error(`not a transaction but ${JSON.stringify(reading)}`)
}

export function changeOf(reading: FireblocksReading): FireblocksConfigChange {
  if (reading.result === 'request' && reading.request.endpoint === 'config') return reading.request
  throw new Error(`not a change but ${JSON.stringify(reading)}`)
}
