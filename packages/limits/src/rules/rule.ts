import type { AddressKey, PowerName } from '@callback-quorum/chains'
import type { Dimension, Match, Measure } from './rules-schema.ts'
import type { Window } from './window.ts'

/** Groups by member, so that a member is in one group at most. */
export interface Groups {
  readonly walletGroup: ReadonlyMap<string, string>
  /** By canonical key, on whatever chain. */
  readonly destinationGroup: ReadonlyMap<AddressKey, string>
}

export const LIMIT_CODES = [
  'LIMIT_TX',
  'LIMIT_WINDOW',
  'LIMIT_COUNT',
  'LIMIT_LIFETIME',
  'MIN_INTERVAL',
  'MAX_PENDING',
  'DEST_NEW_CAP',
] as const

interface Applied {
  readonly ruleId: string
  readonly isShadow: boolean
  readonly match: Match
}

/** Something that is counted and may not grow above a limit. Every kind of rule that counts becomes such limits. */
export interface Limit extends Applied {
  /** Identity of its counters, with their dimensions: the rule's id, or that and a part of the rule behind a dot. */
  readonly counterId: string
  /** Digest of all that says what is counted, not of how much is allowed: another shape counts anew, from the ledger. */
  readonly shape: string
  readonly per: readonly Dimension[]
  readonly measure: Measure
  readonly currency?: string
  readonly countUnit: 'transaction' | 'output'
  readonly includesFee: boolean
  readonly window: Window
  /** Decimal text: units of the asset, of the currency, or a whole number. */
  readonly limit: string
  readonly code: (typeof LIMIT_CODES)[number]
  /** Only while a destination is new: this long after its cool-down began. */
  readonly newForMs?: number
  readonly unlisted?: 'refuse' | 'first-sight'
}

/** As the database reads it (limits_is_open). */
export interface Schedule {
  readonly zone: string
  readonly open: readonly { readonly days: readonly number[]; readonly from: string; readonly to: string }[]
  readonly holidays: readonly string[]
}

export type Gate =
  | (Applied & { readonly gate: 'schedule'; readonly schedule: Schedule })
  | (Applied & {
      readonly gate: 'cooldown'
      readonly cooldownMs: number
      readonly unlisted: 'refuse' | 'first-sight'
    })

/** The operator's rules, ready to be applied. */
export interface Rules {
  readonly version: number
  readonly digest: string
  readonly letPass: readonly PowerName[]
  readonly groups: Groups
  readonly limits: readonly Limit[]
  readonly gates: readonly Gate[]
}
