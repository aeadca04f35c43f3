import { z } from 'zod'
import { INPUTS_MAX } from '../cobo/wire-schema.ts'
import { ADDRESS_TYPES, destination, DESTINATIONS_MAX } from './destination-schema.ts'
import { rawMessageData } from './message-schema.ts'
import { RAW_TX_MAX, rawTxElement } from './raw-tx-schema.ts'
import {
  addressText,
  decimalText,
  ENTRIES_MAX,
  HEX_LENGTH_MAX,
  identifier,
  jsonOrText,
  openEnum,
  prefixableHexText,
  shortText,
  uint32,
  writtenObject,
} from './written-schema.ts'

// protocol/fireblocks.md 2.2, 2.4, 2.5. `amount` and `requestedAmount` are JSON numbers: never read, for a number never decides.
// Nothing is formally required by the vendor; what a rule needs and does not find, it refuses.

export const OPERATIONS = [
  'TRANSFER',
  'MINT',
  'BURN',
  'CONTRACT_CALL',
  'PROGRAM_CALL',
  'APPROVE',
  'TYPED_MESSAGE',
  'RAW',
  'ENABLE_ASSET',
  'STAKE',
  'UNSTAKE',
  'WITHDRAW',
] as const
export const SOURCE_TYPES = ['VAULT', 'EXCHANGE', 'FIAT_ACCOUNT'] as const
export const DEST_TYPES = ['VAULT', 'EXCHANGE', 'FIAT_ACCOUNT', 'ONE_TIME', 'ONE_TIME_ADDRESS', 'UNMANAGED'] as const

/** A text of the initiator's own making, as long as what it stands for: a PSBT in base64, a program call. */
const carriedText = z.string().max(HEX_LENGTH_MAX)

/** The vendor documents `index` as text. */
const outputIndex = z.union([
  uint32,
  z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,8})$/)
    .transform(Number),
])

const inputs = z
  .array(writtenObject({ txHash: identifier, index: outputIndex }))
  .max(INPUTS_MAX)
  .optional()

const extraParameters = writtenObject({
  inputsSelection: writtenObject({ inputsToSpend: inputs, inputsToExclude: inputs }).optional(),
  rawMessageData: rawMessageData.optional(),
  /** ABI call data without `0x`; '' is a call with none. */
  contractCallData: prefixableHexText.optional(),
  programCallData: carriedText.optional(),
  psbt: carriedText.optional(),
})

export const fireblocksTransaction = writtenObject({
  externalTxId: identifier.optional(),
  operation: openEnum(OPERATIONS).optional(),
  sourceType: openEnum(SOURCE_TYPES).optional(),
  sourceId: identifier.optional(),
  destType: openEnum(DEST_TYPES).optional(),
  destId: identifier.optional(),
  asset: identifier.optional(),
  amountStr: decimalText.optional(),
  requestedAmountStr: decimalText.optional(),
  fee: decimalText.optional(),
  destAddressType: openEnum(ADDRESS_TYPES).optional(),
  destAddress: addressText.optional(),
  destinations: z.array(destination).max(DESTINATIONS_MAX).optional(),
  players: z.array(identifier).max(ENTRIES_MAX).optional(),
  extraParameters: jsonOrText(extraParameters).optional(),
  note: shortText.optional(),
  rawTx: z.array(rawTxElement).max(RAW_TX_MAX).optional(),
})
