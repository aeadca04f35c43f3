import { z } from 'zod'
import { isWrittenObject } from '../strict-json.ts'
import type { WrittenJson } from '../strict-json.ts'
import {
  addressText,
  anyJson,
  ENTRIES_MAX,
  identifier,
  jsonOrText,
  openEnum,
  rawObject,
  shortText,
  writtenObject,
} from './written-schema.ts'

// protocol/fireblocks.md 3

/** Types whose `extraInfo` no public document describes: kept as it was written. It may hold anything; never log it. */
export const UNDESCRIBED_TYPES = [
  'ADD_USER',
  'RE_ENROLL_DEVICE',
  'ENABLE_ONE_TIME_ADDRESS',
  'CHANGE_QUORUM_THRESHOLD',
  'UPDATE_APPROVAL_GROUP_MAPPING',
  'USERS_GROUP_APPROVAL',
  'POLICY_APPROVAL',
  'POLICY_CHANGE',
] as const

export const DESCRIBED_TYPES = [
  'UNMANAGED_WALLET',
  'EXCHANGE',
  'FIAT_ACCOUNT',
  'ADD_NETWORK_CONNECTION',
  'SET_NETWORK_CONNECTION_ROUTING_POLICY',
  'SET_NETWORK_ID_POLICY',
] as const

export const WALLET_SUB_TYPES = ['INTERNAL', 'EXTERNAL', 'CONTRACT'] as const

/** Every change of a workspace that the vendor names. */
export const CHANGE_TYPES = [...DESCRIBED_TYPES, ...UNDESCRIBED_TYPES] as const

export const configType = openEnum(CHANGE_TYPES)

/** An address that is to be whitelisted. */
export const addressInfo = writtenObject({
  subType: openEnum(WALLET_SUB_TYPES).optional(),
  walletName: shortText.optional(),
  /** A text; an older page of the vendor says object. */
  walletId: z.union([identifier, rawObject]).optional(),
  asset: identifier.optional(),
  address: addressText.optional(),
  /** Tag, memo or description, as the chain has it. */
  tag: shortText.optional(),
})

/** Asset -> address. */
const addresses = z.custom<WrittenJson>().transform((value, context): Readonly<Record<string, string>> => {
  const entries = isWrittenObject(value) ? Object.entries(value) : []
  const read = entries.flatMap(([asset, address]) => {
    const text = addressText.safeParse(address)
    return text.success && identifier.safeParse(asset).success ? [[asset, text.data] as const] : []
  })
  if (isWrittenObject(value) && read.length === entries.length && read.length <= ENTRIES_MAX) {
    return Object.fromEntries(read)
  }
  context.addIssue({ code: 'custom', message: 'not a map from asset to address' })
  return z.NEVER
})

/** An account at an exchange or bank. Its `apiKey` is a secret of a third party and is never read. */
export const thirdPartyInfo = writtenObject({
  subType: identifier.optional(),
  accountName: shortText.optional(),
  accountId: identifier.optional(),
  addresses: jsonOrText(addresses).optional(),
})

export const networkConnectionInfo = writtenObject({
  networkConnectionId: identifier.optional(),
  note: shortText.optional(),
  localNetworkID: identifier.optional(),
  remoteTenantID: identifier.optional(),
  routingPolicy: anyJson.optional(),
})

export const connectionRoutingInfo = writtenObject({
  connectionId: identifier.optional(),
  routingPolicy: anyJson.optional(),
})

export const networkIdRoutingInfo = writtenObject({
  networkID: identifier.optional(),
  routingPolicy: anyJson.optional(),
})
