import { base58 } from '@scure/base'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import { solanaAccount } from './solana-account.ts'

/** A packet of 1,232 bytes holds the message and at least one signature (solana_packet PACKET_DATA_SIZE). */
export const PACKET_BYTES_MAX = 1_232
/** Indices are bytes. */
const ACCOUNTS_MAX = 256

export interface AccountMeta {
  readonly account: Account
  readonly isSigner: boolean
  readonly isWritable: boolean
}

export interface Instruction {
  readonly program: Account
  readonly accounts: readonly AccountMeta[]
  readonly data: Uint8Array
  /** `instructions[3]` */
  readonly at: string
}

export interface SolanaMessage {
  readonly version: 'legacy' | 'v0'
  /** The payer first. */
  readonly signers: readonly Account[]
  readonly instructions: readonly Instruction[]
}

const VERSION_MARK = 0x80

/** Reads a message whole: every index points at an account, nothing stands behind the end. Tables are never guessed. */
export function readMessage(bytes: Uint8Array, lookupTables: ReadonlyMap<string, readonly string[]>): SolanaMessage {
  if (bytes.length > PACKET_BYTES_MAX) throw tooLarge(`more than ${String(PACKET_BYTES_MAX)} bytes`)
  const reader = new ByteReader(bytes)
  const first = reader.byte()
  const isVersioned = first >= VERSION_MARK
  if (isVersioned && first !== VERSION_MARK) throw unsupported('a message of a version above 0')
  const signatures = isVersioned ? reader.byte() : first
  const readOnlySigned = reader.byte()
  const readOnlyUnsigned = reader.byte()
  const keys = Array.from({ length: reader.compact() }, () => reader.take(32))
  if (signatures === 0 || signatures > keys.length) throw malformed('more signers than accounts, or none')
  // The payer has to be writable.
  if (readOnlySigned >= signatures || readOnlyUnsigned > keys.length - signatures)
    throw malformed('more read-only accounts than accounts')
  reader.take(32)

  const statics = keys.map((key, index): AccountMeta => ({
    account: solanaAccount(key),
    isSigner: index < signatures,
    isWritable: index < signatures ? index < signatures - readOnlySigned : index < keys.length - readOnlyUnsigned,
  }))
  const raws = readInstructions(reader)
  const looked = isVersioned ? readLookups(reader, lookupTables) : []
  if (reader.left > 0) throw malformed('bytes behind the message')

  const accounts = [...statics, ...looked]
  if (accounts.length > ACCOUNTS_MAX) throw malformed('more accounts than an index can name')
  if (new Set(accounts.map(({ account }) => account.key)).size !== accounts.length)
    throw malformed('an account stands twice')
  return {
    version: isVersioned ? 'v0' : 'legacy',
    signers: statics.filter(({ isSigner }) => isSigner).map(({ account }) => account),
    instructions: raws.map((raw, index) => resolve(raw, accounts, keys.length, index)),
  }
}

interface RawInstruction {
  readonly program: number
  readonly accounts: Uint8Array
  readonly data: Uint8Array
}

function readInstructions(reader: ByteReader): readonly RawInstruction[] {
  return Array.from({ length: reader.compact() }, () => {
    const program = reader.byte()
    const accounts = reader.take(reader.compact())
    return { program, accounts, data: reader.take(reader.compact()) }
  })
}

function resolve(
  { program, accounts, data }: RawInstruction,
  known: readonly AccountMeta[],
  staticCount: number,
  index: number,
): Instruction {
  const at = `instructions[${String(index)}]`
  const metaOf = (position: number): AccountMeta => {
    const meta = known[position]
    if (meta === undefined) throw malformed(`${at} names an account that is not there`)
    return meta
  }
  // The runtime takes programs from the message itself only, and never the payer.
  if (program === 0 || program >= staticCount) throw malformed(`${at} names no program`)
  return { program: metaOf(program).account, accounts: [...accounts].map(metaOf), data, at }
}

/** Address tables of a v0 message: which accounts they hold is on the chain, so it has to be supplied. */
function readLookups(reader: ByteReader, tables: ReadonlyMap<string, readonly string[]>): readonly AccountMeta[] {
  const writable: AccountMeta[] = []
  const readOnly: AccountMeta[] = []
  for (let left = reader.compact(); left > 0; left -= 1) {
    const table = solanaAccount(reader.take(32)).text
    const entries = tables.get(table)
    const pick = (isWritable: boolean): readonly AccountMeta[] =>
      [...reader.take(reader.compact())].map((index) => ({
        account: entryOf(entries, index),
        isSigner: false,
        isWritable,
      }))
    writable.push(...pick(true))
    readOnly.push(...pick(false))
  }
  return [...writable, ...readOnly]
}

function entryOf(entries: readonly string[] | undefined, index: number): Account {
  const text = entries?.[index]
  if (text === undefined) throw unsupported('an address table whose content is not known')
  return solanaAccount(readBase58Account(text))
}

function readBase58Account(text: string): Uint8Array {
  try {
    const bytes = base58.decode(text)
    if (bytes.length === 32) return bytes
  } catch {
    // Told below.
  }
  throw unsupported('an address table with an entry that is no account')
}
