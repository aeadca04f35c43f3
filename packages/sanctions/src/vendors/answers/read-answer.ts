import type { z } from 'zod'
import { AnswerFault } from './answer-fault.ts'
import { readNumberTexts } from './read-number-texts.ts'

/**
 * The body as the schema says, numbers as texts. Members that the schema does not name are passed over: vendors add some. Those it
 * names must be there and of their type. Throws AnswerFault, which names the place and never the value.
 */
export function readAnswer<T extends z.ZodType>(body: Uint8Array, schema: T): z.output<T> {
  const result = schema.safeParse(readNumberTexts(body))
  if (result.success) return result.data
  const places = result.error.issues.slice(0, PLACES_MAX).map(({ path }) => path.join('.') || '(answer)')
  throw new AnswerFault(`the answer is not of the documented form at ${places.join(', ')}`)
}

const PLACES_MAX = 3
