import type { Transaction } from '@callback-quorum/service'
import type { ListedRow } from '../list/listed-row.ts'
import { closeRelisted, insertRemovals } from './held-removals.ts'
import type { Removal, RemovalPolicy } from './removals-of.ts'
import { rowKey } from './row-key.ts'

/** Keys of one statement: 330 kB. */
const KEYS_PER_STATEMENT = 5_000

export interface Activation {
  readonly source: string
  readonly version: bigint
  readonly sha256: string
  /** The version that was active when the gates and the difference were made. */
  readonly gatedAgainst: bigint | undefined
  /** All rows of the version, and those that the former one did not have. */
  readonly rows: readonly ListedRow[]
  readonly added: readonly ListedRow[]
  readonly removals: readonly Removal[]
  readonly policy: RemovalPolicy
  /** `system`, or the people of a proposal. */
  readonly by: string
}

/**
 * Makes a quarantined version the one that screens, with everything that follows from it, in one transaction. `raced`, and nothing was
 * done, when another version is active than the one that was compared, or when this one is no longer in quarantine.
 */
export async function activateVersion(tx: Transaction, activation: Activation): Promise<'activated' | 'raced'> {
  const { source, version, gatedAgainst, sha256, by } = activation
  const active = await lockSource(tx, source)
  if (active !== gatedAgainst) return 'raced'
  const [waiting] = await tx.query({
    text: `select from list_version where version_id = $1 and source = $2 and state = 'quarantined' for update`,
    values: [version, source],
  })
  if (waiting === undefined) return 'raced'
  await tx.query({
    text: `update list_version set state = 'superseded' where version_id = $1`,
    values: [active ?? null],
  })
  await tx.query({ text: `update list_version set state = 'active' where version_id = $1`, values: [version] })
  const [row] = await tx.query<{ activation_id: bigint }>({
    text: `insert into list_activation (source, version_id, replaced, activated_at, by) values ($1, $2, $3, clock_now(), $4)
           returning activation_id`,
    values: [source, version, active ?? null, by],
  })
  await tx.query({ text: 'insert into list_follow_up (activation_id) values ($1)', values: [row?.activation_id] })
  await closeRelisted(tx, source, sha256, activation.rows, activation.policy)
  await insertRemovals(tx, source, { version, sha256 }, activation.removals)
  await insertFirstSeen(tx, source, version, activation.added)
  await tx.query({
    text: 'update list_source set active_version = $2, revision = revision + 1 where source = $1',
    values: [source, version],
  })
  return 'activated'
}

/** Everything that changes what a source screens with begins with this lock. Gives the active version. */
export async function lockSource(tx: Transaction, source: string): Promise<bigint | undefined> {
  const [row] = await tx.query<{ active_version: bigint | null }>({
    text: 'select active_version from list_source where source = $1 for update',
    values: [source],
  })
  if (row === undefined) throw new Error(`invariant: the source ${source} was added when it was opened`)
  return row.active_version ?? undefined
}

async function insertFirstSeen(
  tx: Transaction,
  source: string,
  version: bigint,
  rows: readonly ListedRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += KEYS_PER_STATEMENT)
    await tx.query({
      text: `insert into first_seen (source, row_key, version_id, at)
             select $1, key, $2, clock_now() from unnest($3::text[]) key on conflict do nothing`,
      values: [source, version, rows.slice(from, from + KEYS_PER_STATEMENT).map(rowKey)],
    })
}
