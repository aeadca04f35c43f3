/**
 * How sure a match is. `L1`: same family and payload, whatever code it is filed under and on every chain of the family. `L2`: the
 * same key in another encoding or on another family. `L3`: the very string, whatever it is. Source: domain/sanctions 1.4.
 */
export type MatchStrength = 'L1' | 'L2' | 'L3'

export interface RowMatch {
  readonly row: number
  readonly strength: MatchStrength
  readonly isNormalised: boolean
}

const RANK: Readonly<Record<MatchStrength, number>> = { L1: 0, L3: 1, L2: 2 }

/** Each row once, with its surest match; the surest rows first, otherwise in the order in which they were found. */
export class Matches {
  /** Made with the first match: of most addresses there is none. */
  #best: Map<number, RowMatch> | undefined

  add(match: RowMatch): void {
    this.#best ??= new Map()
    const known = this.#best.get(match.row)
    if (known === undefined || RANK[match.strength] < RANK[known.strength]) this.#best.set(match.row, match)
  }

  sorted(): readonly RowMatch[] {
    if (this.#best === undefined) return []
    const matches = [...this.#best.values()]
    return matches.length < 2 ? matches : matches.sort((a, b) => RANK[a.strength] - RANK[b.strength])
  }
}
