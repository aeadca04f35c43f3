import type { KeyObject } from 'node:crypto'
import {
  readFireblocksReply,
  type FireblocksDialect,
  type FireblocksReply,
  type VerificationKey,
} from '@callback-quorum/protocol'
import { CompactSign } from 'jose'
import { spkiFingerprint, type Caller, type Signer } from '../../src/keys/index.ts'
import { KEYS, NOW_MS, startRig, type Rig, type RigOptions } from './callback-rig.ts'
import { send, type Received } from './http-client.ts'

export const TX_PATH = '/v2/tx_sign_request'
export const CONFIG_PATH = '/v2/config_change_sign_request'
export const JSON_TX_PATH = '/tx_sign_request'
export const JSON_CONFIG_PATH = '/config_change_sign_request'

/** The least of a transfer at the signing stage, and of one at the approval stage. */
export const SIGNING = { txId: 'tx-1', requestId: 'req-1', operation: 'TRANSFER', signerId: 'api-1', fee: '0.001' }
export const APPROVAL = { txId: 'tx-1', requestId: 'req-1', operation: 'TRANSFER', signerId: 'approver-1' }
export const CHANGE = { requestId: 'req-2', type: 'ADD_USER', signerId: 'api-1' }

const LISTEN = { host: '127.0.0.1', port: 0 }
export const JWT_LISTENER = { listen: LISTEN, dialects: ['fireblocks-jwt' as const] }
export const JSON_LISTENER = { listen: LISTEN, dialects: ['fireblocks-json' as const], allow_from: ['127.0.0.1'] }

export interface CosignerOptions {
  readonly dialect?: FireblocksDialect
  readonly keys?: readonly KeyObject[]
  readonly signers?: Readonly<Record<string, Signer | Signer['role']>>
}

/** A Co-signer with one signer, `api-1`, and one approver, `approver-1`, unless told otherwise. */
export function cosigner(name: string, o: CosignerOptions = {}): Caller {
  const { dialect = 'fireblocks-jwt', signers = { 'api-1': 'signer', 'approver-1': 'approver' } } = o
  const keys = o.keys ?? (dialect === 'fireblocks-jwt' ? [KEYS.nodeV1.publicKey] : [])
  return {
    name,
    platform: 'fireblocks',
    dialects: [dialect],
    organisation: 'acme',
    keys: keys.map((key) => verificationKey(name, key)),
    deferralWindowMs: 4_200_000,
    lastAskMs: 3_420_000,
    signers: new Map(
      Object.entries(signers).map(([id, signer]) => [
        id,
        typeof signer === 'string' ? { role: signer, path: '' } : signer,
      ]),
    ),
    rawTx: 'required',
  }
}

export const verificationKey = (owner: string, key: KeyObject): VerificationKey => ({
  owner,
  fingerprint: spkiFingerprint(key),
  key,
  maxTokenAgeMs: 900_000,
})

/** A server that one Co-signer of `dialect` asks. */
export function startCosignerRig(dialect: FireblocksDialect, options: RigOptions = {}): Promise<Rig> {
  return startRig({
    listeners: [dialect === 'fireblocks-jwt' ? JWT_LISTENER : JSON_LISTENER],
    callers: [cosigner('cosigner-1', { dialect })],
    ...options,
  })
}

/** A token as a Co-signer makes it: the request is the payload, and it does not expire. */
export function cosignerToken(
  content: object | string,
  key: KeyObject = KEYS.nodeV1.privateKey,
  header: object = {},
): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', ...header })
    .sign(key)
}

/** Posts as a Co-signer does; nobody documents the type of its body. */
export const postTo = (rig: Rig, path: string, body: string | Buffer, type = ''): Promise<Received> =>
  send({ url: `${rig.url}${path}`, headers: { 'content-type': type }, body })

export const askToken = async (rig: Rig, content: object, path: string = TX_PATH): Promise<Received> =>
  postTo(rig, path, await cosignerToken(content))

export const askJson = (rig: Rig, content: object, path: string = JSON_TX_PATH): Promise<Received> =>
  postTo(rig, path, JSON.stringify(content))

/** The signed answer, verified with the server's key. Throws when it is not one. */
export const cosignerReply = (received: Received): Promise<FireblocksReply> =>
  readFireblocksReply(received.body, [verificationKey('rig', KEYS.server.publicKey)], NOW_MS)

/** What an answer is made of, verified or not. */
export function membersOf(received: Received): Record<string, unknown> {
  const text = received.body.toString()
  const [, payload] = text.split('.')
  const isToken = !text.startsWith('{') && payload !== undefined
  return JSON.parse(isToken ? Buffer.from(payload, 'base64url').toString() : text) as Record<string, unknown>
}
