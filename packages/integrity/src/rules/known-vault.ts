import type { Objection, Question } from '@callback-quorum/checker-kit'
import type { Policy } from '../policy.ts'

/**
 * Fireblocks: the account that pays is one of the configured vault accounts, and only configured devices take part in its signature. No root key
 * and no address that pays is in a request: who pays is known by the name of its vault account alone.
 */
export function knownVault({ kind, wallet, keyUse }: Question, { vaults }: Policy): readonly Objection[] {
  const vault = vaults.find(({ id }) => wallet === `VAULT:${id}`)
  if (vault === undefined)
    return [{ code: 'VAULT_UNKNOWN', text: 'the account that pays is no configured vault account' }]
  const { players } = vault
  const devices = keyUse?.nodeIds ?? []
  const objections: Objection[] = []
  const isUnnamed = kind === 'tx-signing' && devices.length === 0
  if (players !== undefined && (isUnnamed || devices.some((id) => !players.includes(id))))
    objections.push({
      code: 'NODE_UNKNOWN',
      text: isUnnamed
        ? 'the request does not say which devices take part'
        : 'a device takes part that is not a configured one of this vault account',
    })
  if (new Set(devices).size !== devices.length)
    objections.push({ code: 'NODE_REPEATED', text: 'a device takes part twice' })
  return objections
}
