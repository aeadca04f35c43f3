import type { AddressKey } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import type { AddressIndex } from '../list/address-index.ts'
import type { ListedOwner, ListedTokenAccounts } from './listed-token-accounts.ts'
import type { ScreenedSubject } from './screen-subjects.ts'

/**
 * The subjects of a Solana token payment, with a match (L2) for each that is the associated account of a listed owner, whether or not the
 * request names him. Undefined where the lists have too many owners to tell.
 */
export async function withListedOwners(
  question: Question,
  subjects: readonly ScreenedSubject[],
  indexes: readonly AddressIndex[],
  tokenAccounts: ListedTokenAccounts,
  now: Date,
): Promise<readonly ScreenedSubject[] | undefined> {
  const mints = mintsOf(question)
  if (question.chain?.family !== 'solana' || mints.length === 0) return subjects
  const found = await Promise.all(indexes.map((index) => tokenAccounts.of(index, mints)))
  const today = now.toISOString().slice(0, 'YYYY-MM-DD'.length)
  const accounts = found.flatMap((one) => one ?? [])
  if (found.includes(undefined)) return undefined
  return subjects.map((subject) => {
    const key = subject.address?.key
    const owners = key === undefined ? [] : accounts.flatMap((account) => account.get(key) ?? [])
    return withOwners(
      subject,
      owners.filter(({ match: { row } }) => row.until === undefined || row.until >= today),
    )
  })
}

function withOwners(subject: ScreenedSubject, owners: readonly ListedOwner[]): ScreenedSubject {
  if (owners.length === 0) return subject
  return {
    ...subject,
    matches: [...subject.matches, ...owners.map(({ match }) => match)],
    owners: [...new Set(owners.map(({ key }) => key))],
  }
}

/** A contract of another chain has no token accounts. */
const SOLANA_KEY = /^ed32:[0-9a-f]{64}$/

/** Of what the bytes move, or what the description says that moves. */
function mintsOf({ asset, binding }: Question): readonly AddressKey[] {
  const mints = new Set<AddressKey>()
  if (asset?.contract !== undefined) mints.add(asset.contract)
  for (const effect of binding?.decoded.effects ?? [])
    if ('holding' in effect && effect.holding.kind === 'token') mints.add(effect.holding.contract.key)
  return [...mints].filter((key) => SOLANA_KEY.test(key))
}
