import type { JsonValue } from '@callback-quorum/protocol'
import type { Database, Transaction } from '@callback-quorum/service'
import type { z } from 'zod'
import type { Proposal } from './proposal.ts'

/** What a body says whatever its kind: what it wants, and why. */
export interface WrittenProposal {
  readonly kind: string
  readonly reason: string
}

/** What an approval did. */
export interface Applied<Alarm extends string = never> {
  /** For the answer. */
  readonly effect: Readonly<Record<string, JsonValue>>
  /** What people must look at, once it is committed. */
  readonly alarms?: readonly Alarm[]
}

/** What a checker lets two people do. All kinds are of one database, in its table `proposal`. */
export interface ProposalKinds<Written extends WrittenProposal, Alarm extends string = never> {
  readonly database: Database
  /** Every kind that the schema reads: a row of another kind is never applied. */
  readonly kinds: readonly Written['kind'][]
  /** A strict object with `kind` and `reason`. */
  readonly schema: z.ZodType<Written>
  /** Runs first in the transaction that proposes: throws AdminFault 409 where this process cannot take proposals. */
  readonly beforePropose?: (tx: Transaction) => Promise<void>
  /** Checks what can be known now, and gives what is kept: JSON, without the members that every proposal has. Throws AdminFault. */
  readonly prepare: (tx: Transaction, written: Written) => Promise<object>
  /**
   * Does it, in the transaction that closes the proposal, which is locked: what was prepared may hold no more.
   * @throws AdminFault 409 for what changed since; the proposal stays open
   */
  readonly apply: (tx: Transaction, proposal: Proposal<Written['kind']>, approver: string) => Promise<Applied<Alarm>>
  /** After the commit, for logs and metrics: must not throw. `proposal` is the closed one. */
  readonly onApplied?: (proposal: Proposal, applied: Applied<Alarm>) => void
}
