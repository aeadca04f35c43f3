import type { Kind } from '@callback-quorum/protocol'

/** What a TSS node asks about (protocol/cobo.md 1.3). */
export const NODE_KINDS = ['keygen', 'keysign', 'keyreshare', 'keysharesign'] as const satisfies readonly Kind[]
export type NodeKind = (typeof NODE_KINDS)[number]

/**
 * What one server does with requests of one kind. `judges`: it looks at each and may say no. `approves`: it says yes unseen.
 * `rejects`: it says no unseen.
 */
export interface Manner {
  readonly does: 'judges' | 'approves' | 'rejects'
  /** Who judges, or where that stands. */
  readonly by: string
}

export type Manners = Readonly<Record<NodeKind, Manner>>

export const mannersOf = (of: (kind: NodeKind) => Manner): Manners => ({
  keygen: of('keygen'),
  keysign: of('keysign'),
  keyreshare: of('keyreshare'),
  keysharesign: of('keysharesign'),
})

/** The node approves when all do, so one that always says no is enough, and one that never looks counts for nothing. */
export type SetManner = 'judged' | 'rejected' | 'unjudged'

/** `unjudged`: everything of this kind would be approved, and nobody has looked. An empty set leaves everything unjudged. */
export function setManner(manners: readonly Manner[]): SetManner {
  if (manners.some(({ does }) => does === 'rejects')) return 'rejected'
  return manners.some(({ does }) => does === 'judges') ? 'judged' : 'unjudged'
}
