import type { FireblocksChangeType, WrittenJson, WrittenObject } from '@callback-quorum/protocol'
import { createIds } from '../../package/ids.ts'
import type { CosignerRequest } from '../cosigner-request.ts'
import { withoutUndefined } from './transaction.ts'

export interface FireblocksConfigChangeOptions {
  /** Any text: a type of tomorrow too. */
  readonly type: FireblocksChangeType | (string & {})
  readonly requestId?: string
  readonly seed?: number
  /** Of UNMANAGED_WALLET: what is to be whitelisted. */
  readonly asset?: string
  readonly address?: string
  readonly tag?: string
  readonly walletName?: string
  readonly walletId?: string
  readonly subType?: 'INTERNAL' | 'EXTERNAL' | 'CONTRACT'
  /** Instead of what is invented; null sends none. */
  readonly extraInfo?: WrittenJson
  /** Members of the finished payload replaced, added or, with undefined, taken away. */
  readonly change?: Readonly<Record<string, WrittenJson | undefined>>
}

/** The recipient of the official ERC-20 vector: on no list, and nobody's in particular. */
const ADDRESS_DEFAULT = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

/** A change of the workspace that is to be approved (protocol/fireblocks.md 3). */
export function makeFireblocksConfigChange(o: FireblocksConfigChangeOptions): CosignerRequest {
  const ids = createIds(o.seed)
  const extraInfo = o.extraInfo === undefined ? inventedInfo(o, (label) => ids.uuid(label)) : o.extraInfo
  return {
    kind: 'config-change',
    content: withoutUndefined({
      requestId: o.requestId ?? ids.uuid('requestId'),
      type: o.type,
      ...(extraInfo !== null && { extraInfo }),
      ...o.change,
    }),
  }
}

/** Shapes of the vendor's page; where it gives none, an object that nobody described. */
function inventedInfo(o: FireblocksConfigChangeOptions, id: (label: string) => string): WrittenObject {
  const routingPolicy = '{"crypto":{"scheme":"DEFAULT","dstType":"VAULT","dstId":"0"}}'
  switch (o.type) {
    case 'UNMANAGED_WALLET':
      return withoutUndefined({
        subType: o.subType ?? 'EXTERNAL',
        walletName: o.walletName ?? 'New supplier',
        walletId: o.walletId ?? id('wallet'),
        asset: o.asset ?? 'ETH',
        address: o.address ?? ADDRESS_DEFAULT,
        tag: o.tag,
      })
    case 'EXCHANGE':
    case 'FIAT_ACCOUNT':
      return {
        subType: o.type === 'EXCHANGE' ? 'KRAKEN' : 'BLINC',
        accountName: 'Trading desk',
        accountId: id('account'),
        // Secret of a third party: nobody may write it down.
        apiKey: id('apiKey'),
        addresses: JSON.stringify({ [o.asset ?? 'ETH']: o.address ?? ADDRESS_DEFAULT }),
      }
    case 'ADD_NETWORK_CONNECTION':
      return {
        networkConnectionId: id('connection'),
        note: 'settlement',
        localNetworkID: id('local'),
        remoteTenantID: id('remote'),
        routingPolicy,
      }
    case 'SET_NETWORK_CONNECTION_ROUTING_POLICY':
      return { connectionId: id('connection'), routingPolicy }
    case 'SET_NETWORK_ID_POLICY':
      return { networkID: id('network'), routingPolicy }
    default:
      return { note: `simulated ${o.type}` }
  }
}
