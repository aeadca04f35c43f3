import { bytesToHex } from '@noble/hashes/utils.js'
import type { Effect } from '../transaction/effect.ts'
import type { ContractReading } from './contract-reading.ts'
import { readMessage } from './read-message.ts'

/** AccountPermissionUpdateContract: every key that may sign for the account afterwards, with its weight. Whoever is named can take all. */
export function readPermissionUpdate(bytes: Uint8Array, at: string): ContractReading {
  const { owner, ownerPermission, witness, actives } = readMessage(bytes, {
    owner: [1, 'address'],
    ownerPermission: [2, 'message'],
    witness: [3, 'message'],
    actives: [4, 'messages'],
  })
  const permissions = [
    ...(ownerPermission === undefined ? [] : [['owner', ownerPermission] as const]),
    ...(witness === undefined ? [] : [['witness', witness] as const]),
    ...actives.map((active, index) => [`actives[${String(index)}]`, active] as const),
  ]
  const effects = permissions.flatMap(([name, permission]): Effect[] => {
    const { threshold, keys, operations } = readMessage(permission, {
      type: [1, 'int32'],
      id: [2, 'int32'],
      name: [3, 'text'],
      threshold: [4, 'int64'],
      parent: [5, 'int32'],
      operations: [6, 'bytes'],
      keys: [7, 'messages'],
    })
    const may = operations.length === 0 ? '' : `, operations 0x${bytesToHex(operations)}`
    return keys.map((key): Effect => {
      const { account, weight } = readMessage(key, { account: [1, 'address'], weight: [2, 'int64'] })
      const detail = `${name}: weight ${weight.toString()} of threshold ${threshold.toString()}${may}`
      return {
        effect: 'power',
        power: 'account-permission',
        subject: owner,
        grantee: account,
        detail,
        at: `${at}.${name}`,
      }
    })
  })
  // Also one that names nobody takes the keys away that were there.
  const none: Effect = { effect: 'power', power: 'account-permission', subject: owner, detail: 'names no key', at }
  return { owner, effects: effects.length > 0 ? effects : [none] }
}
