import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { malformed, unsupported } from '../faults.ts'
import type { ContractReading } from './contract-reading.ts'
import { readMessage, type Layout } from './read-message.ts'

// Fields: java-tron core/contract/smart_contract.proto.

const CREATION = {
  owner: [1, 'address'],
  contract: [2, 'message'],
  tokenValue: [3, 'int64'],
  tokenId: [4, 'int64'],
} as const satisfies Layout

const SMART_CONTRACT = {
  origin: [1, 'address'],
  address: [2, 'bytes'],
  // Names of functions for people; the chain does not act on it.
  abi: [3, 'message'],
  bytecode: [4, 'bytes'],
  valueAtomic: [5, 'int64'],
  userPercent: [6, 'int64'],
  name: [7, 'text'],
  originEnergyLimit: [8, 'int64'],
  codeHash: [9, 'bytes'],
  transactionHash: [10, 'bytes'],
  version: [11, 'int32'],
} as const satisfies Layout

const PERCENT_MAX = 100n
/** java-tron `VMConstant.CONTRACT_NAME_LENGTH`, in bytes. */
const NAME_BYTES_MAX = 32

/** CreateSmartContract, with the refusals of java-tron `VMActuator.create`. */
export function readDeployment(bytes: Uint8Array, at: string): ContractReading {
  const { owner, contract, tokenValue, tokenId } = readMessage(bytes, CREATION)
  if (contract === undefined) throw malformed('a deployment without a contract')
  // They would go to an address that is made from this transaction's hash.
  if (tokenValue > 0n || tokenId > 0n) throw unsupported('TRC-10 tokens go along with a deployment')
  const made = readMessage(contract, SMART_CONTRACT)
  if (made.address.length + made.codeHash.length + made.transactionHash.length + made.version > 0)
    throw unsupported('a deployment says what only a node fills in')
  if (made.origin.key !== owner.key) throw malformed('the deployed contract is of another origin than its owner')
  if (made.userPercent > PERCENT_MAX || made.originEnergyLimit === 0n)
    throw malformed('the share of energy is out of range')
  if (utf8ToBytes(made.name).length > NAME_BYTES_MAX) throw malformed('the name of the contract is too long')
  return {
    owner,
    effects: [{ effect: 'deploy', codeBytes: made.bytecode.length, valueAtomic: made.valueAtomic, at }],
    usesEnergy: true,
    call: { valueAtomic: made.valueAtomic, data: bytesToHex(made.bytecode) },
  }
}
