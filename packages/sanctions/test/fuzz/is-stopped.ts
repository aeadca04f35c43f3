import { readListedAddress } from '@callback-quorum/chains'
import type { AddressIndex } from '../../src/list/address-index.ts'
import { isBlocking } from '../../src/rules/screening-policy.ts'
import { NOW } from '../asking.ts'
import { POLICY } from './pure-screening.ts'

/** Whether a payment to what a list wrote so is rejected: by the very string, and as whatever it is. */
export function isStopped(index: AddressIndex, listed: string): boolean {
  const readings = listed.trim() === '' ? [] : readListedAddress(listed)
  const reportOnlyListIds = new Map([[index.source, [...POLICY.reportOnlyListIds]]])
  const policy = { sameKey: 'reject', addressChecksum: 'reject', reportOnlyListIds } as const
  return index.find(listed, readings, NOW).some((match) => isBlocking(match, policy))
}

/** What an index stops of its own rows. */
export const stoppedValues = (index: AddressIndex): readonly string[] =>
  index.rowsAll().flatMap(({ value }) => (isStopped(index, value) ? [value] : []))
