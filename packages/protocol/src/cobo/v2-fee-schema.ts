import { z } from 'zod'
import { figure, taggedBy, text } from './wire-schema.ts'

// protocol/cobo.md 3.8.3. The type tells nothing about the chain: real Solana and Cosmos records carry EVM_Legacy.

export const FEE_TYPES = ['EVM_EIP_1559', 'EVM_Legacy', 'UTXO', 'Fixed', 'SOL', 'FIL'] as const

const charged = {
  token_id: text.optional(),
  fee_used: figure.optional(),
  estimated_fee_used: figure.optional(),
}

export const transactionFee = taggedBy(
  'fee_type',
  FEE_TYPES,
  z.discriminatedUnion('fee_type', [
    z.object({
      fee_type: z.literal('EVM_EIP_1559'),
      ...charged,
      effective_gas_price: figure.optional(),
      gas_used: figure.optional(),
      max_fee_per_gas: figure.optional(),
      max_priority_fee_per_gas: figure.optional(),
      gas_limit: figure.optional(),
    }),
    z.object({
      fee_type: z.literal('EVM_Legacy'),
      ...charged,
      gas_used: figure.optional(),
      gas_price: figure.optional(),
      gas_limit: figure.optional(),
    }),
    z.object({
      fee_type: z.literal('UTXO'),
      ...charged,
      max_fee_amount: figure.optional(),
      fee_rate: figure.optional(),
    }),
    z.object({ fee_type: z.literal('Fixed'), ...charged, max_fee_amount: figure.optional() }),
    z.object({
      fee_type: z.literal('SOL'),
      ...charged,
      base_fee: figure.optional(),
      rent_amount: figure.optional(),
      compute_unit_price: figure.optional(),
      compute_unit_limit: figure.optional(),
    }),
    z.object({
      fee_type: z.literal('FIL'),
      ...charged,
      gas_used: figure.optional(),
      gas_base: figure.optional(),
      gas_premium: figure.optional(),
      gas_fee_cap: figure.optional(),
      gas_limit: figure.optional(),
    }),
    z.object({ fee_type: z.literal('unknown'), raw_type: text }),
  ]),
)
