import { AdminFault, type Transaction } from '@callback-quorum/service'
import { activateVersion, lockSource } from './activate-version.ts'
import { diffRows } from './diff-rows.ts'
import { closeAcknowledged } from './held-removals.ts'
import type { ListVersion } from './list-version.ts'
import { logRefresh } from './refresh-log.ts'
import { removalsOf, type RemovalPolicy } from './removals-of.ts'
import { readStoredRows } from './stored-version.ts'
import { findVersion, readVersion } from './version-store.ts'
import type { VersionActions } from './version-actions.ts'
import { isStarterSha } from '../starter-list.ts'

/** `policyOf`: of a configured source; undefined for any other name. */
export function createVersionActions(policyOf: (source: string) => RemovalPolicy | undefined): VersionActions {
  const policy = (source: string): RemovalPolicy => {
    const known = policyOf(source)
    if (known === undefined) throw new AdminFault(404, `there is no list ${source}`)
    return known
  }
  return {
    activateQuarantined: async (tx, source, sha256, who) => {
      const rules = policy(source)
      const active = await lockSource(tx, source)
      const version = await lockQuarantined(tx, source, sha256)
      if (version.gatedAgainst !== active)
        throw new AdminFault(
          409,
          `another version became active since the gates looked at ${sha256.slice(0, 16)}; it is compared anew when it is delivered again`,
        )
      const rows = await readStoredRows(tx, version)
      const former = active === undefined ? undefined : await readVersion(tx, active)
      const diff = await diffRows(former === undefined ? [] : await readStoredRows(tx, former), rows)
      const isFree = former === undefined || isStarterSha(former.sha256)
      const result = await activateVersion(tx, {
        source,
        version: version.id,
        sha256,
        gatedAgainst: active,
        rows,
        added: [...diff.added, ...diff.moved.map(({ after }) => after)],
        removals: await removalsOf(diff, rows, isFree ? { ...rules, delistingHold: 'none' } : rules),
        policy: rules,
        by: who,
      })
      if (result === 'raced') throw new Error('invariant: the source and the version are locked')
      await logRefresh(tx, source, { result: 'activated', sha256, text: who })
    },
    refuseQuarantined: async (tx, source, sha256, who) => {
      policy(source)
      await lockSource(tx, source)
      const version = await lockQuarantined(tx, source, sha256)
      await tx.query({
        text: `update list_version set state = 'refused' where version_id = $1`,
        values: [version.id],
      })
      await logRefresh(tx, source, { result: 'refused', sha256, text: who })
    },
    acknowledgeRemovals: async (tx, source, versionSha, who) => {
      policy(source)
      await lockSource(tx, source)
      const version = await findVersion(tx, source, versionSha)
      if (version === undefined) throw new AdminFault(404, `there is no version ${versionSha} of ${source}`)
      const closed = await closeAcknowledged(tx, source, version.id, who)
      if (closed === 0) throw new AdminFault(409, `no removal by ${versionSha.slice(0, 16)} is held`)
      await tx.query({ text: 'update list_source set revision = revision + 1 where source = $1', values: [source] })
      return closed
    },
  }
}

/** The source is locked: nobody else changes the state of its versions. */
async function lockQuarantined(tx: Transaction, source: string, sha256: string): Promise<ListVersion> {
  const version = await findVersion(tx, source, sha256)
  if (version === undefined) throw new AdminFault(404, `there is no version ${sha256} of ${source}`)
  if (version.state !== 'quarantined')
    throw new AdminFault(409, `the version ${sha256.slice(0, 16)} is ${version.state}, not quarantined`)
  return version
}
