import { isIP, type LookupFunction } from 'node:net'
import { bareHost, checkedLookup } from '@callback-quorum/service'
import type { AllowedAddresses } from './allowed-addresses.ts'

/** A host stands for an address that is in none of the operator's ranges; nothing was sent to it. */
export class AddressFault extends Error {
  override readonly name = 'AddressFault'
  readonly code = 'ADDRESS_NOT_ALLOWED'
}

/** A look-up that gives an address only when all addresses of the name are in the operator's ranges. */
export const guardedLookup = (allowed: AllowedAddresses, resolve?: LookupFunction): LookupFunction =>
  checkedLookup(
    (host, addresses) =>
      addresses.length > 0 && addresses.every((address) => allowed.allows(address))
        ? undefined
        : new AddressFault(`${host} stands for an address outside allow_addresses`),
    resolve,
  )

/** For a host that is an address itself: no look-up is made for it. Throws AddressFault. */
export function assertLiteralAllowed(allowed: AllowedAddresses, hostname: string): void {
  const host = bareHost(hostname)
  if (isIP(host) !== 0 && !allowed.allows(host)) throw new AddressFault(`${host} is outside allow_addresses`)
}
