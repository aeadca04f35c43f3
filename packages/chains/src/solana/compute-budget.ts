import { malformed } from '../faults.ts'
import { ByteReader } from './byte-reader.ts'
import type { Instruction } from './read-message.ts'

export const COMPUTE_BUDGET_PROGRAM = 'ComputeBudget111111111111111111111111111111'

/** Each signature costs so many lamports (solana_fee_structure). */
const LAMPORTS_PER_SIGNATURE = 5_000n
/** Units that an instruction gets when none are asked for, and the most that a transaction gets (solana compute_budget). */
const UNITS_PER_INSTRUCTION = 200_000n
const UNITS_MAX = 1_400_000n
const MICRO = 1_000_000n

/** The most that the transaction may cost, by its signatures and the price it offers for its compute units. */
export function feeOf(instructions: readonly Instruction[], signatures: number): bigint {
  let units: bigint | undefined
  let price: bigint | undefined
  const seen = new Set<number>()
  let others = 0n
  for (const { program, data, at } of instructions) {
    if (program.text !== COMPUTE_BUDGET_PROGRAM) {
      others += 1n
      continue
    }
    const reader = new ByteReader(data)
    const kind = reader.byte()
    // The runtime refuses a transaction that says one of them twice.
    if (seen.has(kind)) throw malformed(`${at} says again what an earlier one said`)
    seen.add(kind)
    if (kind === 2 && reader.left === 4) units = BigInt(reader.u32())
    else if (kind === 3 && reader.left === 8) price = reader.u64()
    // Heap size and loaded data size cost nothing by themselves.
    else if (!((kind === 1 || kind === 4) && reader.left === 4))
      throw malformed(`${at} is no instruction of the compute budget`)
  }
  const wanted = units ?? others * UNITS_PER_INSTRUCTION
  const limit = wanted < UNITS_MAX ? wanted : UNITS_MAX
  const priority = ((price ?? 0n) * limit + MICRO - 1n) / MICRO
  return BigInt(signatures) * LAMPORTS_PER_SIGNATURE + priority
}
