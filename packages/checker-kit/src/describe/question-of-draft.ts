import type { AssetRegistry } from '@callback-quorum/chains'
import { businessKey, type Dialect, type Digest, type Kind } from '@callback-quorum/protocol'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Question } from '../question.ts'
import type { Objection } from '../rule.ts'
import { contentDigestOf } from './content-digest.ts'
import type { Draft, Reading } from './draft.ts'
import { sourceKeyOf } from './sources.ts'
import { totalOf } from './total.ts'

export interface DescribeContext {
  readonly caller: {
    readonly name: string
    readonly organisation: string
    readonly platform: 'cobo' | 'fireblocks'
    /** Absent is `required`: the platform sends the bytes beside every signing request. */
    readonly rawTx?: 'required' | 'unavailable'
  }
  readonly digest: Digest
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
}

/** Objections reject: the request contradicts itself or its caller, or names what nobody can judge. One for each code. */
export type Described = { readonly question: Question } | { readonly objections: readonly [Objection, ...Objection[]] }

/** Which request it is, whatever it asks. */
export interface Asked {
  readonly dialect: Dialect
  readonly kind: Kind
  readonly requestId: string
  readonly signerId?: string
  /** What the business key is made of; a request without it is refused. */
  readonly transactionId: string | undefined
}

/** The question that the reader of a dialect drafts, completed by what is the same for all of them; or everything that is wrong with it. */
export function questionOfDraft(
  { transactionId = '', ...asked }: Asked,
  { caller, digest, assets, addresses }: DescribeContext,
  read: (reading: Reading) => Draft,
): Described {
  const objections = new Map<string, Objection>()
  const reading: Reading = {
    assets,
    addresses,
    refuse: (code, text) => {
      if (!objections.has(code)) objections.set(code, { code, text })
    },
  }
  if (transactionId === '') reading.refuse('TRANSACTION_ID_MISSING', 'the request names no transaction')
  const draft = read(reading)
  const totalAtomic = totalOf(draft.movement, reading.refuse)

  const [first, ...others] = objections.values()
  if (first !== undefined) return { objections: [first, ...others] }

  const { movement, sources, signingHashes, ...named } = draft
  const { payload, ...moved } = movement
  const what = { ...present(named), ...present(moved), operation: movement.operation, outputs: movement.outputs }
  const sourceKeys = sources.map((source) => sourceKeyOf(draft.chain, source))
  return {
    question: {
      caller: caller.name,
      platform: caller.platform,
      ...asked,
      digest,
      organisation: caller.organisation,
      businessKey: businessKey(caller.platform, caller.organisation, transactionId),
      transactionId,
      ...what,
      sources,
      ...(totalAtomic !== undefined && { totalAtomic }),
      signingHashes,
      contentDigest: contentDigestOf({ ...what, sources: sourceKeys, payload }),
    },
  }
}

type Present<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> }

/** Leaves out what is undefined, as the question demands. */
function present<T extends object>(value: T): Partial<Present<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Present<T>>
}
