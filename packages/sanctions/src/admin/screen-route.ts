import { canonicalizeAddress, ChainsFault, readListedAddress, type CanonicalAddress } from '@callback-quorum/chains'
import { AdminFault, readQuery, type AdminCall, type AdminRoute } from '@callback-quorum/service'
import { standingOf } from '../list/list-reader.ts'
import type { ListsContext } from './lists-context.ts'

/** FAQ 563 of OFAC: an address has up to 256 characters. */
const ADDRESS_LENGTH_MAX = 256

/** `GET /v1/screen?address=&chain=`: what the lists say of an address, for an analyst. No decision; logged with who asked. */
export const screenRoute = (context: ListsContext): AdminRoute => ({
  method: 'GET',
  path: '/v1/screen',
  role: 'viewer',
  handle: (call) => Promise.resolve({ body: screen(context, call) }),
})

function screen({ sources, time, assets, log }: ListsContext, call: AdminCall): object {
  const { address, chain: chainId } = readQuery(call, ['address', 'chain'])
  if (address === undefined || address.trim() === '' || address.length > ADDRESS_LENGTH_MAX)
    throw new AdminFault(400, `address is missing or longer than ${String(ADDRESS_LENGTH_MAX)} characters`)
  const chain = chainId === undefined ? undefined : assets.chain(chainId)
  if (chainId !== undefined && chain === undefined) throw new AdminFault(400, 'chain is not in the asset registry')
  const readings = orNone(() =>
    chain === undefined ? readListedAddress(address) : [canonicalizeAddress(chain.family, chain.network, address)],
  )
  const nowMs = time.nowMs()
  const lists = sources.map((source) => {
    const standing = standingOf(source, nowMs)
    const index = source.active()?.index
    return {
      source: source.name,
      standing: standing.state,
      version_sha: index?.versionSha ?? null,
      matches: (index?.find(address, readings, new Date(nowMs)) ?? []).map(({ strength, listRaw, row }) => ({
        strength,
        listed_as: listRaw,
        code: row.code,
        party_id: row.partyId,
        party_name: row.partyName,
        programs: row.programs,
        list_ids: row.listIds,
        feature_id: row.featureId,
        removed_by: row.removedBy ?? null,
      })),
    }
  })
  const matches = lists.reduce((sum, list) => sum + list.matches.length, 0)
  log.info(
    { event: 'screened', who: call.who.name, address, chain: chainId, matches },
    'an analyst looked up an address',
  )
  return {
    address,
    chain: chainId ?? null,
    /** Empty: no address of the chain, or of any; it was looked up as an exact string. */
    readings: readings.map(({ family, key }) => ({ family, key })),
    lists,
  }
}

function orNone(read: () => readonly CanonicalAddress[]): readonly CanonicalAddress[] {
  try {
    return read()
  } catch (error) {
    if (error instanceof ChainsFault) return []
    throw error
  }
}
