import type { Chain } from '@callback-quorum/chains'
import type { AddressBook, Question } from '@callback-quorum/checker-kit'
import { screenSubjects } from '../rules/screen-subjects.ts'
import type { SubjectRole } from '../rules/subject.ts'
import { vendorText } from './vendor-text.ts'

/** An address of a question that a vendor may have to judge, in all the roles it has. */
export interface VendorSubject {
  readonly roles: readonly SubjectRole[]
  /** The first spelling, for evidence. */
  readonly raw: string
  /** Ours by the operator's address book; a request cannot make an address ours. */
  readonly isOwn: boolean
  /** Absent: the chain is unknown or the text is no address of it. */
  readonly address?: {
    readonly chain: Chain
    readonly key: string
    readonly text: string | undefined
    readonly raw: string
  }
}

/** Every address that the description or the bytes name, once, however often and in whatever roles it stands there. */
export function vendorSubjects(
  question: Question,
  { ownerOf }: Pick<AddressBook, 'ownerOf'>,
): readonly VendorSubject[] {
  const subjects = new Map<string, VendorSubject>()
  for (const { role, raw, chain, address } of screenSubjects(question, [])) {
    // Some vendors are asked about an address on a chain.
    const place = [chain?.id, address?.key ?? raw].join('\n')
    const found = subjects.get(place)
    const text = address === undefined ? undefined : vendorText(address)
    subjects.set(place, {
      roles: [...(found?.roles ?? []), role],
      raw: found?.raw ?? raw,
      isOwn: chain !== undefined && address !== undefined && ownerOf(address.key, chain.id) !== undefined,
      ...(chain !== undefined &&
        address !== undefined && {
          // In another role it may be spelled as vendors spell it.
          address: { chain, key: address.key, text: found?.address?.text ?? text, raw: address.raw },
        }),
    })
  }
  return [...subjects.values()]
}
