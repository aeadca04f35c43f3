/** Just enough RLP and ABI to write transactions that the decoder has never seen. All hex is lower case without 0x. */
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const hexOf = (value: number | bigint): string => {
  const hex = value.toString(16)
  return BigInt(value) === 0n ? '' : hex.padStart(hex.length + (hex.length % 2), '0')
}

function lengthHead(length: number, short: number): string {
  if (length < 56) return (short + length).toString(16)
  const size = hexOf(length)
  return (short + 55 + size.length / 2).toString(16) + size
}

function rlp(item: string | readonly string[]): string {
  if (typeof item !== 'string') {
    const inner = item.map(rlp).join('')
    return lengthHead(inner.length / 2, 0xc0) + inner
  }
  const isSmall = item.length === 2 && Number.parseInt(item, 16) < 0x80
  return isSmall ? item : lengthHead(item.length / 2, 0x80) + item
}

export const word = (value: number | bigint | string): string =>
  (typeof value === 'string' ? value.replace(/^0x/, '').toLowerCase() : value.toString(16)).padStart(64, '0')

/** An EIP-1559 transaction on Ethereum. */
export function unsignedCall(to: string, data: string, value = 0n): Uint8Array {
  const fields = ['01', '07', '01', '02', hexOf(100_000), to.slice(2).toLowerCase(), hexOf(value), data]
  const inner = fields.map(rlp).join('') + 'c0'
  return bytes(`02${lengthHead(inner.length / 2, 0xc0)}${inner}`)
}

export const erc20Transfer = (to: string, amount = 1n): string => `a9059cbb${word(to)}${word(amount)}`

/** `multiSend(bytes)` of Safe's library: packed calls. */
export function multiSend(calls: readonly { readonly to: string; readonly data: string }[]): string {
  const packed = calls
    .map(({ to, data }) => `00${to.slice(2).toLowerCase()}${word(0)}${word(data.length / 2)}${data}`)
    .join('')
  const padded = packed.padEnd(Math.ceil(packed.length / 64) * 64, '0')
  return `8d80ff0a${word(32)}${word(packed.length / 2)}${padded}`
}

/** `aggregate3Value((address,bool,uint256,bytes)[])` of Multicall3: one wei to each. */
export function payEach(recipients: readonly string[]): string {
  const tuples = recipients.map((to) => [word(to), word(0), word(1), word(128), word(0)].join(''))
  const offsets = tuples.map((tuple, index) => word(recipients.length * 32 + (index * tuple.length) / 2))
  return `174dea71${word(32)}${word(recipients.length)}${offsets.join('')}${tuples.join('')}`
}
