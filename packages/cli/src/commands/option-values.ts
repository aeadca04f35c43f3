import { duration } from '@callback-quorum/service'
import { InvalidArgumentError } from 'commander'

/** A whole number of an option, within bounds. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
    }
    return value
  }

/** Milliseconds of `500ms`, `8s`, `2m`. */
export function durationMs(text: string): number {
  const parsed = duration.safeParse(text)
  if (!parsed.success || parsed.data === 0)
    throw new InvalidArgumentError('Expected a duration such as 500ms, 8s or 2m.')
  return parsed.data
}

/** For options that may stand several times. */
export const collect = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text]
