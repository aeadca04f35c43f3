import { base58 } from '@scure/base'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'
import { ACCOUNTS_MAX } from './limits.ts'
import type { InstructionParts, LookupParts, MessageParts } from './message-parts.ts'
import { solanaAccount } from './solana-account.ts'

export interface AccountMeta {
  readonly account: Account
  readonly isSigner: boolean
}

export interface Instruction {
  readonly program: Account
  readonly accounts: readonly AccountMeta[]
  readonly data: Uint8Array
  /** `instructions[3]` */
  readonly at: string
}

export interface SolanaMessage {
  /** The payer first. */
  readonly signers: readonly [Account, ...Account[]]
  readonly instructions: readonly Instruction[]
}

export type LookupTables = ReadonlyMap<string, readonly string[]>

/** Puts accounts in the place of indices. Every index names an account, no account stands twice, and the content of a table is never guessed. */
export function readMessage(
  { header, keys, instructions, lookups }: MessageParts,
  tables: LookupTables,
): SolanaMessage {
  if (instructions.length === 0) throw unsupported('a message that does nothing')
  const statics = keys.map((key, index): AccountMeta => ({
    account: solanaAccount(key),
    isSigner: index < header.signers,
  }))
  const accounts = [...statics, ...lookedUp(lookups, tables)]
  if (accounts.length > ACCOUNTS_MAX) throw tooLarge(`more than ${String(ACCOUNTS_MAX)} accounts`)
  if (new Set(accounts.map(({ account }) => account.key)).size !== accounts.length)
    throw malformed('an account stands twice')
  const [payer, ...others] = statics.filter(({ isSigner }) => isSigner).map(({ account }) => account)
  if (payer === undefined) throw new Error('invariant: a parsed message has a signer')
  return {
    signers: [payer, ...others],
    instructions: instructions.map((parts, index) => withAccounts(parts, accounts, keys.length, index)),
  }
}

function withAccounts(
  { program, accounts, data }: InstructionParts,
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
  // The runtime takes programs from the message itself only, and never the payer (solana_message v0, sanitize).
  if (program === 0 || program >= staticCount) throw malformed(`${at} names no program`)
  return { program: metaOf(program).account, accounts: [...accounts].map(metaOf), data, at }
}

/** First the writable accounts of all tables, then the read-only ones; none of them signs (solana_message AccountKeys). */
function lookedUp(lookups: readonly LookupParts[], tables: LookupTables): readonly AccountMeta[] {
  return (['writable', 'readOnly'] as const).flatMap((part) =>
    lookups.flatMap((lookup) => {
      const entries = tables.get(solanaAccount(lookup.table).text)
      return [...lookup[part]].map((index) => ({ account: entryOf(entries, index), isSigner: false }))
    }),
  )
}

function entryOf(entries: readonly string[] | undefined, index: number): Account {
  const text = entries?.[index]
  if (text === undefined) throw unsupported('an address table whose content is not known')
  try {
    return solanaAccount(base58.decode(text))
  } catch {
    throw unsupported('an address table with an entry that is no account')
  }
}
