import { malformed } from '../faults.ts'
import { ByteReader } from './byte-reader.ts'
import type { Instruction } from './read-message.ts'

export const COMPUTE_BUDGET_PROGRAM = 'ComputeBudget111111111111111111111111111111'

/** Each signature costs so many lamports (solana_fee_structure). */
const LAMPORTS_PER_SIGNATURE = 5_000n
/** Units that an instruction gets when none are asked for (built-in programs get fewer), and the most that a transaction gets (solana_compute_budget). */
const UNITS_PER_INSTRUCTION = 200_000n
const UNITS_MAX = 1_400_000n
const MICRO = 1_000_000n

/** Programs that verify signatures in their data, whose first byte is how many: each costs as much as one of the message (solana_fee). */
const SIGNATURE_PROGRAMS = [
  'Ed25519SigVerify111111111111111111111111111',
  'KeccakSecp256k11111111111111111111111111111',
  'Secp256r1SigVerify1111111111111111111111111',
]

const UNIT_LIMIT = 2
const UNIT_PRICE = 3
/** Bytes behind the number: heap, unit limit, unit price, size of loaded accounts (solana_compute_budget_interface). */
const DATA_BYTES: Readonly<Record<number, number>> = { 1: 4, [UNIT_LIMIT]: 4, [UNIT_PRICE]: 8, 4: 4 }

/** The most that the transaction may cost, by its signatures and the price it offers for its compute units. */
export function feeOf(instructions: readonly Instruction[], signatures: number): bigint {
  const others = instructions.filter(({ program }) => program.text !== COMPUTE_BUDGET_PROGRAM)
  const budget = readBudget(instructions.filter(({ program }) => program.text === COMPUTE_BUDGET_PROGRAM))
  const verified = others
    .filter(({ program }) => SIGNATURE_PROGRAMS.includes(program.text))
    .reduce((sum, { data }) => sum + BigInt(data[0] ?? 0), 0n)
  const wanted = budget.get(UNIT_LIMIT) ?? BigInt(others.length) * UNITS_PER_INSTRUCTION
  const limit = wanted < UNITS_MAX ? wanted : UNITS_MAX
  const priority = ((budget.get(UNIT_PRICE) ?? 0n) * limit + MICRO - 1n) / MICRO
  return (BigInt(signatures) + verified) * LAMPORTS_PER_SIGNATURE + priority
}

/** What is said, by number. The runtime refuses a transaction that says one thing twice, or anything else. */
function readBudget(instructions: readonly Instruction[]): ReadonlyMap<number, bigint> {
  const said = new Map<number, bigint>()
  for (const { data, at } of instructions) {
    const reader = new ByteReader(data)
    const number = reader.byte()
    if (DATA_BYTES[number] !== reader.left) throw malformed(`${at} is no instruction of the compute budget`)
    if (said.has(number)) throw malformed(`${at} says again what an earlier one said`)
    said.set(number, number === UNIT_PRICE ? reader.u64() : BigInt(reader.u32()))
  }
  return said
}
