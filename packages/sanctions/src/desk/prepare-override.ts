import { AdminFault } from '@callback-quorum/service'
import { readWritten } from './block-keys.ts'
import { EVERY_CHAIN } from './desk-entries.ts'
import type { DeskOptions } from './desk-options.ts'
import type { KeptOverride } from './kept-body.ts'
import { overridableEntries } from './overridable-entries.ts'
import type { WrittenOverride } from './proposal-schema.ts'

/** domain/sanctions 1.5: a longer permission has to be looked at again. */
const OVERRIDE_MS_MAX = 90 * 24 * 3_600_000

/** Checks that the address is blocked now, and binds the override to the entries that do it. Throws AdminFault 400 or 409. */
export function prepareOverride(written: WrittenOverride, now: Date, options: DeskOptions): KeptOverride {
  const { address, max_amount_atomic: maximum, asset, licence_ref: licence, expires_at: until } = written
  const leftMs = until.getTime() - now.getTime()
  if (leftMs <= 0) throw new AdminFault(400, 'expires_at: is over; expected a time to come')
  if (leftMs > OVERRIDE_MS_MAX)
    throw new AdminFault(400, 'expires_at: is too far away; expected at most 90 days from now')
  if ((maximum === undefined) !== (asset === undefined))
    throw new AdminFault(400, 'max_amount_atomic: needs its asset, and the asset its amount')
  if (asset !== undefined && options.assets.asset(asset) === undefined)
    throw new AdminFault(400, 'asset: is not in the registry')
  const readings = readWritten(address, EVERY_CHAIN, options.assets)
  const { boundTo, texts } = overridableEntries(address, readings, licence, now, options)
  return {
    address,
    // The address only, however it is written: another encoding of its key is another decision.
    keys: [...new Set(readings.map(({ key }) => key))],
    bound_to: [...boundTo],
    entries: [...texts],
    organisation: written.organisation,
    wallet: written.wallet,
    max_amount_atomic: maximum ?? null,
    asset: asset ?? null,
    case_ref: written.case_ref,
    licence_ref: licence ?? null,
    expires_at: until.toISOString(),
  }
}
