import { CUSTODY, testAddress, testRootPubkey } from '@callback-quorum/simulator'
import { REFERENCE_PATTERN } from '../business-system/reference.ts'
import type { CheckerName } from './service-names.ts'

/** A mapping of a YAML file, as it is written. */
export type Mapping = Readonly<Record<string, unknown>>

export interface Listeners {
  readonly callback: number
  readonly metrics: number
  readonly admin: number
}

export const NODE_NAME = 'node-demo'
export const COSIGNER_NAME = 'cosigner-demo'
/** The Co-signer's API users, by what they may do. */
export const API_USERS = { signer: 'api-user-signer', approver: 'api-user-approver' } as const

/** Bearer token that business-lookup shows to the business system, in the folder of the demonstration. */
export const LOOK_UP_TOKEN_FILE = 'business-system/look-up.token'

const NODE_DIALECTS = ['cobo-v1', 'cobo-v2'] as const
const COSIGNER_DIALECTS = ['fireblocks-jwt'] as const

const at = (port: number): string => `127.0.0.1:${port}`

/** The blocks that gateway and checkers share. */
function commonBlocks(name: string, { callback, metrics }: Listeners): Mapping {
  return {
    service_name: name,
    profile: 'development',
    callback: [{ listen: at(callback), dialects: [...NODE_DIALECTS, ...COSIGNER_DIALECTS] }],
    metrics: { listen: at(metrics) },
    identity: { private_key: `keys/${name}.pem` },
    callers: [
      {
        name: NODE_NAME,
        platform: 'cobo',
        dialects: NODE_DIALECTS,
        organisation: CUSTODY.organisation,
        pubkey_path: [{ file: `keys/${NODE_NAME}.pub` }],
        retry_times: 60,
        sleep_seconds: 60,
      },
      {
        name: COSIGNER_NAME,
        platform: 'fireblocks',
        dialects: COSIGNER_DIALECTS,
        organisation: CUSTODY.organisation,
        pubkey_path: [{ file: `keys/${COSIGNER_NAME}.pub` }],
        signer_ids: { [API_USERS.signer]: 'signer', [API_USERS.approver]: 'approver' },
      },
    ],
    data_dir: `data/${name}`,
    log: { level: 'info', format: 'json' },
  }
}

// prettier-ignore
const ASKED: Readonly<Record<CheckerName, Mapping>> = {
  'sanctions':       { stage: 1, outcome: true },
  'business-lookup': { stage: 1, outcome: true },
  'integrity':       { stage: 1, outcome: true },
  // Last: it reserves money, which nobody should have to give back for a payment that another checker refused.
  'limits':          { stage: 2, outcome: true },
}

/**
 * The gateway: every checker must approve a payment, whoever asks about it; integrity alone knows which key ceremonies may be, and an
 * address that a workspace is to whitelist is screened.
 */
export function gatewayFile(
  listeners: Listeners,
  checkers: readonly { readonly name: CheckerName; readonly callbackUrl: string }[],
): Mapping {
  const common = commonBlocks('gateway', listeners)
  return {
    ...common,
    identity: { private_key: 'keys/gateway.pem', internal_key: 'keys/gateway-internal.pem' },
    admin: { listen: at(listeners.admin), tokens: 'admin/tokens.yaml' },
    checkers: checkers.map(({ name, callbackUrl }) => ({
      name,
      service_address: callbackUrl,
      pubkey_path: [{ file: `keys/${name}.pub` }],
      ...ASKED[name],
    })),
    quorum: [
      { callers: [NODE_NAME], kinds: ['keysign'], require: checkers.map(({ name }) => name) },
      { callers: [NODE_NAME], kinds: ['keygen', 'keyreshare', 'keysharesign'], require: ['integrity'] },
      { callers: [COSIGNER_NAME], kinds: ['tx-approval', 'tx-signing'], require: checkers.map(({ name }) => name) },
      { callers: [COSIGNER_NAME], kinds: ['config-change'], require: ['sanctions'] },
    ],
    deferral: { cobo: 'no_answer' },
  }
}

/** A checker: it verifies the platform's own signature, and takes outcomes from a gateway when there is one. */
export function checkerFile(
  name: CheckerName,
  listeners: Listeners,
  { payoutsUrl, hasGateway }: { readonly payoutsUrl: string; readonly hasGateway: boolean },
): Mapping {
  return {
    ...commonBlocks(name, listeners),
    ...(hasGateway ? { gateway: { pubkey_path: [{ file: 'keys/gateway-internal.pub' }] } } : {}),
    addresses: 'addresses.yaml',
    ...OWN_BLOCKS[name](payoutsUrl),
  }
}

const OWN_BLOCKS: Readonly<Record<CheckerName, (payoutsUrl: string) => Mapping>> = {
  limits: () => ({ rules: 'limits-rules.yaml' }),
  integrity: () => ({
    groups: [{ root_pub_key: testRootPubkey(), group_id: CUSTODY.tssGroupId, node_ids: [...CUSTODY.nodeIds] }],
    ceremonies: { keygen: [{ curve: 'secp256k1', threshold: CUSTODY.threshold, node_ids: [...CUSTODY.nodeIds] }] },
    vaults: [{ id: '0' }],
    fees: [{ chain: 'ethereum', max: '0.05' }],
  }),
  sanctions: () => ({
    lists: [{ source: 'ofac-sdn', starter_list: 'demo' }],
    config_changes: { UNMANAGED_WALLET: 'judge' },
  }),
  'business-lookup': (payoutsUrl) => ({
    reference: { from: ['reference'], pattern: REFERENCE_PATTERN },
    connector: {
      kind: 'http',
      url: `${payoutsUrl}v1/withdrawals/{reference}`,
      plaintext: 'acknowledged',
      allow_addresses: ['127.0.0.1/32'],
      auth: { kind: 'bearer', token_file: LOOK_UP_TOKEN_FILE },
      response: { not_found: [404] },
    },
    map: {
      reference: { at: '/reference' },
      status: { at: '/state' },
      asset: { at: '/currency' },
      amount: { at: '/amount' },
      destination: { at: '/address' },
      expires_at: { at: '/valid_until' },
    },
    asset_codes: { USDT: 'USDT-ETHEREUM', ETH: 'ETH' },
    compare: { status: { in: ['approved'] } },
  }),
}

/** The wallet's one address: v1 requests name no wallet, it follows from the address that pays. */
export function addressBook(): Mapping {
  const { address, path } = testAddress()
  return {
    own: [{ address, chain: 'ethereum', wallet: CUSTODY.walletId, path }],
    root_keys: [testRootPubkey()],
    allow: [],
  }
}

export const LIMIT_RULES: Mapping = {
  version: 1,
  rules: [
    { id: 'usdt-per-payment', match: { asset: ['USDT-ETHEREUM'] }, window: 'tx', limit: '25000' },
    { id: 'usdt-per-day', match: { asset: ['USDT-ETHEREUM'] }, window: { rolling: '24h' }, limit: '1000000' },
    { id: 'eth-per-payment', match: { asset: ['ETH'] }, window: 'tx', limit: '10' },
    { id: 'eth-per-day', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit: '400' },
  ],
}
