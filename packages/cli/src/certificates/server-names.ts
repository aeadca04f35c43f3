import { isIP } from 'node:net'
import { UsageError } from '../faults.ts'

/** Under which names clients reach a server: what its certificate says (RFC 6125). */
export interface ServerNames {
  readonly host: string
  readonly addresses: readonly string[]
}

/** RFC 1035 section 2.3.4. */
const HOST_LENGTH_MAX = 253
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** More belong to more than one service. */
const ADDRESSES_MAX = 16

/** Throws UsageError. An internationalised name is written in its ASCII form (xn--). */
export function readServerNames(host: string, addresses: readonly string[]): ServerNames {
  const labels = host.split('.')
  if (host.length > HOST_LENGTH_MAX || !labels.every((label) => LABEL.test(label)) || isAllDigits(labels.at(-1))) {
    throw new UsageError(
      `--host ${host}: expected a host name in lower case, as callback.example.com; addresses go into --address`,
    )
  }
  if (addresses.length > ADDRESSES_MAX) {
    throw new UsageError(`--address is given ${addresses.length} times; expected up to ${ADDRESSES_MAX}`)
  }
  return { host, addresses: addresses.map(readAddress) }
}

/** In the one form of RFC 5952: the library that writes certificates reads ::ffff:10.0.0.1 as another address. */
function readAddress(address: string): string {
  const version = address.includes('%') ? 0 : isIP(address)
  if (version === 0) throw new UsageError(`--address ${address}: expected an IPv4 or IPv6 address, as 10.0.0.5`)
  return version === 4 ? address : new URL(`http://[${address}]`).hostname.slice(1, -1)
}

/** No top level domain is a number: such a text is an address, or was to be one. */
function isAllDigits(label: string | undefined): boolean {
  return label === undefined || /^[0-9]+$/.test(label)
}
