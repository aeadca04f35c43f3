import { BlockList, isIP } from 'node:net'
import { z } from 'zod'
import { expecting } from './expecting.ts'

const BITS = { 4: 32, 6: 128 } as const

/** An address or a CIDR range (RFC 4632). A range of all addresses is refused: it would be a list that keeps nobody out. */
export const addressRange = z
  .string({ error: expecting('an IP address or a CIDR range that is not everyone', '10.0.0.7/32') })
  .refine((text) => {
    const [address = '', length, ...rest] = text.split('/')
    const family = isIP(address)
    if (rest.length > 0 || (family !== 4 && family !== 6)) return false
    if (length === undefined) return true
    const isLength = /^[1-9][0-9]{0,2}$/.test(length) && Number(length) <= BITS[family]
    return isLength && !(family === 6 && holdsAllOfIPv4(address, Number(length)))
  })

/** An IPv6 range around ::ffff:0:0/96, where IPv4 is mapped to, lets every IPv4 address in. */
function holdsAllOfIPv4(address: string, bits: number): boolean {
  const range = new BlockList()
  range.addSubnet(address, bits, 'ipv6')
  return range.check('0.0.0.0') && range.check('255.255.255.255')
}
