import { BlockList, isIP } from 'node:net'
import { addressClassOf, isLoopbackHost } from '@callback-quorum/service'

/** `mapped`: an IPv4 address in IPv6's clothes (RFC 4291 section 2.5.5.2), which a range of IPv4 would otherwise let through. */
type Form = 'v4' | 'v6' | 'mapped'

interface Range {
  readonly form: Form
  readonly isLoopback: boolean
  readonly addresses: BlockList
}

const MAPPED_BITS = 96
const MAPPED = new BlockList()
MAPPED.addSubnet('::ffff:0:0', MAPPED_BITS, 'ipv6')

/** Whether a connection may be made to an address: only to one that the operator's CIDR ranges name. */
export interface AllowedAddresses {
  allows(address: string): boolean
}

/**
 * `ranges`: addresses or CIDR as the schema has checked them. Addresses of class `never` (link-local, metadata services, multicast) are
 * in no range. Loopback and IPv4-mapped addresses are in a range only if it names nothing else.
 */
export function createAllowedAddresses(ranges: readonly string[]): AllowedAddresses {
  const allowed = ranges.map(rangeOf)
  return {
    allows: (address) => {
      // A zone says on which wire an address is meant; none of a range says that.
      if (address.includes('%') || addressClassOf(address) === 'never') return false
      const form = formOf(address)
      return allowed.some(
        (range) =>
          range.form === form &&
          range.addresses.check(address, familyOf(address)) &&
          (range.isLoopback || !isLoopbackHost(address)),
      )
    },
  }
}

/** Whether all addresses of a range are this machine. */
export const isLoopbackRange = (range: string): boolean => rangeOf(range).isLoopback

/** Whether a range begins where nothing is ever asked. */
export const isNeverRange = (range: string): boolean => addressClassOf(split(range).network) === 'never'

function rangeOf(text: string): Range {
  const { network, bits } = split(text)
  const addresses = new BlockList()
  addresses.addSubnet(network, bits, familyOf(network))
  const form = formOf(network)
  return {
    // Wider than the mapped addresses it names others too.
    form: form === 'mapped' && bits < MAPPED_BITS ? 'v6' : form,
    isLoopback: isLoopbackHost(network) && bits >= LOOPBACK_BITS[form],
    addresses,
  }
}

/** 127.0.0.0/8 and ::1. */
const LOOPBACK_BITS: Readonly<Record<Form, number>> = { v4: 8, v6: 128, mapped: MAPPED_BITS + 8 }

function split(range: string): { readonly network: string; readonly bits: number } {
  const [network = '', length] = range.split('/')
  const whole = isIP(network) === 4 ? 32 : 128
  return { network, bits: length === undefined ? whole : Number(length) }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

function formOf(address: string): Form {
  if (isIP(address) === 4) return 'v4'
  return MAPPED.check(address, 'ipv6') ? 'mapped' : 'v6'
}
