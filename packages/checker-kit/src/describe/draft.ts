import type { Asset, AssetRegistry, Chain } from '@callback-quorum/chains'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { Operation, Output, Question } from '../question.ts'
import type { JsonContent } from './canonical-json.ts'
import type { Refuse } from './refuse.ts'

/** What the reader of one dialect found out about a request; `questionOfDraft` adds what is the same for all of them. */
export interface Draft {
  readonly reference?: string | undefined
  readonly initiator?: Question['initiator'] | undefined
  readonly wallet?: string | undefined
  readonly chain?: Chain | undefined
  readonly asset?: Asset | undefined
  /** As they are written. */
  readonly sources: readonly string[]
  readonly movement: Movement
  readonly description?: string | undefined
  readonly signingHashes: readonly string[]
  readonly keyUse?: Question['keyUse'] | undefined
  readonly ceremony?: Question['ceremony'] | undefined
  readonly configChange?: Question['configChange'] | undefined
  readonly contentFields?: Question['contentFields'] | undefined
  readonly rawTx?: Question['rawTx'] | undefined
}

/** What is done, as far as the description says it. */
export interface Movement {
  readonly operation: Operation
  readonly outputs: readonly Output[]
  readonly contract?: Question['contract'] | undefined
  /** What outputs and contract do not say and the content digest must hold. */
  readonly payload?: JsonContent
}

/** What a reader needs beside the request. */
export interface Reading {
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
  readonly refuse: Refuse
}
