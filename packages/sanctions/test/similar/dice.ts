/** Random numbers that are the same in every run (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => next() % limit
  return {
    below,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    letters: (alphabet, length) => {
      let drawn = ''
      while (drawn.length < length) drawn += alphabet.charAt(below(alphabet.length))
      return drawn
    },
    letterBut: (alphabet, not) => {
      const others = Array.from(alphabet).filter((letter) => letter.toLowerCase() !== not.toLowerCase())
      return others[below(others.length)] ?? ''
    },
  }
}

export interface Dice {
  below(limit: number): number
  bytes(length: number): Uint8Array
  letters(alphabet: string, length: number): string
  /** A letter that people do not take for this one, in whatever case. */
  letterBut(alphabet: string, not: string): string
}
