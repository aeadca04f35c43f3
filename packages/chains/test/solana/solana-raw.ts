import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { solanaAccount } from '../../src/solana/solana-account.ts'

/** Messages as bytes, with every part open to lies. Nothing here checks anything. */
export interface RawInstruction {
  readonly program: number
  readonly accounts: readonly number[]
  readonly data: Uint8Array
}

export interface RawLookup {
  readonly table: Uint8Array
  readonly writable: readonly number[]
  readonly readOnly: readonly number[]
}

export interface RawMessage {
  readonly version?: number
  readonly header: readonly [signers: number, readOnlySigners: number, readOnlyOthers: number]
  readonly keys: readonly Uint8Array[]
  readonly instructions: readonly RawInstruction[]
  readonly lookups?: readonly RawLookup[]
}

export const bytesOf = (text: string): Uint8Array => base58.decode(text)
/** 32 bytes that say what they are for. */
export const keyOf = (name: string): Uint8Array => utf8ToBytes(name.padEnd(32, '.').slice(0, 32))
export const textOf = (key: Uint8Array): string => solanaAccount(key).text

export function messageBytes({ version, header, keys, instructions, lookups }: RawMessage): Uint8Array {
  return concatBytes(
    Uint8Array.from(version === undefined ? [] : [0x80 | version]),
    Uint8Array.from(header),
    compact(keys.length),
    ...keys,
    keyOf('block hash'),
    compact(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [
      Uint8Array.of(program),
      compact(accounts.length),
      Uint8Array.from(accounts),
      compact(data.length),
      data,
    ]),
    ...(lookups === undefined ? [] : [compact(lookups.length)]),
    ...(lookups ?? []).flatMap(({ table, writable, readOnly }) => [
      table,
      compact(writable.length),
      Uint8Array.from(writable),
      compact(readOnly.length),
      Uint8Array.from(readOnly),
    ]),
  )
}

export const compact = (length: number): Uint8Array =>
  length < 0x80 ? Uint8Array.of(length) : concatBytes(Uint8Array.of((length & 0x7f) | 0x80), compact(length >> 7))

export const u32 = (value: number): Uint8Array => littleEndian(BigInt(value), 4)
export const u64 = (value: bigint): Uint8Array => littleEndian(value, 8)

const littleEndian = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))

export const SYSTEM = '11111111111111111111111111111111'
export const [PAYER, FRIEND] = [keyOf('payer'), keyOf('friend')]

/** System Transfer of so many lamports. */
export const transferData = (lamports: bigint): Uint8Array => concatBytes(u32(2), u64(lamports))

/** The payer pays a friend: accounts payer, friend, System program. */
export const PLAIN = {
  header: [1, 0, 1],
  keys: [PAYER, FRIEND, bytesOf(SYSTEM)],
  instructions: [{ program: 2, accounts: [0, 1], data: transferData(7n) }],
} as const satisfies RawMessage
