import type { CoboV1KeySign } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import type { Refuse } from './refuse.ts'

/** protocol/cobo.md 2.4, transaction_type. */
const TRANSFERS_AND_CALLS = [100, 101, 102, 103, 104, 105, 106, 107, 300, 301, 303, 307, 308, 309, 310, 311]
const MESSAGES = [302, 304, 305]
const STAKING = [500, 501]

/** protocol/cobo.md 2.4, operation. Minting and burning are calls whose contract is not named. */
const OPERATIONS: ReadonlyMap<number, Operation> = new Map([
  [100, 'transfer'],
  [200, 'contract-call'],
  [201, 'other'],
  [202, 'other'],
  [300, 'message'],
])

/** What the transaction does, by its operation; its type must be known and must not say otherwise. */
export function readOperationV1(
  { transaction_type: type, operation: code }: CoboV1KeySign['extra'],
  refuse: Refuse,
): Operation {
  const operation = OPERATIONS.get(code)
  if (operation === undefined) refuse('TYPE_UNSUPPORTED', `operation ${code} cannot be judged`)
  if (![...TRANSFERS_AND_CALLS, ...MESSAGES, ...STAKING].includes(type)) {
    refuse('TYPE_UNSUPPORTED', `transaction_type ${type} cannot be judged`)
  }
  if (MESSAGES.includes(type) && operation !== 'message') {
    refuse('TYPE_UNSUPPORTED', `transaction_type ${type} does not go with operation ${code}`)
  }
  // The outputs of a staking transaction are rebuilt elsewhere from parameters that the description does not hold.
  return STAKING.includes(type) ? 'other' : (operation ?? 'other')
}
