import type { CoboV2Transaction } from '@callback-quorum/protocol'
import type { Operation } from '../question.ts'
import { quoted, type Refuse } from './refuse.ts'

type DestinationType = CoboV2Transaction['destination']['destination_type']

interface Meaning {
  /** Absent: not something that a key share of ours signs, or not a destination that can be told. */
  readonly operation?: Operation
  /** The values of transaction.type that go with it. */
  readonly types: readonly string[]
}

const PAYMENT = ['Withdrawal', 'Stake', 'Unstake']
const CALL = ['ContractCall', 'Stake', 'Unstake']
const MESSAGE = ['MessageSign']

/** protocol/cobo.md 3.8.2. What moves on these chains is not in the description, unless it is a transfer or an account-model call. */
// prettier-ignore
const MEANINGS: Readonly<Record<DestinationType, Meaning>> = {
  Address:                { operation: 'transfer',      types: PAYMENT },
  EVM_Contract:           { operation: 'contract-call', types: CALL },
  TRON_Contract:          { operation: 'contract-call', types: CALL },
  SOL_Contract:           { operation: 'other',         types: CALL },
  COSMOS_Contract:        { operation: 'other',         types: CALL },
  STELLAR_Contract:       { operation: 'other',         types: CALL },
  EVM_EIP_191_Signature:  { operation: 'message',       types: MESSAGE },
  EVM_EIP_712_Signature:  { operation: 'message',       types: MESSAGE },
  BTC_BIP_137_Signature:  { operation: 'message',       types: MESSAGE },
  BTC_BIP_322_Signature:  { operation: 'message',       types: MESSAGE },
  COSMOS_ADR_36_Signature: { operation: 'message',      types: MESSAGE },
  Raw_Message_Signature:  { operation: 'raw',           types: MESSAGE },
  CustodialWallet:        { types: PAYMENT },
  ExchangeWallet:         { types: PAYMENT },
  DepositToAddress:       { types: [] },
  DepositToWallet:        { types: [] },
  unknown:                { types: [] },
}

/** Wallets whose keys are shared with us; every other source is a deposit or belongs to another product (3.8.1). */
const SOURCES: readonly string[] = ['Org-Controlled', 'User-Controlled']

/** What the transaction does, by the type of its destination; type and source must not say otherwise. */
export function readOperationV2({ destination, source, type }: CoboV2Transaction, refuse: Refuse): Operation {
  const { operation, types } = MEANINGS[destination.destination_type]
  if (operation === undefined) {
    const named = destination.destination_type === 'unknown' ? destination.raw_type : destination.destination_type
    refuse('DESTINATION_UNSUPPORTED', `a destination of type ${quoted(named)} cannot be judged`)
  }
  if (type !== undefined && !types.includes(type)) {
    refuse('TYPE_UNSUPPORTED', `a transaction of type ${quoted(type)} does not go with its destination`)
  }
  if (!SOURCES.includes(source.source_type)) {
    refuse('TYPE_UNSUPPORTED', 'the source of the transaction is not a wallet of shared keys')
  }
  // The outputs of a staking transaction are rebuilt elsewhere from parameters that the destination does not hold.
  return operation === 'transfer' && type !== undefined && type !== 'Withdrawal' ? 'other' : (operation ?? 'other')
}
