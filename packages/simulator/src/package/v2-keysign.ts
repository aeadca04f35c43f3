import { parseAmount } from '@callback-quorum/chains'
import type { CoboPackage } from '../cobo-package.ts'
import { eip191Digest, eip712Digest, type TypedData } from '../evm/message-digest.ts'
import { testRootPubkey } from '../evm/test-wallet.ts'
import {
  CUSTODY,
  keyShareHolderGroup,
  mpcProject,
  mpcVault,
  mpcWallet,
  orgInfo,
  SIGNATURE_TYPE,
  TSS_PROTOCOL,
} from './custody.ts'
import {
  feeObject,
  feesOf,
  planSigning,
  planTransfer,
  type SigningOptions,
  type SigningPlan,
  type TransferOptions,
  unsignedCall,
} from './transfer.ts'

export interface ContractCallOptions extends SigningOptions {
  readonly contract: string
  /** Hex with 0x. */
  readonly calldata: string
  /** Coins sent along, decimal. */
  readonly value?: string
  readonly gasLimit?: bigint
}

export interface PlainMessageOptions extends SigningOptions {
  readonly message: string | Uint8Array
}

export interface TypedMessageOptions extends SigningOptions {
  readonly typedData: TypedData
}

const GAS_CONTRACT_CALL = 250_000n

/** A withdrawal of coins or ERC-20 tokens to one address (protocol 3.2, 3.6, 3.8). */
export function makeV2KeySign(o: TransferOptions): CoboPackage {
  const plan = planTransfer(o)
  return keySign(plan, byAccount(plan, plan.unsigned.hash), {
    type: 'Withdrawal',
    token_id: plan.asset.coboTokenId,
    destination: {
      destination_type: 'Address',
      account_output: { address: plan.to, memo: null, amount: plan.amount },
      force_internal: false,
      force_external: false,
    },
    fee: feeObject(plan.fees, plan.asset.coboChainId),
    raw_tx_info: rawTxInfo(plan, plan.unsigned.raw),
  })
}

export function makeV2ContractCall(o: ContractCallOptions): CoboPackage {
  const plan = planSigning(o)
  const fees = feesOf('eip1559', o.gasLimit ?? GAS_CONTRACT_CALL)
  const value = o.value ?? '0'
  const call = { to: o.contract, valueAtomic: parseAmount(value, plan.asset.decimals), data: o.calldata }
  const unsigned = unsignedCall(plan, call, fees)
  return keySign(plan, byAccount(plan, unsigned.hash), {
    type: 'ContractCall',
    token_id: plan.asset.coboTokenId,
    destination: { destination_type: 'EVM_Contract', address: o.contract, calldata: o.calldata, value },
    fee: feeObject(fees, plan.asset.coboChainId),
    raw_tx_info: rawTxInfo(plan, unsigned.raw),
  })
}

/** A plain message; there is no raw transaction, only the message itself (protocol 4.2). */
export function makeV2Eip191Message(o: PlainMessageOptions): CoboPackage {
  const message = typeof o.message === 'string' ? new TextEncoder().encode(o.message) : o.message
  const plan = planSigning(o)
  return keySign(plan, byAccount(plan, eip191Digest(message)), {
    type: 'MessageSign',
    destination: { destination_type: 'EVM_EIP_191_Signature', message: Buffer.from(message).toString('base64') },
    fee: null,
    raw_tx_info: null,
  })
}

export function makeV2Eip712Message(o: TypedMessageOptions): CoboPackage {
  const plan = planSigning(o)
  return keySign(plan, byAccount(plan, eip712Digest(o.typedData)), {
    type: 'MessageSign',
    destination: {
      destination_type: 'EVM_EIP_712_Signature',
      structured_data: o.typedData,
      raw_structured_data: JSON.stringify(o.typedData),
    },
    fee: null,
    raw_tx_info: null,
  })
}

/** What a key of the custody group is asked to sign, in whatever chain's bytes: the caller made them, and says what is described. */
export interface RawKeySignOptions extends SigningOptions {
  /** Cobo's ids. */
  readonly chainId: string
  readonly tokenId?: string
  readonly type?: 'Withdrawal' | 'ContractCall' | 'MessageSign'
  readonly destination: object
  /** Addresses that are said to pay; `path` leads to the key that signs. */
  readonly sources: readonly { readonly address: string; readonly path?: string }[]
  /** One for each signature, parallel to `hashes`. */
  readonly paths: readonly string[]
  readonly hashes: readonly string[]
  readonly rawTxInfo?: object
  readonly fee?: object
  readonly signatureType?: keyof typeof SIGNATURE_TYPE
}

/** A request for signatures over bytes of any chain. Nothing is checked or made true here. */
export function makeV2RawKeySign(o: RawKeySignOptions): CoboPackage {
  const plan = planSigning(o)
  const [first, ...others] = o.sources
  const transaction = {
    type: o.type ?? 'Withdrawal',
    chain_id: o.chainId,
    ...(o.tokenId !== undefined && { token_id: o.tokenId }),
    source: { ...sourceOf(plan), address: others.length === 0 ? (first?.address ?? null) : null },
    destination: o.destination,
    fee: o.fee ?? null,
    raw_tx_info: o.rawTxInfo ?? null,
  }
  const { hashes, paths, signatureType = 'ecdsa' } = o
  const sources = o.sources.map(({ address, path }) => ({
    address,
    chain_id: o.chainId,
    memo: null,
    ...(path !== undefined && { path, root_pubkey: testRootPubkey() }),
    encoding: 'ENCODING_DEFAULT',
  }))
  return keySign(plan, { hashes, paths, signatureType, sources }, transaction)
}

const rawTxInfo = (plan: SigningPlan, unsignedRawTx: string) => ({
  used_nonce: Number(plan.nonce),
  selected_utxos: [],
  raw_tx: null,
  unsigned_raw_tx: unsignedRawTx,
  utxo_change: null,
})

interface Signing {
  readonly hashes: readonly string[]
  readonly paths: readonly string[]
  readonly signatureType: keyof typeof SIGNATURE_TYPE
  readonly sources: readonly object[]
}

/** One ECDSA signature by the key of the paying account. */
const byAccount = (plan: SigningPlan, hash: string): Signing => ({
  hashes: [hash],
  paths: [plan.path],
  signatureType: 'ecdsa',
  sources: [sourceAddress(plan)],
})

function keySign(plan: SigningPlan, signing: Signing, transaction: object): CoboPackage {
  const detail = {
    group_id: CUSTODY.tssGroupId,
    root_pub_key: testRootPubkey(),
    used_node_ids: [CUSTODY.nodeIds[0], CUSTODY.nodeIds[2]],
    bip32_path_list: signing.paths,
    msg_hash_list: signing.hashes,
    tweak_list: signing.hashes.map(() => '0x00'),
    signature_type: SIGNATURE_TYPE[signing.signatureType],
    tss_protocol: TSS_PROTOCOL.gg18,
    task_id: plan.ids.dated('task', plan.createdAtMs),
    biz_task_id: plan.transactionId,
  }
  const extra = {
    org: orgInfo(plan.organisation),
    project: mpcProject(plan.organisation),
    vault: mpcVault(),
    wallet: mpcWallet(plan.organisation, plan.walletId),
    signer_key_share_holder_group: keyShareHolderGroup('MainGroup'),
    source_addresses: signing.sources,
    transaction: { ...transactionHead(plan), ...transaction },
  }
  return {
    request_id: plan.requestId,
    request_type: 2,
    request_detail: JSON.stringify(detail),
    extra_info: JSON.stringify(extra),
  }
}

const sourceAddress = ({ from, path, pubkey, asset }: SigningPlan) => ({
  address: from,
  chain_id: asset.coboChainId,
  memo: null,
  path,
  encoding: 'ENCODING_DEFAULT',
  ...(pubkey === undefined ? {} : { pubkey }),
  root_pubkey: testRootPubkey(),
})

const sourceOf = (plan: SigningPlan) => ({
  source_type: 'Org-Controlled',
  wallet_id: plan.walletId,
  address: plan.from,
  included_utxos: null,
  excluded_utxos: null,
  signer_key_share_holder_group_id: CUSTODY.groupId,
})

/** What every transaction has. Real ones carry nulls for whatever does not apply (protocol 3.9). */
const transactionHead = (plan: SigningPlan) => ({
  transaction_id: plan.transactionId,
  cobo_id: plan.coboId,
  request_id: plan.reference,
  wallet_id: plan.walletId,
  status: 'PendingSignature',
  sub_status: 'PendingSignerApproval',
  failed_reason: null,
  chain_id: plan.asset.coboChainId,
  source: sourceOf(plan),
  result: null,
  initiator: plan.initiator,
  initiator_type: plan.initiatorType,
  category: [],
  description: '',
  is_loop: false,
  cobo_category: [],
  created_timestamp: plan.createdAtMs,
  updated_timestamp: plan.createdAtMs,
})
