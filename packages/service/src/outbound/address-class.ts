import { BlockList, isIP } from 'node:net'

/** `never`: no list lies there, and a cloud's machine credentials may. `private`: this machine and the networks behind it. */
export type AddressClass = 'never' | 'private' | 'public'

type Range = readonly [network: string, bits: number]

/** RFC 6890 and what clouds serve credentials on: 169.254.169.254 is link-local, the others stand by themselves. */
const NEVER_V4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const NEVER_V6: readonly Range[] = [
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  // 6to4 (RFC 7526) and Teredo hold an IPv4 address that would go unseen.
  ['2002::', 16],
  ['2001::', 32],
]
const PRIVATE_V4: readonly Range[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['192.0.0.0', 24],
  ['198.18.0.0', 15],
]
const PRIVATE_V6: readonly Range[] = [
  ['::1', 128],
  ['fc00::', 7],
  // The NAT64 prefix of one's own network (RFC 8215).
  ['64:ff9b:1::', 48],
]
/** NAT64 (RFC 6052): a network without IPv4 shows every IPv4 address behind this prefix. IPv4-mapped ones BlockList knows itself. */
const NAT64_PREFIX = '64:ff9b::'
const NAT64_BITS = 96

const NEVER = blockListOf(NEVER_V4, NEVER_V6)
const PRIVATE = blockListOf(PRIVATE_V4, PRIVATE_V6)

/** Says what kind of address this is. What is no IP address is `never`. */
export function addressClassOf(address: string): AddressClass {
  const [bare = ''] = address.split('%')
  const version = isIP(bare)
  if (version === 0) return 'never'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (NEVER.check(bare, family)) return 'never'
  return PRIVATE.check(bare, family) ? 'private' : 'public'
}

function blockListOf(v4: readonly Range[], v6: readonly Range[]): BlockList {
  const list = new BlockList()
  for (const [network, bits] of v4) {
    list.addSubnet(network, bits, 'ipv4')
    list.addSubnet(`${NAT64_PREFIX}${network}`, NAT64_BITS + bits, 'ipv6')
  }
  for (const [network, bits] of v6) list.addSubnet(network, bits, 'ipv6')
  return list
}
