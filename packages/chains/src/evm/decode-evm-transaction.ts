import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Decoded, OuterCall, TransactionForm } from '../transaction/decoded.ts'
import type { Account, Effect } from '../transaction/effect.ts'
import { decodeCall } from './call/decode-call.ts'
import { evmAccount } from './evm-account.ts'
import { bytesOf, integerOf, listOf, readRlp, type RlpItem } from './read-rlp.ts'

/** What all types have; the fee per gas is the most that the type lets the chain take. */
interface Fields {
  readonly form: TransactionForm
  readonly chainId: bigint
  readonly nonce: bigint
  readonly feePerGas: bigint
  readonly gasLimit: bigint
  readonly to: Account | undefined
  readonly value: bigint
  readonly data: Uint8Array
  readonly authorizations: readonly Effect[]
}

/** EIP-2718 type bytes. A legacy transaction is an RLP list, whose first byte is 0xc0 or above. */
const TYPE_2930 = 0x01
const TYPE_1559 = 0x02
const TYPE_4844 = 0x03
const TYPE_7702 = 0x04
const LIST_MIN = 0xc0

/** Gas of 2^24, the most of a transaction (EIP-7825), pays for 6,990 addresses of 2,400 (EIP-2930); lists of real ones have dozens. */
const ACCESS_LIST_ENTRIES_MAX = 1_024
/** The same gas pays for 671 authorizations of 25,000 (EIP-7702). */
const AUTHORIZATIONS_MAX = 671

/**
 * Reads the signing preimage of an EVM transaction: legacy with EIP-155, EIP-2930, EIP-1559, EIP-7702. The hash to be signed is the
 * keccak-256 of exactly these bytes. On a rollup, its fee for data comes on top of `fee`. Throws ChainsFault.
 */
export function decodeEvmTransaction(raw: Uint8Array): Decoded {
  const fields = readFields(raw)
  const { form, chainId, nonce, feePerGas, gasLimit, to, value, data, authorizations } = fields
  const call: OuterCall = { ...(to !== undefined && { to }), valueAtomic: value, data: bytesToHex(data) }
  return {
    form,
    toSign: [{ hash: bytesToHex(keccak_256(raw)), scheme: 'ecdsa' }],
    effects: [...effectsOf(to, value, data), ...authorizations],
    fee: { maxAtomic: gasLimit * feePerGas, isProven: true },
    evmChainId: chainId,
    nonce,
    call,
  }
}

function effectsOf(to: Account | undefined, valueAtomic: bigint, data: Uint8Array): readonly Effect[] {
  if (to !== undefined) return decodeCall({ to, valueAtomic, data, at: 'transaction' }, evmAccount)
  if (data.length === 0) throw malformed('a contract is created without code')
  return [{ effect: 'deploy', codeBytes: data.length, valueAtomic, at: 'transaction' }]
}

function readFields(raw: Uint8Array): Fields {
  const [type] = raw
  if (type === undefined) throw malformed('no bytes')
  if (type >= LIST_MIN) return readLegacy(listOf(readRlp(raw), 'transaction'))
  const payload = (): readonly RlpItem[] => listOf(readRlp(raw.subarray(1)), 'transaction')
  switch (type) {
    case TYPE_2930:
      return read2930(payload())
    case TYPE_1559:
      return read1559(payload(), 'evm-1559', 9)
    case TYPE_4844:
      throw unsupported('blob transactions (EIP-4844) pay for more than their bytes say')
    case TYPE_7702:
      return read7702(payload())
    default:
      throw unsupported(`transaction type ${String(type)}`)
  }
}

/**
 * EIP-155: nonce, gas price, gas limit, to, value, data, chain id, 0, 0. The zeros are empty strings, in the nodes' vectors as in the EIP;
 * chains hash no other form. Without a chain id, any chain would take the signature.
 */
function readLegacy(items: readonly RlpItem[]): Fields {
  if (items.length === 6) throw unsupported('a legacy transaction without a chain id (EIP-155)')
  assertCount(items, 9)
  if (bytesOf(items[7], 'r').length > 0 || bytesOf(items[8], 's').length > 0)
    throw malformed('the places of the signature are not empty')
  return {
    form: 'evm-legacy',
    chainId: readChainId(items[6]),
    nonce: integerOf(items[0], 'nonce', 64),
    feePerGas: integerOf(items[1], 'gas price', 256),
    gasLimit: integerOf(items[2], 'gas limit', 64),
    to: readTo(items[3]),
    value: integerOf(items[4], 'value', 256),
    data: bytesOf(items[5], 'data'),
    authorizations: [],
  }
}

/** EIP-2930: chain id, nonce, gas price, gas limit, to, value, data, access list. */
function read2930(items: readonly RlpItem[]): Fields {
  assertCount(items, 8)
  assertAccessList(items[7])
  return {
    form: 'evm-2930',
    chainId: readChainId(items[0]),
    nonce: integerOf(items[1], 'nonce', 64),
    feePerGas: integerOf(items[2], 'gas price', 256),
    gasLimit: integerOf(items[3], 'gas limit', 64),
    to: readTo(items[4]),
    value: integerOf(items[5], 'value', 256),
    data: bytesOf(items[6], 'data'),
    authorizations: [],
  }
}

/** EIP-1559: chain id, nonce, priority fee, fee, gas limit, to, value, data, access list. */
function read1559(items: readonly RlpItem[], form: TransactionForm, count: number): Fields {
  assertCount(items, count)
  // A priority fee above the whole fee is not refused: an official vector has one. The chain takes no more than the fee.
  integerOf(items[2], 'max priority fee per gas', 256)
  assertAccessList(items[8])
  return {
    form,
    chainId: readChainId(items[0]),
    nonce: integerOf(items[1], 'nonce', 64),
    feePerGas: integerOf(items[3], 'max fee per gas', 256),
    gasLimit: integerOf(items[4], 'gas limit', 64),
    to: readTo(items[5]),
    value: integerOf(items[6], 'value', 256),
    data: bytesOf(items[7], 'data'),
    authorizations: [],
  }
}

/** EIP-7702: as EIP-1559, and a list of accounts that become contracts. */
function read7702(items: readonly RlpItem[]): Fields {
  const fields = read1559(items, 'evm-7702', 10)
  if (fields.to === undefined) throw malformed('EIP-7702 creates no contract')
  const authorizations = listOf(items[9], 'authorization list')
  if (authorizations.length === 0) throw malformed('an empty authorization list')
  if (authorizations.length > AUTHORIZATIONS_MAX)
    throw tooLarge(`more than ${String(AUTHORIZATIONS_MAX)} authorizations`)
  return { ...fields, authorizations: authorizations.map(readAuthorization) }
}

/** Who authorizes follows from a signature that is not recovered here; the signing account may be one of them. */
function readAuthorization(item: RlpItem, index: number): Effect {
  const at = `authorizations[${String(index)}]`
  const parts = listOf(item, at)
  assertCount(parts, 6)
  const chainId = integerOf(parts[0], `${at} chain id`, 256)
  const delegate = bytesOf(parts[1], `${at} address`)
  if (delegate.length !== 20) throw malformed(`${at} address has not 20 bytes`)
  const nonce = integerOf(parts[2], `${at} nonce`, 64)
  if (integerOf(parts[3], `${at} y parity`, 64) > 255n) throw malformed(`${at} y parity has more than 8 bits`)
  integerOf(parts[4], `${at} r`, 256)
  integerOf(parts[5], `${at} s`, 256)
  const isRemoval = delegate.every((byte) => byte === 0)
  const code = isRemoval ? 'takes the code away ' : ''
  const detail = `${code}on ${chainId === 0n ? 'every chain' : `chain ${chainId.toString()}`}, nonce ${nonce.toString()}`
  return { effect: 'power', power: 'account-code', grantee: evmAccount(delegate), detail, at }
}

function readChainId(item: RlpItem | undefined): bigint {
  const chainId = integerOf(item, 'chain id', 256)
  if (chainId === 0n) throw unsupported('chain id 0 is valid on no chain')
  return chainId
}

function readTo(item: RlpItem | undefined): Account | undefined {
  const to = bytesOf(item, 'to')
  if (to.length === 0) return undefined
  if (to.length !== 20) throw malformed('to has neither 0 nor 20 bytes')
  return evmAccount(to)
}

/** An access list makes gas cheaper and changes nothing else, but its shape must be right. */
function assertAccessList(item: RlpItem | undefined): void {
  const entries = listOf(item, 'access list')
  if (entries.length > ACCESS_LIST_ENTRIES_MAX)
    throw tooLarge(`more than ${String(ACCESS_LIST_ENTRIES_MAX)} access list entries`)
  for (const entry of entries) {
    const [address, keys, ...rest] = listOf(entry, 'access list entry')
    if (rest.length > 0 || bytesOf(address, 'access list address').length !== 20)
      throw malformed('an access list entry is not an address and its keys')
    for (const key of listOf(keys, 'storage keys'))
      if (bytesOf(key, 'storage key').length !== 32) throw malformed('a storage key has not 32 bytes')
  }
}

function assertCount(items: readonly RlpItem[], count: number): void {
  if (items.length !== count) throw malformed(`${String(items.length)} items where ${String(count)} are expected`)
}
