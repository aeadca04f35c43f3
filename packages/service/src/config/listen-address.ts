import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { expecting } from './expecting.ts'

export interface ListenAddress {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

const expected = expecting('an IP address or localhost, a colon and a port; IPv6 in brackets', '127.0.0.1:11020')

const HOST_AND_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|localhost)):(0|[1-9][0-9]{0,4})$/
const PORT_MAX = 65_535

/** A host is never left out: `:11020` would listen on every address without saying so. */
export const listenAddress = z.string({ error: expected }).transform((text, ctx): ListenAddress => {
  const parsed = parse(text)
  if (parsed !== undefined) return parsed
  ctx.addIssue({ code: 'custom', input: text, message: expected({ code: 'custom', input: text }) })
  return z.NEVER
})

/** Whether only processes of this machine can reach a listener on `host`. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true
  return isIP(host) !== 0 && LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')
}

/** 127.0.0.0/8 (RFC 1122 section 3.2.1.3) and ::1 (RFC 4291 section 2.5.3); BlockList knows IPv4-mapped addresses. */
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function parse(text: string): ListenAddress | undefined {
  const [, six, four, digits] = HOST_AND_PORT.exec(text) ?? []
  const port = Number(digits)
  const host = six ?? four
  if (host === undefined || port > PORT_MAX) return undefined
  const valid = six === undefined ? host === 'localhost' || isIPv4(host) : isIPv6(host)
  return valid ? { host, port } : undefined
}
