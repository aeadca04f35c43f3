import type { BusinessKey, JsonValue, Kind } from '@callback-quorum/protocol'
import type { Transaction } from '@callback-quorum/service'
import type { Question } from './question.ts'

/** A rule said no. `code` is `<RULE>_<WHY>`, never changed and never reused; `text` is public: figures, no secrets. */
export interface Objection {
  readonly code: string
  readonly text: string
  readonly evidence?: Evidence
}

export type Evidence = Readonly<Record<string, JsonValue>>

/** `unable` means "cannot tell now": it never approves and never rejects, the caller will ask again. */
export type Judgement =
  | { readonly outcome: 'approve'; readonly evidence?: Evidence }
  | {
      readonly outcome: 'reject'
      readonly objections: readonly [Objection, ...Objection[]]
      readonly evidence?: Evidence
    }
  | { readonly outcome: 'unable'; readonly code: string; readonly text: string; readonly evidence?: Evidence }

export interface JudgeContext {
  /** Everything the rule awaits must end before this signal fires; a judgement that comes later is `unable`. */
  readonly signal: AbortSignal
  /** Milliseconds left when the rule was called. */
  readonly leftMs: number
  /** Database time read before judging; for what is decided on time inside `claim`, use its own `now`. */
  readonly now: Date
  /** When this business key was first asked about. */
  readonly firstAskedAt: Date
}

export interface ClaimContext {
  /** `clock_now()` after the business key was locked. Read it again after taking further locks if time decides. */
  readonly now: Date
  readonly firstAskedAt: Date
  /**
   * True when an approval of this content already holds the business key: claim must not take twice. Of a Fireblocks transaction that approval
   * may have been given before the platform said everything (`contentFields`): what was not known then is to be taken now.
   */
  readonly alreadyClaimed: boolean
}

/** One reason to say no. All rules of a kind are judged and all their objections reported; one objection rejects. */
export interface Rule {
  readonly name: string
  /** The kinds of callback request that this rule judges; `['keysign', 'tx-approval', 'tx-signing']` for payments. */
  readonly kinds: readonly Kind[]
  /** Judges outside any transaction; may read and call out, must not write what counts. */
  judge?(question: Question, context: JudgeContext): Promise<Judgement>
  /**
   * Takes what the approval uses up (a reservation, a reference), inside the transaction that records the verdict and with the
   * business key locked. Runs only when every `judge` approved. An objection or `unable` rolls back the claims of all rules.
   */
  claim?(question: Question, tx: Transaction, context: ClaimContext): Promise<Judgement>
  /**
   * Learns that an approval was used: the outcome said `approved` for an attempt to sign that holds the business key. Once per attempt, in
   * the transaction that closes it, so a transaction asked about by two callers may commit twice. A throw leaves the attempt open.
   * Approvals without a signature (tx-approval, config-change) and ceremonies commit nothing.
   */
  commit?(businessKey: BusinessKey, tx: Transaction): Promise<void>
  /**
   * Gives back what `claim` took. Called in one transaction when no attempt holds the business key any more, also where this rule was not
   * asked and took nothing.
   */
  release?(businessKey: BusinessKey, tx: Transaction): Promise<void>
}
