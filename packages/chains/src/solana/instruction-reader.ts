import { ChainsFault } from '../faults.ts'
import type { Effect } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import type { Field } from './field.ts'
import type { InstructionForm, Surroundings } from './instruction-form.ts'
import type { Instruction } from './read-message.ts'

/** The effects of one instruction of a program; undefined when it is not exactly one of those that are understood. */
export type InstructionReader = (instruction: Instruction, surroundings: Surroundings) => readonly Effect[] | undefined

/** A program whose data begins with the number of the instruction. */
export const instructionReader =
  (kind: Field<number>, forms: Readonly<Record<number, InstructionForm>>): InstructionReader =>
  (instruction, surroundings) => {
    const reader = new ByteReader(instruction.data)
    const number = numberOf(reader, kind)
    return number === undefined ? undefined : forms[number]?.(instruction, reader, surroundings)
  }

function numberOf(reader: ByteReader, kind: Field<number>): number | undefined {
  try {
    return kind(reader)
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
