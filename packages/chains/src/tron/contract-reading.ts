import type { OuterCall } from '../transaction/decoded.ts'
import type { Account, Effect } from '../transaction/effect.ts'

/** What one contract of a transaction does. */
export interface ContractReading {
  readonly owner: Account
  readonly effects: readonly Effect[]
  /** Only TriggerSmartContract and CreateSmartContract burn energy, up to the transaction's fee limit. */
  readonly usesEnergy?: boolean
  readonly call?: OuterCall
}
