import {
  canonicalizeAddress,
  ChainsFault,
  readListedAddress,
  type AddressKey,
  type CanonicalAddress,
  type Chain,
} from '@callback-quorum/chains'
import type { Output, Question } from '@callback-quorum/checker-kit'
import { accountsOf } from './accounts-of.ts'
import { shownToApprove } from './shown-to-approve.ts'
import { changedAddresses, type ChangedAddress } from './changed-addresses.ts'
import type { Subject, SubjectRole } from './subject.ts'
import type { AddressIndex, ListedMatch } from '../list/address-index.ts'

/** One address of a question, and everything the lists say about it. */
export interface ScreenedSubject {
  readonly role: SubjectRole
  readonly raw: string
  /** Absent when the registry does not know it. */
  readonly chain?: Chain
  /** Absent when the chain is unknown or the text is no address of it. */
  readonly address?: CanonicalAddress
  readonly matches: readonly ListedMatch[]
  /** Listed Solana owners whose associated token account this is. */
  readonly owners?: readonly AddressKey[]
}

/** Trying every family costs 0.4 ms a text; of an unknown chain, so many are tried before only exact strings are compared. */
const UNKNOWN_CHAIN_READINGS_MAX = 64

/**
 * Looks up every address of a question: destinations (our own too), the contract, the sources, and what is to be whitelisted. A text that is no
 * address of its chain is still looked up, as an exact string; on an unknown chain also as every address it could be. Without `at`, no listing has ended.
 */
export function screenSubjects(
  question: Question,
  indexes: readonly AddressIndex[],
  at?: Date,
): readonly ScreenedSubject[] {
  const subjects = new Map<string, Subject>()
  for (const subject of subjectsOf(question)) {
    const { role, raw, chain, known } = subject
    const address = known ?? (chain === undefined ? undefined : readAddress(chain, raw))
    // The first spelling stays: the one of the description.
    const place = [role, chain?.id, address?.key ?? raw].join('\n')
    if (!subjects.has(place)) subjects.set(place, address === undefined ? subject : { ...subject, known: address })
  }
  return [...subjects.values()].map(({ role, raw, chain, known: address }, position) => {
    const readings =
      address !== undefined
        ? [address]
        : chain === undefined && position < UNKNOWN_CHAIN_READINGS_MAX
          ? readAny(raw)
          : []
    return {
      role,
      raw,
      ...(chain === undefined ? {} : { chain }),
      ...(address === undefined ? {} : { address }),
      matches: indexes.flatMap((index) => index.find(raw, readings, at)),
    }
  })
}

/** What the description names, and what the bytes or the call data name: a recipient may stand in only one of the two. */
function subjectsOf(question: Question): readonly Subject[] {
  const { chain, outputs, contract, sources, binding } = question
  const decoded = binding?.decoded ?? shownToApprove(question)
  const named: readonly Subject[] = [
    ...outputs.map(destination),
    ...(contract === undefined ? [] : [{ role: 'contract', raw: contract.address } as const]),
    ...sources.map((raw): Subject => ({ role: 'source', raw })),
    ...(decoded === undefined ? [] : accountsOf(decoded)),
  ]
  return [...named.map((subject) => onChain(subject, chain)), ...changedAddresses(question).map(onItsOwnChain)]
}

const destination = ({ addressText, address }: Output): Subject => ({
  role: 'destination',
  raw: addressText,
  ...(address === undefined ? {} : { known: address }),
})

const onChain = (subject: Subject, chain: Chain | undefined): Subject =>
  chain === undefined ? subject : { ...subject, chain }

const onItsOwnChain = ({ asset, output }: ChangedAddress): Subject => onChain(destination(output), asset?.chain)

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
