import { z } from 'zod'
import { INPUTS_MAX, int32, list, taggedBy, text, texts, wireObject } from './wire-schema.ts'

// protocol/cobo.md 3.8.1

const utxos = list(wireObject({ tx_hash: text.optional(), vout_n: int32.optional() }), INPUTS_MAX).optional()

const safeDelegate = wireObject({
  delegate_type: text.optional(),
  wallet_id: text.optional(),
  address: text.optional(),
})

export const SOURCE_TYPES = [
  'Asset',
  'Web3',
  'Org-Controlled',
  'User-Controlled',
  'Safe{Wallet}',
  'Main',
  'Sub',
  'DepositFromAddress',
  'DepositFromWallet',
  'DepositFromLoop',
] as const

export const transactionSource = taggedBy(
  'source_type',
  SOURCE_TYPES,
  z.discriminatedUnion('source_type', [
    z.object({ source_type: z.literal('Asset'), wallet_id: text }),
    z.object({
      source_type: z.literal('Web3'),
      wallet_id: text,
      address: text.optional(),
      included_utxos: utxos,
      excluded_utxos: utxos,
    }),
    z.object({
      source_type: z.literal(['Org-Controlled', 'User-Controlled']),
      wallet_id: text,
      address: text.optional(),
      included_utxos: utxos,
      excluded_utxos: utxos,
      signer_key_share_holder_group_id: text.optional(),
    }),
    z.object({
      source_type: z.literal('Safe{Wallet}'),
      wallet_id: text,
      address: text,
      delegate: safeDelegate.optional(),
    }),
    z.object({
      source_type: z.literal(['Main', 'Sub']),
      exchange_id: text,
      wallet_id: text,
      trading_account_type: text.optional(),
    }),
    z.object({
      source_type: z.literal('DepositFromAddress'),
      wallet_id: text.optional(),
      wallet_type: text.optional(),
      wallet_subtype: text.optional(),
      addresses: texts(INPUTS_MAX),
    }),
    z.object({
      source_type: z.literal('DepositFromWallet'),
      wallet_id: text,
      wallet_type: text,
      wallet_subtype: text,
      trading_account_type: text.optional(),
    }),
    z.object({ source_type: z.literal('DepositFromLoop') }),
    z.object({ source_type: z.literal('unknown'), raw_type: text }),
  ]),
)
