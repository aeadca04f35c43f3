import { BlockList, isIPv6 } from 'node:net'

/** The ranges of one `allow_from`: addresses or CIDR, as the configuration has checked them. */
export function createAllowList(ranges: readonly string[]): (remoteAddress: string | undefined) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  // BlockList finds an IPv4-mapped IPv6 address, which a dual-stack socket reports, in the IPv4 ranges.
  return (remote) => remote !== undefined && list.check(remote, isIPv6(remote) ? 'ipv6' : 'ipv4')
}
