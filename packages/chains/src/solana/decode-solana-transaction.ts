import { bytesToHex } from '@noble/hashes/utils.js'
import type { AddressKey } from '../address/address-key.ts'
import { ChainsFault, malformed, unsupported } from '../faults.ts'
import type { Decoded } from '../transaction/decoded.ts'
import type { Effect } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import { COMPUTE_BUDGET_PROGRAM, feeOf } from './compute-budget.ts'
import type { InstructionReader, Surroundings } from './instruction-reader.ts'
import {
  ASSOCIATED_TOKEN_PROGRAM,
  MEMO_PROGRAMS,
  readAssociatedTokenInstruction,
  readLoaderInstruction,
  readMemoInstruction,
  readStakeInstruction,
  STAKE_PROGRAM,
  UPGRADEABLE_LOADER,
} from './other-programs.ts'
import { readMessage, type Instruction, type SolanaMessage } from './read-message.ts'
import { readSystemInstruction, SYSTEM_PROGRAM } from './system-program.ts'
import { TOKEN_PROGRAMS, tokenReader } from './token-program.ts'

/** What the bytes refer to. Owners and mints are tried by derivation; the content of a table is needed to read the message at all. */
export interface SolanaContext {
  /** By the table's address in base58. */
  readonly lookupTables?: ReadonlyMap<string, readonly string[]>
  readonly owners?: readonly AddressKey[]
  readonly mints?: readonly AddressKey[]
}

const SIGNATURE_BYTES = 64

const READERS: ReadonlyMap<string, InstructionReader> = new Map<string, InstructionReader>([
  [SYSTEM_PROGRAM, readSystemInstruction],
  [ASSOCIATED_TOKEN_PROGRAM, readAssociatedTokenInstruction],
  [STAKE_PROGRAM, readStakeInstruction],
  [UPGRADEABLE_LOADER, readLoaderInstruction],
  ...Object.entries(TOKEN_PROGRAMS).map(([id, program]) => [id, tokenReader(program)] as const),
  ...MEMO_PROGRAMS.map((id) => [id, readMemoInstruction] as const),
])

/**
 * Reads a message, or a transaction whose signatures are not there yet. What is signed is the message itself, without a hash. Every
 * instruction is in the effects; one that is not understood is `unknown`. Throws ChainsFault.
 */
export function decodeSolanaTransaction(raw: Uint8Array, context: SolanaContext = {}): Decoded {
  const { bytes, message } = findMessage(raw, context.lookupTables ?? new Map())
  const { version, signers, instructions } = message
  const [payer] = signers
  if (payer === undefined) throw new Error('invariant: a message has a payer')
  const surroundings: Surroundings = {
    owners: [...(context.owners ?? []), ...newOwners(instructions)],
    mints: context.mints ?? [],
  }
  return {
    form: version === 'v0' ? 'solana-v0' : 'solana-legacy',
    toSign: [{ hash: bytesToHex(bytes), scheme: 'eddsa', account: payer }],
    effects: instructions.flatMap((instruction) => effectsOf(instruction, surroundings)),
    fee: { maxAtomic: feeOf(instructions, signers.length), isProven: true, payer },
    signers,
    instructions: instructions.map(({ program, accounts, data }) => ({
      program,
      accounts: accounts.map(({ account }) => account),
      data: bytesToHex(data),
    })),
  }
}

interface Found {
  readonly bytes: Uint8Array
  readonly message: SolanaMessage
}

/** The bytes are a message, or signatures and a message: exactly one of the two readings may hold. */
function findMessage(raw: Uint8Array, tables: ReadonlyMap<string, readonly string[]>): Found {
  const readings = [() => ({ bytes: raw, message: readMessage(raw, tables) }), () => readTransaction(raw, tables)]
  const found: Found[] = []
  const faults: ChainsFault[] = []
  for (const read of readings) {
    try {
      found.push(read())
    } catch (error) {
      if (!(error instanceof ChainsFault)) throw error
      faults.push(error)
    }
  }
  const [only, second] = found
  if (second !== undefined) throw malformed('readable both as a message and as a transaction')
  if (only !== undefined) return only
  // The more telling of the two: one that was read and refused, rather than one that could not be read.
  const [first] = faults.toSorted((a, b) => weight(a) - weight(b))
  throw first ?? malformed('neither a message nor a transaction')
}

const weight = ({ code }: ChainsFault): number => (code === 'TRANSACTION_MALFORMED' ? 1 : 0)

function readTransaction(raw: Uint8Array, tables: ReadonlyMap<string, readonly string[]>): Found {
  const reader = new ByteReader(raw)
  const count = reader.compact()
  const signatures = reader.take(count * SIGNATURE_BYTES)
  const bytes = raw.slice(reader.at)
  const message = readMessage(bytes, tables)
  if (count !== 0 && count !== message.signers.length) throw malformed('another number of signatures than of signers')
  if (signatures.some((byte) => byte !== 0)) throw unsupported('somebody has signed it already')
  return { bytes, message }
}

/** Owners of token accounts that this very transaction makes: the derivation was recomputed when they were read. */
function newOwners(instructions: readonly Instruction[]): readonly AddressKey[] {
  return instructions.flatMap((instruction) => {
    if (instruction.program.text !== ASSOCIATED_TOKEN_PROGRAM) return []
    const effects = readAssociatedTokenInstruction(instruction, { owners: [], mints: [] }) ?? []
    return effects.flatMap((effect) =>
      effect.effect === 'create-account' && effect.owner !== undefined ? [effect.owner.key] : [],
    )
  })
}

function effectsOf(instruction: Instruction, surroundings: Surroundings): readonly Effect[] {
  const { program, at } = instruction
  if (program.text === COMPUTE_BUDGET_PROGRAM) return []
  const reader = READERS.get(program.text)
  const effects = reader?.(instruction, surroundings)
  if (effects !== undefined) return effects
  const detail = reader === undefined ? 'a program that is not known' : 'an instruction that is not understood'
  return [{ effect: 'unknown', target: program, detail, at }]
}
