import { NumberText, parseWrittenJson, type WrittenJson, type WrittenObject } from '@callback-quorum/protocol'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { eip191Bytes, eip712Bytes, type TypedData } from '../../evm/message-digest.ts'
import type { CosignerRequest } from '../cosigner-request.ts'
import { evmPath } from './evm-transfer.ts'
import { type FireblocksTransactionOptions, planFireblocks, transactionRequest } from './transaction.ts'

export interface FireblocksMessageOptions extends FireblocksTransactionOptions {
  /** The coin of the chain whose key signs. Default ETH. */
  readonly asset?: string
}

export interface FireblocksTypedMessageOptions extends FireblocksMessageOptions {
  /** A text or bytes are signed as EIP-191 says, typed data as EIP-712 says. */
  readonly message: string | Uint8Array | TypedData
  /** Typed data as the text of its JSON instead of an object: the callback's form is not public. */
  readonly asText?: boolean
  /** Whether `rawTx` brings the bytes and their hash. UNCERTAIN: no such payload was published. Default: without. */
  readonly hasPayload?: boolean
}

export interface FireblocksRawOptions extends FireblocksMessageOptions {
  /** What is to be signed: one hex of 32 bytes per signature, without 0x. */
  readonly contents: readonly string[]
  readonly algorithm?: 'MPC_ECDSA_SECP256K1' | 'MPC_ECDSA_SECP256R1' | 'MPC_EDDSA_ED25519'
}

/** A message of a wallet: no destination and no amount (protocol/fireblocks.md 2.5). */
export function makeFireblocksTypedMessage(o: FireblocksTypedMessageOptions): CosignerRequest {
  const { message } = o
  if (typeof message === 'string' || message instanceof Uint8Array) {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message)
    return messageRequest(o, { type: 'EIP191', content: bytes.toString('hex') }, eip191Bytes(bytes))
  }
  const text = JSON.stringify(message)
  const content: WrittenJson = o.asText === true ? text : parseWrittenJson(text)
  return messageRequest(o, { type: 'EIP712', content }, eip712Bytes(message))
}

function messageRequest(o: FireblocksTypedMessageOptions, message: WrittenObject, bytes: Uint8Array): CosignerRequest {
  const plan = planFireblocks(o)
  const raw = Buffer.from(bytes).toString('hex')
  const payload = Buffer.from(keccak_256(bytes)).toString('hex')
  return transactionRequest(
    {
      operation: 'TYPED_MESSAGE',
      ...nothingMoves(o.asset ?? 'ETH'),
      extraParameters: { rawMessageData: { messages: [message] } },
      rawTx: o.hasPayload === true ? [{ raw, payload, path: evmPath(plan.vault) }] : [],
    },
    plan,
    o,
  )
}

/** Bytes without any meaning that the platform would know. */
export function makeFireblocksRaw(o: FireblocksRawOptions): CosignerRequest {
  const messages = o.contents.map((content) => ({ content, derivationPath: NO_PATH }))
  return transactionRequest(
    {
      operation: 'RAW',
      ...nothingMoves(o.asset ?? 'BTC'),
      extraParameters: {
        rawMessageData: { messages, algorithm: o.algorithm ?? 'MPC_ECDSA_SECP256K1' },
      },
      rawTx: [],
    },
    planFireblocks(o),
    o,
  )
}

const NO_PATH = [44, 0, 0, 0, 0].map((level) => new NumberText(String(level)))

/** As the vendor's REST object of such a transaction: no destination, an unknown type, no amounts. */
const nothingMoves = (asset: string) => ({
  summary: { destType: 'UNKNOWN', destId: '', asset, amount: null, amountStr: null, requestedAmountStr: null },
  destinations: [],
})
