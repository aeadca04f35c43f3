import type { Account } from '../transaction/effect.ts'
import { malformed } from '../faults.ts'
import type { ByteReader } from './byte-reader.ts'
import { solanaAccount } from './solana-account.ts'

/** One member of an instruction's data. */
export type Field<T> = (reader: ByteReader) => T

export const u8: Field<number> = (reader) => reader.byte()
export const u32: Field<number> = (reader) => reader.u32()
export const u64: Field<bigint> = (reader) => reader.u64()
export const i64: Field<bigint> = (reader) => reader.i64()
export const key: Field<Account> = (reader) => solanaAccount(reader.take(32))

/** One byte that says whether there is more: bincode's Option, and that of SPL Token instructions. */
export const option =
  <T>(field: Field<T>): Field<T | undefined> =>
  (reader) => {
    const tag = reader.byte()
    if (tag > 1) throw malformed('neither nothing nor something')
    return tag === 1 ? field(reader) : undefined
  }

/** The longest seed that an address may be derived with (solana_pubkey MAX_SEED_LEN). */
const SEED_BYTES_MAX = 32n

/** bincode's String: its length as u64, then so many bytes. */
export const seed: Field<Uint8Array> = (reader) => {
  const length = reader.u64()
  if (length > SEED_BYTES_MAX) throw malformed('a seed that is too long')
  return reader.take(Number(length))
}
