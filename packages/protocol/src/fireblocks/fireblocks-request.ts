import type { z } from 'zod'
import type { WrittenJson } from '../strict-json.ts'
import type {
  addressInfo,
  connectionRoutingInfo,
  networkConnectionInfo,
  networkIdRoutingInfo,
  thirdPartyInfo,
  UNDESCRIBED_TYPES,
} from './config-schema.ts'
import type { fireblocksTransaction } from './transaction-schema.ts'

/** Names as on the wire; null is absent; unknown members, and amounts that are JSON numbers, are dropped. */
export type FireblocksTransaction = { readonly endpoint: 'tx' } & z.output<typeof fireblocksTransaction>

interface Change<T, S extends z.ZodType> {
  readonly endpoint: 'config'
  readonly type: T
  readonly extraInfo?: z.output<S>
}

/** Told apart by `type`; one that nobody described keeps its `extraInfo` as it was written. */
export type FireblocksConfigChange =
  | Change<'UNMANAGED_WALLET', typeof addressInfo>
  | Change<'EXCHANGE' | 'FIAT_ACCOUNT', typeof thirdPartyInfo>
  | Change<'ADD_NETWORK_CONNECTION', typeof networkConnectionInfo>
  | Change<'SET_NETWORK_CONNECTION_ROUTING_POLICY', typeof connectionRoutingInfo>
  | Change<'SET_NETWORK_ID_POLICY', typeof networkIdRoutingInfo>
  | Change<(typeof UNDESCRIBED_TYPES)[number] | { readonly unknown: string }, z.ZodType<WrittenJson>>

export type FireblocksRequest = FireblocksTransaction | FireblocksConfigChange

/** A change of the workspace that the vendor names; everything else is `{ unknown }`. */
export type FireblocksChangeType = Extract<FireblocksConfigChange['type'], string>

/**
 * The id that a business key is made of (DESIGN.md, "One request, seen neutrally"): that of the transaction. A change of the workspace has none;
 * it is its request, under a name that no transaction has. Undefined when the request names none.
 */
export function fireblocksTransactionIdOf(reading: {
  readonly requestId: string
  readonly txId?: string
  readonly request: FireblocksRequest
}): string | undefined {
  return reading.request.endpoint === 'config' ? `config-change/${reading.requestId}` : reading.txId
}
