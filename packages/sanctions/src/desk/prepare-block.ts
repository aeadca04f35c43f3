import { AdminFault } from '@callback-quorum/service'
import type { ListedRow } from '../list/listed-row.ts'
import { eachRow } from '../rules/each-row.ts'
import { keysOf, keysOfRows, readWritten } from './block-keys.ts'
import { EVERY_CHAIN } from './desk-entries.ts'
import type { DeskOptions } from './desk-options.ts'
import type { KeptBlock } from './kept-body.ts'
import type { WrittenBlock } from './proposal-schema.ts'

type What = Pick<KeptBlock, 'address' | 'source' | 'party_id' | 'party_name' | 'addresses' | 'version_sha' | 'keys'>

/** Resolves what is to be blocked to keys, and checks the times. Throws AdminFault 400, 404 or 409. */
export async function prepareBlock(written: WrittenBlock, now: Date, options: DeskOptions): Promise<KeptBlock> {
  const { address, party, scope, effective_from: from, expires_at: until, review_at: review } = written
  if ((address === undefined) === (party === undefined))
    throw new AdminFault(400, 'the body: expected either an address or a party')
  if (scope !== EVERY_CHAIN && options.assets.chain(scope) === undefined)
    throw new AdminFault(400, 'scope: no chain of the registry; expected one, or *')
  if (until !== undefined && until <= (from === undefined || from < now ? now : from))
    throw new AdminFault(400, 'expires_at: is over before the block begins')
  if (review <= now) throw new AdminFault(400, 'review_at: is over; expected a time to come')
  return {
    ...(address === undefined ? await partyOf(party, options) : addressOf(address, scope, options)),
    scope,
    source_ref: written.source_ref,
    effective_from: from?.toISOString() ?? null,
    expires_at: until?.toISOString() ?? null,
    review_at: review.toISOString(),
  }
}

function addressOf(address: string, scope: string, { assets }: DeskOptions): What {
  const keys = keysOf(readWritten(address, scope, assets))
  return {
    address,
    source: null,
    party_id: null,
    party_name: null,
    addresses: [address],
    version_sha: null,
    keys: [...keys],
  }
}

/** Also what the party was taken off the list with and what is still held: blocks are made to outlive that. */
async function partyOf(party: WrittenBlock['party'], { lists }: DeskOptions): Promise<What> {
  if (party === undefined) throw new Error('invariant: without an address there is a party')
  const index = lists.find(({ name }) => name === party.source)?.active()?.index
  if (index === undefined) throw new AdminFault(404, 'party.source: is no list that is loaded')
  const rows: ListedRow[] = []
  for await (const row of eachRow(index)) if (row.partyId === party.party_id) rows.push(row)
  const [first] = rows
  if (first === undefined) throw new AdminFault(404, `party.party_id: ${party.source} has no address of such a party`)
  return {
    address: null,
    source: party.source,
    party_id: party.party_id,
    party_name: first.partyName,
    addresses: rows.map(({ value }) => value),
    version_sha: index.versionSha,
    keys: [...keysOfRows(rows)],
  }
}
