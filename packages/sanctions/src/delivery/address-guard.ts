import { isIP, type LookupFunction } from 'node:net'
import { addressClassOf, bareHost, checkedLookup } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'

/** What a connection may be made to, decided on the addresses that it is made to. */
export interface AddressGuard {
  /** For a name: gives no address at all when one of them is not to be asked. */
  readonly lookup: LookupFunction
  /** For a URL that names an address itself: no look-up is made for it. Throws SanctionsFault `ERR_SANCTIONS_DELIVERY_ADDRESS`. */
  requireLiteral(url: URL): void
}

/**
 * Guards against redirects and names that lead into one's own network. Private addresses are for the hosts that the operator wrote
 * out in full (`namedHosts`, as a URL has them); addresses of class `never` are for none.
 */
export function createAddressGuard(namedHosts: ReadonlySet<string>, resolve?: LookupFunction): AddressGuard {
  const named = new Set([...namedHosts].map(bareHost))
  const faultOf = (host: string, addresses: readonly string[]): SanctionsFault | undefined => {
    const classes = addresses.map(addressClassOf)
    const fault = (what: string): SanctionsFault =>
      new SanctionsFault('ERR_SANCTIONS_DELIVERY_ADDRESS', `${host} ${what}`)
    if (addresses.length === 0) return fault('has no address')
    if (classes.includes('never')) return fault('stands for an address that is never asked')
    if (classes.includes('private') && !named.has(host))
      return fault('stands for a private address, and the configuration does not name it')
    return undefined
  }
  return {
    lookup: checkedLookup(faultOf, resolve),
    requireLiteral: ({ hostname }) => {
      const host = bareHost(hostname)
      const fault = isIP(host) === 0 ? undefined : faultOf(host, [host])
      if (fault !== undefined) throw fault
    },
  }
}
