import { AdminFault, type Transaction } from '@callback-quorum/service'
import { prepareBlock } from './prepare-block.ts'
import { prepareOverride } from './prepare-override.ts'
import { prepareRemovals, prepareVersion } from './prepare-version.ts'
import type { DeskOptions } from './desk-options.ts'
import type { keptBlockId, keptOverrideId } from './kept-body.ts'
import type { WrittenDeskProposal } from './proposal-schema.ts'
import type { z } from 'zod'

/** Checks everything that can be known now, and gives what the ledger keeps. Throws AdminFault 400, 404 or 409. */
export async function prepareProposal(
  tx: Transaction,
  written: WrittenDeskProposal,
  options: DeskOptions,
): Promise<object> {
  switch (written.kind) {
    case 'block':
      return prepareBlock(written, await tx.clockNow(), options)
    case 'override':
      return prepareOverride(written, await tx.clockNow(), options)
    case 'revoke-block': {
      const { address } = await unrevoked(tx, 'block', written.block_id)
      return { block_id: written.block_id, address } satisfies z.output<typeof keptBlockId>
    }
    case 'revoke-override': {
      const { address } = await unrevoked(tx, 'override', written.override_id)
      if (address === null) throw new Error('invariant: an override names an address')
      return { override_id: written.override_id, address } satisfies z.output<typeof keptOverrideId>
    }
    case 'activate-version':
    case 'refuse-version':
      return prepareVersion(tx, written)
    case 'acknowledge-removals':
      return prepareRemovals(tx, written)
    default:
      return written satisfies never
  }
}

const TABLES = {
  block: 'select address, revoked_at from manual_block where block_id = $1',
  override: 'select address, revoked_at from allow_override where override_id = $1',
} as const

async function unrevoked(
  tx: Transaction,
  what: keyof typeof TABLES,
  id: string,
): Promise<{ readonly address: string | null }> {
  const [row] = await tx.query<{ address: string | null; revoked_at: Date | null }>({
    text: TABLES[what],
    values: [id],
  })
  if (row === undefined) throw new AdminFault(404, `there is no ${what} ${id}`)
  if (row.revoked_at !== null) throw new AdminFault(409, `the ${what} ${id} is revoked already`)
  return { address: row.address }
}
