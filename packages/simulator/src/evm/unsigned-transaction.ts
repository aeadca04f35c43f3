import { keccak_256 } from '@noble/hashes/sha3.js'
import { RLP } from 'micro-eth-signer/core/rlp.js'

/** What is signed is the hash of `raw`; a TSS Node gets both (protocol section 4, EVM column). */
export interface UnsignedTransaction {
  /** Lower-case hex with 0x. */
  readonly raw: string
  /** Lower-case hex with 0x. */
  readonly hash: string
}

interface TransactionFields {
  readonly chainId: bigint
  readonly nonce: bigint
  readonly gasLimit: bigint
  /** Missing for the creation of a contract. */
  readonly to?: string
  readonly valueAtomic: bigint
  /** Hex with 0x; missing means none. */
  readonly data?: string
}

export interface LegacyTransaction extends TransactionFields {
  readonly type: 'legacy'
  readonly gasPriceWei: bigint
}

export interface FeeMarketTransaction extends TransactionFields {
  readonly type: 'eip1559'
  readonly maxFeePerGasWei: bigint
  readonly maxPriorityFeePerGasWei: bigint
}

/** The signing preimage: RLP of nine items with chain id, 0, 0 (EIP-155), or 0x02 and RLP of nine items (EIP-1559). */
export function encodeUnsigned(transaction: LegacyTransaction | FeeMarketTransaction): UnsignedTransaction {
  const bytes = transaction.type === 'legacy' ? encodeLegacy(transaction) : encodeFeeMarket(transaction)
  return { raw: hexOf(bytes), hash: hexOf(keccak_256(bytes)) }
}

function encodeLegacy(t: LegacyTransaction): Uint8Array {
  const { nonce, gasPriceWei, gasLimit, to, valueAtomic, data, chainId } = t
  const tail = [quantity(chainId), quantity(0n), quantity(0n)]
  return RLP.encode([
    quantity(nonce),
    quantity(gasPriceWei),
    quantity(gasLimit),
    ...target(to, valueAtomic, data),
    ...tail,
  ])
}

function encodeFeeMarket(t: FeeMarketTransaction): Uint8Array {
  const fees = [quantity(t.maxPriorityFeePerGasWei), quantity(t.maxFeePerGasWei), quantity(t.gasLimit)]
  const accessList: Uint8Array[] = []
  const payload = RLP.encode([
    quantity(t.chainId),
    quantity(t.nonce),
    ...fees,
    ...target(t.to, t.valueAtomic, t.data),
    accessList,
  ])
  return Uint8Array.of(0x02, ...payload)
}

const target = (to: string | undefined, valueAtomic: bigint, data: string | undefined): Uint8Array[] => [
  to === undefined ? new Uint8Array() : addressBytes(to),
  quantity(valueAtomic),
  hexBytes(data ?? '0x'),
]

/** Selector of `transfer(address,uint256)`, ERC-20. */
const TRANSFER_SELECTOR = 'a9059cbb'

export function encodeErc20Transfer(to: string, amountAtomic: bigint): string {
  return `0x${TRANSFER_SELECTOR}${hexOf(addressBytes(to)).slice(2).padStart(64, '0')}${amountAtomic.toString(16).padStart(64, '0')}`
}

function addressBytes(address: string): Uint8Array {
  const bytes = hexBytes(address)
  if (bytes.length !== 20) throw new RangeError(`not an EVM address: ${address}`)
  return bytes
}

/** An integer in the fewest bytes; zero is the empty string (Yellow Paper, appendix B). */
function quantity(value: bigint): Uint8Array {
  if (value < 0n) throw new RangeError('a quantity is not negative')
  if (value === 0n) return new Uint8Array()
  const digits = value.toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
}

export function hexBytes(text: string): Uint8Array {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) throw new RangeError(`not hex with 0x: ${text.slice(0, 80)}`)
  return Buffer.from(text.slice(2), 'hex')
}

export const hexOf = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`
