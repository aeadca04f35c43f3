import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { utils } from 'tronweb'
import { ChainsFault, type ChainsFaultCode } from '../../src/faults.ts'
import { decodeTronTransaction } from '../../src/tron/decode-tron-transaction.ts'
import { content, number } from './protobuf.ts'

export const hex = (text: string): Uint8Array => hexToBytes(text)

/** 21 bytes of an account whose 20 bytes are all this one. */
export const address = (byte: number): Uint8Array => Uint8Array.from([0x41, ...new Uint8Array(20).fill(byte)])
export const textOf = (address21: Uint8Array): string => utils.address.fromHex(bytesToHex(address21))

export const OWNER = address(0x11)
export const TO = address(0x22)
export const TOKEN = address(0x33)

export interface ContractParts {
  readonly typeUrl?: string
  /** Fields of the contract behind its parameter. */
  readonly rest?: Uint8Array
}

export function contract(type: number, name: string, message: Uint8Array, parts: ContractParts = {}): Uint8Array {
  const typeUrl = parts.typeUrl ?? `type.googleapis.com/protocol.${name}`
  const any = concatBytes(content(1, typeUrl), message.length === 0 ? message : content(2, message))
  return concatBytes(type === 0 ? new Uint8Array() : number(1, type), content(2, any), parts.rest ?? new Uint8Array())
}

export const EXPIRATION = 1_763_700_000_000n

/** `before` stands between the block reference and the contracts, `after` behind them. */
export function raw(
  contracts: readonly Uint8Array[],
  { before = new Uint8Array(), after = new Uint8Array() }: { before?: Uint8Array; after?: Uint8Array } = {},
): Uint8Array {
  return concatBytes(
    content(1, hex('4e6e')),
    content(4, hex('25a91be86ea2bb1e')),
    number(8, EXPIRATION),
    before,
    ...contracts.map((each) => content(11, each)),
    after,
  )
}

export const transfer = (amount: bigint | number = 5): Uint8Array =>
  contract(1, 'TransferContract', concatBytes(content(1, OWNER), content(2, TO), number(3, amount)))

export const trigger = (...fields: readonly Uint8Array[]): Uint8Array =>
  contract(31, 'TriggerSmartContract', concatBytes(content(1, OWNER), content(2, TOKEN), ...fields))

/** What a decoder answers: `decoded`, or the code of its refusal. Anything else that it throws fails the test. */
export function answer(bytes: Uint8Array): ChainsFaultCode | 'decoded' {
  try {
    decodeTronTransaction(bytes)
    return 'decoded'
  } catch (error) {
    if (error instanceof ChainsFault) return error.code
    throw error
  }
}
