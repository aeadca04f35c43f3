import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

/** `[::1]` -> `::1`. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/**
 * Resolves a name once and gives all of its addresses, or none when `faultOf` has something against one of them. The connection is made to
 * what is given here, so that a name that changes its mind after the check changes nothing.
 */
export function checkedLookup(
  faultOf: (host: string, addresses: readonly string[]) => Error | undefined,
  resolve: LookupFunction = resolveName,
): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, [])
        return
      }
      const addresses: readonly LookupAddress[] =
        typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      const fault = faultOf(
        host,
        addresses.map(({ address }) => address),
      )
      const [first] = addresses
      if (fault !== undefined || first === undefined) callback(fault ?? new Error(`${host} has no address`), [])
      else if (options.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })
  }
}
