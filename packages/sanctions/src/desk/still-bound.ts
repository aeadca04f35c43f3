import { AdminFault } from '@callback-quorum/service'
import { readWritten } from './block-keys.ts'
import { EVERY_CHAIN } from './desk-entries.ts'
import type { DeskOptions } from './desk-options.ts'
import type { KeptOverride } from './kept-body.ts'
import { overridableEntries } from './overridable-entries.ts'

/** Throws AdminFault 409 where the override was proposed for a time that is over, or for other entries than the lists have now. */
export function assertStillBound(written: KeptOverride, now: Date, options: DeskOptions): void {
  if (new Date(written.expires_at) <= now)
    throw new AdminFault(409, `the override was for a time until ${written.expires_at}, which is over`)
  const readings = readWritten(written.address, EVERY_CHAIN, options.assets)
  const { boundTo } = overridableEntries(written.address, readings, written.licence_ref ?? undefined, now, options)
  if (fingerprintsOf(boundTo) !== fingerprintsOf(written.bound_to))
    throw new AdminFault(
      409,
      'the lists say something else of this address than when it was proposed: propose it again',
    )
}

const fingerprintsOf = (entries: KeptOverride['bound_to'] | ReturnType<typeof overridableEntries>['boundTo']): string =>
  [...new Set(entries.map(({ entryFingerprint }) => entryFingerprint))].sort().join()
