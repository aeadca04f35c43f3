import type { AddressIndex } from '../list/address-index.ts'
import { diffRows } from './diff-rows.ts'
import type { ListVersion } from './list-version.ts'
import type { OnActivated } from './version-actions.ts'
import { loadStoredVersion, type Reading } from './stored-version.ts'
import { readVersion } from './version-store.ts'

/** Another replica does it again when this one did not get through with it in this time. */
const TAKEN_MS = 10 * 60_000

interface Taken {
  readonly activation_id: bigint
  readonly version_id: bigint
  readonly replaced: bigint | null
}

/**
 * Tells of the oldest activation that nobody was told of yet, once over all replicas, unless the one that takes it dies over it. What
 * throws is told again later.
 */
export async function followUp(
  reading: Reading,
  source: string,
  loaded: { readonly versionId: bigint; readonly index: AddressIndex } | undefined,
  onActivated: OnActivated,
): Promise<void> {
  const { database } = reading
  const [taken] = await database.query<Taken>({
    text: `update list_follow_up f set taken_until = clock_now() + $2 * interval '1 millisecond'
           from list_activation a where a.activation_id = f.activation_id and f.activation_id = (
             select activation_id from list_follow_up join list_activation using (activation_id)
             where source = $1 and done_at is null and (taken_until is null or taken_until <= clock_now())
             order by activation_id limit 1 for update of list_follow_up skip locked)
           returning a.activation_id, a.version_id, a.replaced`,
    values: [source, TAKEN_MS],
  })
  if (taken === undefined) return
  const version = await readVersion(database, taken.version_id)
  const replaced = taken.replaced === null ? undefined : await readVersion(database, taken.replaced)
  const load = async (stored: ListVersion): Promise<AddressIndex> =>
    (await loadStoredVersion(reading, stored, stored.fetchedAt.getTime(), () => Promise.resolve([]))).index
  const index = loaded?.versionId === version.id ? loaded.index : await load(version)
  const before = replaced === undefined ? [] : (await load(replaced)).rowsAll()
  await onActivated({
    activationId: taken.activation_id,
    source,
    versionSha: version.sha256,
    ...(replaced === undefined ? {} : { replacedSha: replaced.sha256 }),
    diff: await diffRows(before, index.rowsAll()),
    index,
  })
  await database.query({
    text: 'update list_follow_up set done_at = clock_now() where activation_id = $1',
    values: [taken.activation_id],
  })
}
