import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, tooLarge } from '../faults.ts'
import type { Account, Effect } from '../transaction/effect.ts'
import type { ContractReading } from './contract-reading.ts'
import { readMessage, type Layout } from './read-message.ts'

/** java-tron core/contract/account_contract.proto. */
const UPDATE = {
  owner: [1, 'address'],
  ownerPermission: [2, 'message'],
  witness: [3, 'message'],
  actives: [4, 'messages'],
} as const satisfies Layout

/** java-tron core/Tron.proto. The id is the chain's to give: it numbers the permissions itself. */
const PERMISSION = {
  type: [1, 'int32'],
  id: [2, 'int32'],
  name: [3, 'text'],
  threshold: [4, 'int64'],
  parent: [5, 'int32'],
  operations: [6, 'bytes'],
  keys: [7, 'messages'],
} as const satisfies Layout

const KEY = { account: [1, 'address'], weight: [2, 'int64'] } as const satisfies Layout

/** `PermissionType` of Tron.proto, by its number. */
const TYPES = ['owner', 'witness', 'active'] as const
type PermissionType = (typeof TYPES)[number]

/** java-tron `AccountPermissionUpdateActuator`. */
const ACTIVES_MAX = 8
/** The chain's parameter TotalSignNum, which has been 5 since it exists. */
const KEYS_MAX = 5
/** One bit for each contract type. */
const OPERATIONS_BYTES = 32
const NAME_LENGTH_MAX = 32

/**
 * AccountPermissionUpdateContract: every key that may sign for the account afterwards, with its weight. Whoever is named can take all,
 * and the keys that were there before are gone. What java-tron's actuator refuses without looking at its state is refused.
 */
export function readPermissionUpdate(bytes: Uint8Array, at: string): ContractReading {
  const { owner, ownerPermission, witness, actives } = readMessage(bytes, UPDATE)
  if (ownerPermission === undefined || actives.length === 0) throw malformed('an owner or active permission is missing')
  if (actives.length > ACTIVES_MAX) throw tooLarge(`more than ${String(ACTIVES_MAX)} active permissions`)
  return {
    owner,
    effects: [
      ...readPermission(ownerPermission, 'owner', owner, `${at}.owner`),
      ...(witness === undefined ? [] : readPermission(witness, 'witness', owner, `${at}.witness`)),
      ...actives.flatMap((active, index) => readPermission(active, 'active', owner, `${at}.actives[${String(index)}]`)),
    ],
  }
}

function readPermission(bytes: Uint8Array, expected: PermissionType, subject: Account, at: string): readonly Effect[] {
  const { type, name, threshold, parent, operations, keys } = readMessage(bytes, PERMISSION)
  if (TYPES[type] !== expected) throw malformed('a permission stands where one of another type belongs')
  if (name.length > NAME_LENGTH_MAX || parent !== 0) throw malformed('a permission has a long name or a parent')
  if (operations.length !== (expected === 'active' ? OPERATIONS_BYTES : 0))
    throw malformed('the operations of a permission are not one bit for each contract type')
  if (keys.length > KEYS_MAX) throw tooLarge(`more than ${String(KEYS_MAX)} keys in a permission`)
  const grantees = keys.map((key) => readMessage(key, KEY))
  assertReachable(grantees, threshold, expected)
  const may = expected === 'active' ? `, operations 0x${bytesToHex(operations)}` : ''
  return grantees.map(({ account, weight }): Effect => ({
    effect: 'power',
    power: 'account-permission',
    subject,
    grantee: account,
    detail: `${expected}: weight ${weight.toString()} of threshold ${threshold.toString()}${may}`,
    at,
  }))
}

interface Grantee {
  readonly account: Account
  readonly weight: bigint
}

function assertReachable(grantees: readonly Grantee[], threshold: bigint, type: PermissionType): void {
  // A permission without keys would be no effect at all, which would read as nothing.
  if (grantees.length === 0 || (type === 'witness' && grantees.length > 1))
    throw malformed('a permission has no key, or a witness several')
  if (new Set(grantees.map(({ account }) => account.key)).size < grantees.length)
    throw malformed('a permission names one key twice')
  const weight = grantees.reduce((sum, { weight }) => sum + weight, 0n)
  if (threshold === 0n || weight < threshold || grantees.some(({ weight }) => weight === 0n))
    throw malformed('the keys of a permission do not reach its threshold')
}
