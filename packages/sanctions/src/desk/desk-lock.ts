import type { Transaction } from '@callback-quorum/service'

/** Any constant that nobody else locks in this database. */
const DESK_LOCK = 0x63_71_73_64

/**
 * For whoever approves: until the transaction ends, no block or override is made or taken back. Without it an approval that read before
 * a block was committed could leave after the people were told that it blocks.
 */
export async function holdDesk(tx: Transaction): Promise<void> {
  await tx.query({ name: 'hold-desk', text: 'select pg_advisory_xact_lock_shared($1)', values: [DESK_LOCK] })
}

/** For whoever changes what the desk says: waits for the approvals under way, and those that come wait for the change. */
export async function changeDesk(tx: Transaction): Promise<void> {
  await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [DESK_LOCK] })
}
