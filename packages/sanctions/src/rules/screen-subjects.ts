import {
  canonicalizeAddress,
  ChainsFault,
  readListedAddress,
  type CanonicalAddress,
  type Chain,
} from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import type { AddressIndex, ListedMatch } from '../list/address-index.ts'

export type SubjectRole = 'destination' | 'contract' | 'source'

/** One address of a question, and everything the lists say about it. */
export interface ScreenedSubject {
  readonly role: SubjectRole
  readonly raw: string
  /** Absent when the chain is unknown or the text is no address of it. */
  readonly address?: CanonicalAddress
  readonly matches: readonly ListedMatch[]
}

/** Trying every family costs 0.4 ms a text; of an unknown chain, so many are tried before only exact strings are compared. */
const UNKNOWN_CHAIN_READINGS_MAX = 64

/**
 * Looks up every address of a question: destinations (our own too), the contract, the sources. A text that is no address of its
 * chain is still looked up, as an exact string; on an unknown chain also as every address it could be.
 */
export function screenSubjects(question: Question, indexes: readonly AddressIndex[]): readonly ScreenedSubject[] {
  const { chain } = question
  return subjectsOf(question).map(({ role, raw, known }, position) => {
    const address = known ?? (chain === undefined ? undefined : readAddress(chain, raw))
    const readings =
      address !== undefined
        ? [address]
        : chain === undefined && position < UNKNOWN_CHAIN_READINGS_MAX
          ? readAny(raw)
          : []
    return {
      role,
      raw,
      ...(address === undefined ? {} : { address }),
      matches: indexes.flatMap((index) => index.find(raw, readings)),
    }
  })
}

interface Subject {
  readonly role: SubjectRole
  readonly raw: string
  readonly known?: CanonicalAddress
}

function subjectsOf({ outputs, contract, sources }: Question): readonly Subject[] {
  return [
    ...outputs.map(({ addressText, address }): Subject => ({
      role: 'destination',
      raw: addressText,
      ...(address === undefined ? {} : { known: address }),
    })),
    ...(contract === undefined ? [] : [{ role: 'contract', raw: contract.address } as const]),
    ...sources.map((raw): Subject => ({ role: 'source', raw })),
  ]
}

function readAddress({ family, network }: Chain, text: string): CanonicalAddress | undefined {
  return orUndefined(() => canonicalizeAddress(family, network, text))
}

function readAny(text: string): readonly CanonicalAddress[] {
  return orUndefined(() => readListedAddress(text)) ?? []
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
