import { parseWrittenJson, ProtocolFault } from '@callback-quorum/protocol'
import type { Field } from '../../record/field.ts'
import type { Intent } from '../../record/intent.ts'
import { intentOfJson, RecordFault } from '../../record/read-intent.ts'
import type { ReadMap } from '../../record/record-map.ts'

/** Reads a record that is kept as the bytes received. Throws ProtocolFault where it is no strict JSON, RecordFault where the mapping finds no intent. */
export const intentOfBytes = (data: Uint8Array, map: ReadMap): Intent => intentOfJson(parseWrittenJson(data), map, data)

export interface FieldProblem {
  /** The name of the field in the mapping. */
  readonly field: string
  readonly why: string
}

/** Every field that the mapping cannot read. */
export function fieldProblems(intent: Intent): readonly FieldProblem[] {
  const { outputs, recordDigest: _digest, version: _version, expiresAt, ...fields } = intent
  const named: (readonly [string, Field])[] = [
    ...Object.entries(fields),
    ['expires_at', expiresAt],
    ...outputs.flatMap((output, index) =>
      Object.entries(output).map(
        ([name, field]: [string, Field]) => [outputs.length === 1 ? name : `outputs[${index}].${name}`, field] as const,
      ),
    ),
  ]
  return named.flatMap(([field, value]) => (value.is === 'invalid' ? [{ field, why: value.why }] : []))
}

/** Like intentOfBytes, but undefined for a record that cannot be read. */
export function tryIntentOfBytes(data: Uint8Array, map: ReadMap): Intent | undefined {
  try {
    return intentOfBytes(data, map)
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}

export const isUnreadable = (error: unknown): error is Error =>
  error instanceof RecordFault || error instanceof ProtocolFault
