import { z } from 'zod'
import { expecting } from './expecting.ts'

/** A whole number within bounds, both allowed. */
export function wholeNumber(min: number, max: number) {
  return z
    .int({ error: expecting(`a whole number from ${min} to ${max}`) })
    .min(min)
    .max(max)
}
