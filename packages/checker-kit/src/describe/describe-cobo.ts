import type { AssetRegistry } from '@callback-quorum/chains'
import { businessKey, transactionIdOf, type CoboRequest, type Digest } from '@callback-quorum/protocol'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Question } from '../question.ts'
import type { Objection } from '../rule.ts'
import { readCeremony } from './ceremony.ts'
import { contentDigestOf } from './content-digest.ts'
import type { Draft, Reading } from './draft.ts'
import { readKeySignV1 } from './key-sign-v1.ts'
import { readKeySignV2 } from './key-sign-v2.ts'
import { checkOrganisation } from './organisation.ts'
import { sourceKeyOf } from './sources.ts'
import { totalOf } from './total.ts'

export interface DescribeContext {
  readonly caller: { readonly name: string; readonly organisation: string; readonly platform: 'cobo' | 'fireblocks' }
  readonly digest: Digest
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
}

/** Objections reject: the request contradicts itself or its caller, or names what nobody can judge. One for each code. */
export type Described = { readonly question: Question } | { readonly objections: readonly [Objection, ...Objection[]] }

/** A Cobo request seen neutrally (DESIGN.md, "One request, seen neutrally"). Pure: the same request and operator files, the same question. */
export function describeCobo(request: CoboRequest, context: DescribeContext): Described {
  const { caller, digest, assets, addresses } = context
  const objections = new Map<string, Objection>()
  const reading: Reading = {
    assets,
    addresses,
    refuse: (code, text) => {
      if (!objections.has(code)) objections.set(code, { code, text })
    },
  }

  const transactionId = transactionIdOf(request) ?? ''
  if (transactionId === '') reading.refuse('TRANSACTION_ID_MISSING', 'the request names no transaction')
  checkOrganisation(request, caller.organisation, reading.refuse)
  const draft = readDraft(request, reading)
  const totalAtomic = totalOf(draft.movement, reading.refuse)

  const [first, ...others] = objections.values()
  if (first !== undefined) return { objections: [first, ...others] }

  const { movement, sources, signingHashes, keyUse, ceremony, ...named } = draft
  const { payload, ...moved } = movement
  const what = { ...present(named), ...present(moved), operation: movement.operation, outputs: movement.outputs }
  const sourceKeys = sources.map((source) => sourceKeyOf(draft.chain, source))
  return {
    question: {
      caller: caller.name,
      platform: caller.platform,
      dialect: request.dialect,
      kind: request.kind,
      requestId: request.requestId,
      digest,
      organisation: caller.organisation,
      businessKey: businessKey(caller.platform, caller.organisation, transactionId),
      transactionId,
      ...what,
      sources,
      ...(totalAtomic !== undefined && { totalAtomic }),
      signingHashes,
      contentDigest: contentDigestOf({ ...what, sources: sourceKeys, payload }),
      ...(keyUse !== undefined && { keyUse }),
      ...(ceremony !== undefined && { ceremony }),
    },
  }
}

function readDraft(request: CoboRequest, reading: Reading): Draft {
  if (request.kind !== 'keysign') return draftOfCeremony(request)
  return request.dialect === 'cobo-v1' ? readKeySignV1(request, reading) : readKeySignV2(request, reading)
}

/** Key ceremonies move nothing that an output could name; their whole detail is their content. */
function draftOfCeremony(request: Exclude<CoboRequest, { kind: 'keysign' }>): Draft {
  const { kind, detail, extra } = request
  return {
    reference: ('api_request_id' in extra && extra.api_request_id) || undefined,
    sources: [],
    movement: { operation: 'ceremony', outputs: [], payload: { kind, detail } },
    signingHashes: [],
    ceremony: readCeremony(request),
  }
}

type Present<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> }

/** Leaves out what is undefined, as the question demands. */
function present<T extends object>(value: T): Partial<Present<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Present<T>>
}
