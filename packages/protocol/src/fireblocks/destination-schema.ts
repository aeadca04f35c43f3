import { z } from 'zod'
import { isWrittenObject, NumberText } from '../strict-json.ts'
import type { WrittenJson } from '../strict-json.ts'
import { addressText, decimalText, identifier, openEnum, shortText, writtenObject } from './written-schema.ts'

// protocol/fireblocks.md 2.3. `amountNative` and `amountUSD` are JSON numbers: never read, for a number never decides.

/** One entry per output; more is refused, never cut off. */
export const DESTINATIONS_MAX = 1_000

export const DESTINATION_TYPES = ['VAULT', 'EXCHANGE_ACCOUNT', 'FIAT_ACCOUNT', 'UNMANAGED', 'ONE_TIME_ADDRESS'] as const
export const ADDRESS_TYPES = ['WHITELISTED', 'ONE_TIME'] as const

/** Which rule of the workspace's policy let it pass; for evidence only, so what cannot be read is absent. */
export interface PolicyRuleInfo {
  readonly capturedRuleNum?: string
  readonly rulesSnapshotId?: string
  readonly byGlobalPolicy?: boolean
  readonly byRule?: boolean
  readonly capturedRule?: string
}

const actionInfo = z.custom<WrittenJson>().transform((value): PolicyRuleInfo => {
  if (!isWrittenObject(value)) return {}
  const { capturedRuleNum, rulesSnapshotId, byGlobalPolicy, byRule, capturedRule } = value
  const rule = shortText.safeParse(capturedRule)
  return {
    ...(capturedRuleNum instanceof NumberText && { capturedRuleNum: capturedRuleNum.text }),
    ...(rulesSnapshotId instanceof NumberText && { rulesSnapshotId: rulesSnapshotId.text }),
    ...(typeof byGlobalPolicy === 'boolean' && { byGlobalPolicy }),
    ...(typeof byRule === 'boolean' && { byRule }),
    ...(rule.success && { capturedRule: rule.data }),
  }
})

export const destination = writtenObject({
  amountNativeStr: decimalText.optional(),
  dstType: openEnum(DESTINATION_TYPES).optional(),
  dstSubType: identifier.optional(),
  dstId: identifier.optional(),
  dstWalletId: identifier.optional(),
  dstName: shortText.optional(),
  dstAddressType: openEnum(ADDRESS_TYPES).optional(),
  dstAddress: addressText.optional(),
  displayDstAddress: addressText.optional(),
  action: identifier.optional(),
  actionInfo: actionInfo.optional(),
})
