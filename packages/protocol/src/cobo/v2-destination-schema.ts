import { z } from 'zod'
import {
  ENTRIES_MAX,
  flag,
  INSTRUCTIONS_MAX,
  int32,
  jsonObject,
  jsonText,
  list,
  OUTPUTS_MAX,
  taggedBy,
  text,
  texts,
  wireObject,
} from './wire-schema.ts'

// protocol/cobo.md 3.8.2. Amounts are decimal text in whole coins. Display-only text (calldata_info) decides nothing.

const output = wireObject({ address: text.optional(), memo: text.optional(), amount: text.optional() })
const utxoOutput = wireObject({ address: text.optional(), amount: text.optional(), script: text.optional() })

const calldataInfo = wireObject({
  chain_id: text.optional(),
  address: text.optional(),
  name: text.optional(),
  impl_address: text.optional(),
  impl_name: text.optional(),
  proxy: flag.optional(),
  method: wireObject({
    name: text.optional(),
    sig: text.optional(),
    type: text.optional(),
    payable: flag.optional(),
    selector: text.optional(),
  }).optional(),
  params: text.optional(),
})

const solanaInstruction = wireObject({
  accounts: list(
    wireObject({ pubkey: text.optional(), is_signer: flag.optional(), is_writable: flag.optional() }),
    INSTRUCTIONS_MAX,
  ).optional(),
  data: text.optional(),
  program_id: text.optional(),
})

const lookupTable = wireObject({ alt_account_key: text, addresses: texts(INSTRUCTIONS_MAX) })

export const DESTINATION_TYPES = [
  'Address',
  'CustodialWallet',
  'ExchangeWallet',
  'EVM_Contract',
  'TRON_Contract',
  'SOL_Contract',
  'COSMOS_Contract',
  'STELLAR_Contract',
  'EVM_EIP_191_Signature',
  'EVM_EIP_712_Signature',
  'BTC_BIP_137_Signature',
  'BTC_BIP_322_Signature',
  'COSMOS_ADR_36_Signature',
  'Raw_Message_Signature',
  'DepositToAddress',
  'DepositToWallet',
] as const

const transfers = [
  z.object({
    destination_type: z.literal('Address'),
    account_output: output.optional(),
    utxo_outputs: list(utxoOutput, OUTPUTS_MAX).optional(),
    change_address: text.optional(),
    force_internal: flag.optional(),
    force_external: flag.optional(),
  }),
  z.object({
    destination_type: z.literal(['CustodialWallet', 'ExchangeWallet']),
    wallet_id: text,
    amount: text,
    trading_account_type: text.optional(),
    exchange_id: text.optional(),
  }),
] as const

const contractCalls = [
  z.object({
    destination_type: z.literal('EVM_Contract'),
    /** Empty for a contract deployment. */
    address: text.optional(),
    calldata: text,
    value: text.optional(),
    calldata_info: calldataInfo.optional(),
  }),
  z.object({ destination_type: z.literal('TRON_Contract'), address: text, calldata: text, value: text.optional() }),
  z.object({
    destination_type: z.literal('SOL_Contract'),
    instructions: list(solanaInstruction, INSTRUCTIONS_MAX).optional(),
    address_lookup_table_accounts: list(lookupTable, INSTRUCTIONS_MAX).optional(),
  }),
  z.object({
    destination_type: z.literal('COSMOS_Contract'),
    cosmos_messages: list(wireObject({ type_url: text, message: text }), ENTRIES_MAX),
  }),
  z.object({
    destination_type: z.literal('STELLAR_Contract'),
    contract_param: wireObject({ contract_type: text, token_id: text.optional(), operation_type: text.optional() }),
  }),
] as const

const messages = [
  z.object({ destination_type: z.literal('EVM_EIP_191_Signature'), message: text }),
  z.object({
    destination_type: z.literal('EVM_EIP_712_Signature'),
    structured_data: jsonObject,
    raw_structured_data: jsonText.optional(),
    safe_tx_extra_data: jsonObject.optional(),
  }),
  z.object({ destination_type: z.literal('BTC_BIP_137_Signature'), message_bip137: text }),
  z.object({ destination_type: z.literal('BTC_BIP_322_Signature'), message_bip322: text }),
  z.object({ destination_type: z.literal('COSMOS_ADR_36_Signature'), message_cosmos_adr36: text }),
  z.object({
    destination_type: z.literal('Raw_Message_Signature'),
    msg_hash: text.optional(),
    message: text.optional(),
  }),
] as const

const deposits = [
  z.object({
    destination_type: z.literal('DepositToAddress'),
    wallet_id: text,
    wallet_type: text,
    wallet_subtype: text.optional(),
    address: text,
    memo: text.optional(),
    amount: text,
    tx_info: wireObject({ vout_n: int32.optional(), object_id: text.optional(), version: text.optional() }).optional(),
  }),
  z.object({
    destination_type: z.literal('DepositToWallet'),
    wallet_id: text,
    wallet_type: text,
    wallet_subtype: text,
    trading_account_type: text.optional(),
    exchange_id: text.optional(),
    amount: text,
  }),
] as const

export const transactionDestination = taggedBy(
  'destination_type',
  DESTINATION_TYPES,
  z.discriminatedUnion('destination_type', [
    ...transfers,
    ...contractCalls,
    ...messages,
    ...deposits,
    z.object({ destination_type: z.literal('unknown'), raw_type: text }),
  ]),
)
