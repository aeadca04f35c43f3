import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import type { Decoded, ToSign } from '../transaction/decoded.ts'
import type { Account, Effect } from '../transaction/effect.ts'
import { CONTRACT_NAMES } from './contract-names.ts'
import type { ContractReading } from './contract-reading.ts'
import { CONTRACT_READERS } from './read-contract.ts'
import { readMessage, textOfBytes, type Layout } from './read-message.ts'

/** java-tron `Constant.TRANSACTION_MAX_BYTE_SIZE`. */
const TRANSACTION_BYTES_MAX = 512_000

/** `Transaction.raw` of java-tron core/Tron.proto. */
const RAW = {
  refBlockBytes: [1, 'bytes'],
  refBlockNumber: [3, 'int64'],
  refBlockHash: [4, 'bytes'],
  expiration: [8, 'int64'],
  authorities: [9, 'messages'],
  data: [10, 'bytes'],
  contracts: [11, 'messages'],
  scripts: [12, 'bytes'],
  timestamp: [14, 'int64'],
  feeLimit: [18, 'int64'],
} as const satisfies Layout

const CONTRACT = {
  type: [1, 'int32'],
  parameter: [2, 'message'],
  provider: [3, 'bytes'],
  name: [4, 'bytes'],
  permissionId: [5, 'int32'],
} as const satisfies Layout

const ANY = { typeUrl: [1, 'text'], value: [2, 'bytes'] } as const satisfies Layout

/** google.protobuf.Any of a TRON contract. */
const TYPE_URL_PREFIX = 'type.googleapis.com/protocol.'

/**
 * Reads the raw data of a TRON transaction. Every contract in it is read, although nodes take one only. The hash to be signed is the
 * SHA-256 of exactly these bytes. `fee.maxAtomic` is the fee limit, which bounds the energy of contract code and nothing else: at prices
 * that the chain votes on, it may also burn about a thousand sun for each byte, 1.1 TRX for a recipient that is new, 1 TRX each for a memo
 * and for several signatures, and 100 TRX for new permissions. A plain transfer names no bound at all. Throws ChainsFault.
 */
export function decodeTronTransaction(raw: Uint8Array): Decoded {
  if (raw.length > TRANSACTION_BYTES_MAX) throw tooLarge(`more than ${String(TRANSACTION_BYTES_MAX)} bytes`)
  const { refBlockBytes, refBlockHash, expiration, authorities, data, contracts, scripts, feeLimit } = readMessage(
    raw,
    RAW,
  )
  if (contracts.length === 0) throw malformed('no contract')
  if (authorities.length > 0 || scripts.length > 0)
    throw unsupported('authorities and scripts have no meaning on this chain')
  if (refBlockBytes.length !== 2 || refBlockHash.length !== 8)
    throw malformed('the reference block is not 2 and 8 bytes')
  if (expiration === 0n) throw malformed('no expiration')

  const readings = contracts.map((contract, index) => readContract(contract, `contracts[${String(index)}]`))
  const signers = distinct(readings.map(({ owner }) => owner))
  const [first, ...others] = signers.map((account): ToSign => ({
    hash: bytesToHex(sha256(raw)),
    scheme: 'ecdsa',
    account,
  }))
  const [only, ...more] = readings
  if (first === undefined || only === undefined) throw new Error('invariant: a contract has an owner')
  return {
    form: 'tron-raw',
    toSign: [first, ...others],
    effects: [...readings.flatMap(({ effects }) => effects), ...memoOf(data)],
    fee: { ...(readings.some(({ usesEnergy }) => usesEnergy === true) && { maxAtomic: feeLimit }), isProven: true },
    ...(more.length === 0 && only.call !== undefined && { call: only.call }),
    signers,
    expiresAtMs: expiration,
  }
}

function readContract(bytes: Uint8Array, at: string): ContractReading {
  const { type, parameter, provider, name, permissionId } = readMessage(bytes, CONTRACT)
  if (provider.length > 0 || name.length > 0) throw unsupported(`${at} has a provider or a name`)
  if (parameter === undefined) throw malformed(`${at} has no parameter`)
  const { typeUrl, value } = readMessage(parameter, ANY)
  const typeName = CONTRACT_NAMES.get(type)
  if (typeName === undefined) throw unsupported(`${at} is of type ${String(type)}, which is not known`)
  if (typeUrl !== `${TYPE_URL_PREFIX}${typeName}`) throw malformed(`${at} says one type and holds another`)
  const reader = CONTRACT_READERS.get(type)
  if (reader === undefined) throw unsupported(`${at} is a ${typeName}`)
  const reading = reader(value, at)
  if (permissionId === 0) return reading
  // Signed by keys that the account's owner gave a permission to, which are not known here.
  const permission: Effect = {
    effect: 'power',
    power: 'account-permission',
    subject: reading.owner,
    detail: `signed under permission ${String(permissionId)}`,
    at,
  }
  return { ...reading, effects: [...reading.effects, permission] }
}

const distinct = (accounts: readonly Account[]): readonly Account[] => [
  ...new Map(accounts.map((account) => [account.key, account])).values(),
]

function memoOf(data: Uint8Array): readonly Effect[] {
  if (data.length === 0) return []
  return [{ effect: 'memo', text: textOfBytes(data) ?? `0x${bytesToHex(data)}`, at: 'data' }]
}
