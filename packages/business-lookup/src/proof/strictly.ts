import { parseStrictJson, ProtocolFault } from '@callback-quorum/protocol'
import type { z } from 'zod'

/** Reads JSON that two readers cannot disagree about, as the schema says; undefined when it is anything else. */
export function strictly<S extends z.ZodType>(schema: S, bytes: Uint8Array): z.output<S> | undefined {
  try {
    const { data } = schema.safeParse(parseStrictJson(bytes))
    return data
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined
    throw error
  }
}
