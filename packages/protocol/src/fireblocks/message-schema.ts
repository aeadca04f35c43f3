import { z } from 'zod'
import { isWrittenObject, tryWrittenJson } from '../strict-json.ts'
import type { WrittenObject } from '../strict-json.ts'
import { hexText, openEnum, prefixableHexText, uint32, writtenObject } from './written-schema.ts'

// protocol/fireblocks.md 2.5

/** What the vendor takes in one RAW operation. */
export const RAW_MESSAGES_MAX = 127
/** BIP-44 has five; other schemes few more. */
const DERIVATION_LEVELS_MAX = 10

export const MESSAGE_TYPES = ['EIP191', 'ETH_MESSAGE', 'EIP712', 'TIP191', 'BTC_MESSAGE'] as const
export const ALGORITHMS = ['MPC_ECDSA_SECP256K1', 'MPC_ECDSA_SECP256R1', 'MPC_EDDSA_ED25519'] as const
export const HASH_ALGORITHMS = ['SHA256', 'KECCAK256', 'BLAKE2', 'SHA3', 'DOUBLE_SHA256'] as const

/** Bytes in hex, or an object such as EIP-712's, whose numbers stay as they were written. */
export type MessageContent = { readonly hex: string } | { readonly object: WrittenObject }

/** A text is hex or the JSON of an object; no text is both. */
const content = z.unknown().transform((value, context): MessageContent => {
  if (isWrittenObject(value)) return { object: value }
  if (typeof value === 'string') {
    const hex = prefixableHexText.safeParse(value)
    if (hex.success && hex.data !== '') return { hex: hex.data }
    const object = tryWrittenJson(value)
    if (isWrittenObject(object)) return { object }
  }
  context.addIssue({ code: 'custom', message: 'neither hex nor an object' })
  return z.NEVER
})

const message = writtenObject({
  content,
  index: uint32.optional(),
  bip44AddressIndex: uint32.optional(),
  bip44change: uint32.optional(),
  derivationPath: z.array(uint32).max(DERIVATION_LEVELS_MAX).optional(),
  type: openEnum(MESSAGE_TYPES).optional(),
  preHash: writtenObject({
    content: hexText,
    hashAlgorithm: openEnum(HASH_ALGORITHMS),
  }).optional(),
})

/** What is signed when there is no transaction: RAW and TYPED_MESSAGE. */
export const rawMessageData = writtenObject({
  messages: z.array(message).max(RAW_MESSAGES_MAX),
  algorithm: openEnum(ALGORITHMS).optional(),
})
