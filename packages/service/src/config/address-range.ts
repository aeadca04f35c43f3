import { isIP } from 'node:net'
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
    return length === undefined || (/^[1-9][0-9]{0,2}$/.test(length) && Number(length) <= BITS[family])
  })
