import { bytesToHex } from '@noble/hashes/utils.js'
import type { AddressKey } from '../address/address-key.ts'
import type { Decoded } from '../transaction/decoded.ts'
import type { Effect } from '../transaction/effect.ts'
import { ASSOCIATED_TOKEN_PROGRAM, newOwners, readAssociatedTokenInstruction } from './associated-token-program.ts'
import { COMPUTE_BUDGET_PROGRAM, feeOf } from './compute-budget.ts'
import { findMessage } from './find-message.ts'
import type { Surroundings } from './instruction-form.ts'
import type { InstructionReader } from './instruction-reader.ts'
import { MEMO_PROGRAMS, readMemoInstruction } from './memo-programs.ts'
import { readMessage, type Instruction } from './read-message.ts'
import { readStakeInstruction, STAKE_PROGRAM } from './stake-program.ts'
import { readSystemInstruction, SYSTEM_PROGRAM } from './system-program.ts'
import { TOKEN_PROGRAMS, TokenAccounts } from './token-accounts.ts'
import { tokenReader } from './token-program.ts'
import { readLoaderInstruction, UPGRADEABLE_LOADER } from './upgradeable-loader.ts'

/** What the bytes refer to and do not hold. */
export interface SolanaContext {
  /**
   * By the table's address in base58. BELIEVED: a signature commits to the address of a table and to indices, not to what the table
   * holds, so that accounts read from it are as certain as whoever supplied it.
   */
  readonly lookupTables?: ReadonlyMap<string, readonly string[]>
  /** Candidates that are tried by derivation and never believed: who may own a token account, and of which mint it may be. */
  readonly owners?: readonly AddressKey[]
  readonly mints?: readonly AddressKey[]
}

const READERS: ReadonlyMap<string, InstructionReader> = new Map<string, InstructionReader>([
  [SYSTEM_PROGRAM, readSystemInstruction],
  [ASSOCIATED_TOKEN_PROGRAM, readAssociatedTokenInstruction],
  [STAKE_PROGRAM, readStakeInstruction],
  [UPGRADEABLE_LOADER, readLoaderInstruction],
  ...Object.entries(TOKEN_PROGRAMS).map(([id, program]) => [id, tokenReader(program)] as const),
  ...MEMO_PROGRAMS.map((id) => [id, readMemoInstruction] as const),
  // What it says is in the fee, where it is checked.
  [COMPUTE_BUDGET_PROGRAM, () => []],
])

/**
 * Reads a message, or a transaction whose signatures are not there yet. What is signed is the message itself, without a hash. Every
 * instruction is in the effects; one that is not understood is `unknown`. Throws ChainsFault.
 */
export function decodeSolanaTransaction(raw: Uint8Array, context: SolanaContext = {}): Decoded {
  const { bytes, parts } = findMessage(raw)
  const { signers, instructions } = readMessage(parts, context.lookupTables ?? new Map())
  const [payer] = signers
  const tokenAccounts = new TokenAccounts(context.owners ?? [], context.mints ?? [])
  for (const owner of newOwners(instructions)) tokenAccounts.addOwner(owner)
  return {
    form: parts.version === 'v0' ? 'solana-v0' : 'solana-legacy',
    toSign: [{ hash: bytesToHex(bytes), scheme: 'eddsa', account: payer }],
    effects: instructions.flatMap((instruction) => effectsOf(instruction, { tokenAccounts })),
    fee: { maxAtomic: feeOf(instructions, signers.length), isProven: true, payer },
    signers,
    instructions: instructions.map(({ program, accounts, data }) => ({
      program,
      accounts: accounts.map(({ account }) => account),
      data: bytesToHex(data),
    })),
  }
}

function effectsOf(instruction: Instruction, surroundings: Surroundings): readonly Effect[] {
  const { program, data, at } = instruction
  const read = READERS.get(program.text)
  if (read === undefined) return [{ effect: 'unknown', target: program, detail: 'a program that is not known', at }]
  const beginning =
    data.length === 0 ? 'without data' : `whose data begins with 0x${bytesToHex(data.slice(0, SHOWN_BYTES))}`
  return (
    read(instruction, surroundings) ?? [
      { effect: 'unknown', target: program, detail: `an instruction that is not understood, ${beginning}`, at },
    ]
  )
}

/** Enough to tell instructions of a program apart by their number. */
const SHOWN_BYTES = 8
