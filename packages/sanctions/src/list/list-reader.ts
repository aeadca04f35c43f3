import type { AddressIndex } from './address-index.ts'
import { CLOCK_SKEW_MS_MAX } from '../delivery/delivery-manifest.ts'

/** One consistent state of a list. A reload replaces the whole object; a decision takes it once and keeps it. */
export interface ActiveList {
  readonly index: AddressIndex
  /** When somebody last looked whether the publication is still this version. Absent for a list that does not age. */
  readonly checkedAtMs?: number
  readonly isStarter: boolean
  /** When this process last knew that what it has is what the database says. Absent where there is no database behind the list. */
  readonly syncedAtMs?: number
}

/** Replicas look every few seconds; one that is behind for a minute does not see what the others screen with. */
const BEHIND_MS_MAX = 60_000

/** Where a rule gets a list from. The kind of source (file, later download or API) is hidden behind it. */
export interface ListReader {
  readonly name: string
  readonly maxAgeMs: number | 'none'
  /** Undefined until a version was loaded; from then on never undefined again. */
  active(): ActiveList | undefined
}

export type ListStanding =
  | { readonly state: 'fresh'; readonly active: ActiveList }
  | { readonly state: 'stale'; readonly active: ActiveList; readonly why: string }
  /** Another version screens already, or may: this process could not take it over or could not ask. */
  | { readonly state: 'behind'; readonly active: ActiveList; readonly why: string }
  | { readonly state: 'absent'; readonly why: string }

/** Says whether a list may be decided on at `nowMs`. Without a known, plausible and recent check it may not. */
export function standingOf(reader: ListReader, nowMs: number): ListStanding {
  const active = reader.active()
  if (active === undefined) return { state: 'absent', why: `no version of ${reader.name} is loaded` }
  const { syncedAtMs } = active
  const fresh: ListStanding =
    syncedAtMs !== undefined && nowMs - syncedAtMs > BEHIND_MS_MAX
      ? {
          state: 'behind',
          active,
          why: `${reader.name} was last compared with the database ${String(Math.floor((nowMs - syncedAtMs) / 1000))} s ago`,
        }
      : { state: 'fresh', active }
  if (reader.maxAgeMs === 'none' && active.isStarter) return fresh
  const stale = (why: string): ListStanding => ({ state: 'stale', active, why: `${reader.name} ${why}` })
  if (reader.maxAgeMs === 'none' || active.checkedAtMs === undefined) return stale('was never checked')
  const ageMs = nowMs - active.checkedAtMs
  if (ageMs < -CLOCK_SKEW_MS_MAX) return stale('was checked in the future: a clock is wrong')
  if (ageMs > reader.maxAgeMs)
    return stale(
      `was last checked ${String(Math.floor(ageMs / 1000))} s ago; at most ${String(Math.floor(reader.maxAgeMs / 1000))} s are allowed`,
    )
  return fresh
}
