import type { AddressIndex } from '../list/address-index.ts'
import { LOAD_LIMITS } from '../list/load-list.ts'
import { SanctionsFault } from '../faults.ts'
import { STARTER_LIST } from '../starter-list.ts'
import { checkGates, type CrossCheck } from './check-gates.ts'
import { crossCheckLists } from './cross-check-lists.ts'
import type { GateFinding } from './gate-finding.ts'
import type { ListSourceOptions } from './list-source-options.ts'
import type { ListVersion } from './list-version.ts'
import { countsOf, loadRows } from './load-rows.ts'
import { readMonthMaximum } from './month-maximum.ts'
import { readVersion } from './version-store.ts'

type Gating = Pick<ListSourceOptions, 'name' | 'database' | 'gates' | 'crossCheck' | 'directory' | 'loadLimits'>

/** What the gates say of a version that was parsed. `known`: the same bytes as they stand in the database already. */
export async function gateVersion(
  gating: Gating,
  next: AddressIndex,
  active: AddressIndex | undefined,
  known: ListVersion | undefined,
): Promise<readonly GateFinding[]> {
  const { name, database, gates, crossCheck } = gating
  const month = await readMonthMaximum(database, name, STARTER_LIST.sha256)
  const before = historyOf(known)
  return checkGates(
    {
      next: countsOf(next),
      ...(active === undefined ? {} : { active: countsOf(active) }),
      ...(month === undefined ? {} : { month }),
      ...(crossCheck === undefined ? {} : { crossCheck: await crossCheckWith(gating, next, crossCheck) }),
      ...(before === undefined ? {} : { before }),
    },
    gates,
  )
}

/** In quarantine without a finding is one that was stored and not yet activated when its process ended: nobody refused it. */
function historyOf(known: ListVersion | undefined): 'screened' | 'quarantined' | undefined {
  if (known === undefined) return undefined
  switch (known.state) {
    case 'active':
    case 'superseded':
      return 'screened'
    case 'refused':
      return 'quarantined'
    case 'quarantined':
      return known.findings.length === 0 ? undefined : 'quarantined'
    default:
      throw new Error(`invariant: ${String(known.state satisfies never)} is no state`)
  }
}

async function crossCheckWith(
  { database, directory, loadLimits }: Gating,
  next: AddressIndex,
  { source, extrasPercent }: NonNullable<Gating['crossCheck']>,
): Promise<CrossCheck> {
  const [found] = await database.query<{ active_version: bigint | null }>({
    text: 'select active_version from list_source where source = $1',
    values: [source],
  })
  if (found === undefined || found.active_version === null)
    throw new SanctionsFault('ERR_SANCTIONS_REFERENCE_MISSING', `${source} has no active version to compare with`)
  const version = await readVersion(database, found.active_version)
  const { index } = await loadRows(database, version, version.reading, [], {
    limits: loadLimits ?? LOAD_LIMITS,
    directory,
    loadedAtMs: next.loadedAtMs,
  })
  return crossCheckLists(next, index, extrasPercent)
}
