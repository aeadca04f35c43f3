import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { AllowedAddresses } from './allowed-addresses.ts'

/** A host stands for an address that is in none of the operator's ranges; nothing was sent to it. */
export class AddressFault extends Error {
  override readonly name = 'AddressFault'
  readonly code = 'ADDRESS_NOT_ALLOWED'
}

/** `[::1]` -> `::1`. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/**
 * Resolves a name once and gives all of its addresses or none: a single one outside the ranges refuses the name. The connection is made to
 * what is given here, so that a name that changes its mind after the check changes nothing.
 */
export function guardedLookup(allowed: AllowedAddresses, resolve: LookupFunction = resolveName): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, [])
        return
      }
      const addresses: readonly LookupAddress[] =
        typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => allowed.allows(address)))
        callback(new AddressFault(`${host} stands for an address outside allow_addresses`), [])
      else if (options.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })
  }
}

/** For a host that is an address itself: no look-up is made for it. Throws AddressFault. */
export function assertLiteralAllowed(allowed: AllowedAddresses, hostname: string): void {
  const host = bareHost(hostname)
  if (isIP(host) !== 0 && !allowed.allows(host)) throw new AddressFault(`${host} is outside allow_addresses`)
}
