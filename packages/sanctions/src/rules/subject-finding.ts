import type { Question } from '@callback-quorum/checker-kit'
import { EVERY_CHAIN, type AllowOverride, type DeskEntries, type ManualBlock } from '../desk/desk-entries.ts'
import type { ListedMatch } from '../list/address-index.ts'
import { overrideStanding, type OverrideStanding } from './override-standing.ts'
import type { ScreenedSubject } from './screen-subjects.ts'
import { screenedKeys } from './screened-keys.ts'
import { isBlocking, type ScreeningPolicy } from './screening-policy.ts'

/** What lists and people together say of one screened address. */
export interface SubjectFinding {
  readonly subject: ScreenedSubject
  /** Blocks of our own in force. Nothing allows these. */
  readonly blocks: readonly ManualBlock[]
  /** Matches that reject, unless `allowedBy` is there. */
  readonly blocking: readonly ListedMatch[]
  readonly allowedBy?: AllowOverride
  /** Overrides that name the address and do not allow this payment. */
  readonly notApplied: readonly { readonly override: AllowOverride; readonly why: Exclude<OverrideStanding, 'valid'> }[]
}

export interface FindingContext {
  readonly question: Question
  readonly desk: DeskEntries
  readonly policy: ScreeningPolicy
  readonly now: Date
}

export function subjectFinding(subject: ScreenedSubject, context: FindingContext): SubjectFinding {
  const { question, desk, policy, now } = context
  const keys = new Set(screenedKeys(subject))
  const namesIt = ({ keys: named }: { readonly keys: readonly string[] }): boolean => named.some((key) => keys.has(key))
  const blocks = desk.blocks.filter((block) => namesIt(block) && isInForce(block, subject, now))
  const blocking = subject.matches.filter((match) => isBlocking(match, policy))
  const notApplied: { override: AllowOverride; why: Exclude<OverrideStanding, 'valid'> }[] = []
  let allowedBy: AllowOverride | undefined
  if (blocking.length > 0)
    for (const override of desk.overrides.filter(namesIt)) {
      const why = overrideStanding(override, subject, blocking, question, now)
      if (why === 'valid') allowedBy ??= override
      else notApplied.push({ override, why })
    }
  return { subject, blocks, blocking, ...(allowedBy !== undefined && { allowedBy }), notApplied }
}

function isInForce({ scope, effectiveFrom, expiresAt }: ManualBlock, { chain }: ScreenedSubject, now: Date): boolean {
  // A chain that is not known could be any.
  const isInScope = scope === EVERY_CHAIN || chain === undefined || chain.id === scope
  return isInScope && effectiveFrom <= now && (expiresAt === undefined || expiresAt > now)
}
