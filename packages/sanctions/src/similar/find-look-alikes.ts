import { isSameKey, type KnownAddress } from './known-address.ts'
import type { KnownBook } from './known-book.ts'
import { resembles, type Agreement, type Likeness } from './resembles.ts'

/** An address that a payment goes to, or that it gives a power. */
export interface PaidSubject {
  readonly role: string
  readonly raw: string
  readonly address: KnownAddress
}

export interface Found {
  readonly subject: PaidSubject
  readonly known: KnownAddress
  readonly where: 'address-book' | 'recent'
  readonly agreement: Agreement
}

export interface Known {
  readonly book: KnownBook
  /** Destinations paid lately that may resemble one of the subjects. */
  readonly recent: readonly KnownAddress[]
}

/**
 * The subjects that resemble a known address without being it, each with the one that it agrees with furthest. A member of the book, or
 * another address of a member's key, resembles nobody. One that was paid lately is compared with the book alone: it was new once,
 * and was compared then.
 */
export function findLookAlikes(subjects: readonly PaidSubject[], known: Known, least: Likeness): readonly Found[] {
  return subjects.flatMap((subject) => {
    const { address } = subject
    if (known.book.has(address)) return []
    const isPaid = known.recent.some(({ key, visible }) => key === address.key && visible.text === address.visible.text)
    const alike = (candidates: readonly KnownAddress[], where: Found['where']): readonly Found[] =>
      candidates.flatMap((candidate) => {
        const agreement = resembles(address.visible, candidate.visible, least)
        if (agreement === undefined || isSameKey(candidate, address)) return []
        return [{ subject, known: candidate, where, agreement }]
      })
    const found = [...alike(known.book.near(address), 'address-book'), ...(isPaid ? [] : alike(known.recent, 'recent'))]
    const best = found.sort((a, b) => charactersOf(b) - charactersOf(a))[0]
    return best === undefined ? [] : [best]
  })
}

const charactersOf = ({ agreement: { prefix, suffix } }: Found): number => prefix + suffix
