import { NumberText, type WrittenJson, type WrittenObject } from '@callback-quorum/protocol'
import { createIds, type Ids } from '../../package/ids.ts'
import type { CosignerRequest } from '../cosigner-request.ts'

/** What every request about a transaction can be told; everything left out is invented, the same for the same seed. */
export interface FireblocksTransactionOptions {
  /** `approval` leaves out what comes with signing only. Default: signing. */
  readonly stage?: 'approval' | 'signing'
  readonly txId?: string
  /** Default: the txId, at both stages, as in every published sample. */
  readonly requestId?: string
  /** The customer's own reference; left out when not given. */
  readonly externalTxId?: string
  readonly note?: string
  /** Vault account; the test wallet's keys below `m/44/<coin>/<sourceId>` are its own. Default 0. */
  readonly sourceId?: string
  /** False: as in workspaces that do not get `rawTx`. */
  readonly rawTx?: boolean
  readonly seed?: number
  /** Members of the finished payload replaced, added or, with undefined, taken away: what a lying or a future platform sends. */
  readonly change?: Readonly<Record<string, WrittenJson | undefined>>
}

export interface RawTxElement {
  /** Hex without 0x. */
  readonly raw: string
  readonly payload: string
  readonly path: readonly [number, number, number, number, number]
}

/** The payload in the order of the published sample, and what is added by stage. */
export interface TransactionParts {
  readonly operation: string
  /** Destination and amounts at the top. */
  readonly summary: WrittenObject
  readonly destAddress?: WrittenObject
  readonly destinations: readonly WrittenObject[]
  readonly fee?: string
  readonly extraParameters?: WrittenObject
  readonly rawTx: readonly RawTxElement[]
}

export interface FireblocksPlan {
  readonly ids: Ids
  readonly isSigning: boolean
  readonly vault: number
}

/** Cloud, cloud, customer (protocol/fireblocks.md 2.2); the cloud's two are those of all public samples. */
const CLOUD_PLAYERS = ['21926ecc-4a8a-4614-bbac-7c591aa7efdd', '27900737-46f6-4097-a169-d0ff45649ed5']
/** The simulated customer's own device. */
export const TEST_PLAYER = '5d0f7a54-6a3e-4d5b-9f07-1c2b3a4d5e6f'

export function planFireblocks({ stage, sourceId, seed }: FireblocksTransactionOptions): FireblocksPlan {
  const vault = Number(sourceId ?? '0')
  if (!Number.isInteger(vault) || vault < 0) throw new RangeError('a vault account is a whole number')
  return { ids: createIds(seed), isSigning: stage !== 'approval', vault }
}

/** Puts a request together; `fee`, `rawTx` and `players` come with signing only (protocol/fireblocks.md 2.1). */
export function transactionRequest(
  parts: TransactionParts,
  { ids, isSigning, vault }: FireblocksPlan,
  o: FireblocksTransactionOptions,
): CosignerRequest {
  const txId = o.txId ?? ids.uuid('txId')
  const content: Record<string, WrittenJson | undefined> = {
    txId,
    operation: parts.operation,
    sourceType: 'VAULT',
    sourceId: String(vault),
    ...parts.summary,
    ...(isSigning && parts.fee !== undefined && { fee: parts.fee }),
    ...parts.destAddress,
    destinations: parts.destinations,
    ...(o.externalTxId !== undefined && { externalTxId: o.externalTxId }),
    ...(isSigning && o.rawTx !== false && parts.rawTx.length > 0 && { rawTx: parts.rawTx.map(rawTxMember) }),
    ...(isSigning && { players: [...CLOUD_PLAYERS, TEST_PLAYER] }),
    ...(parts.extraParameters && { extraParameters: parts.extraParameters }),
    ...(o.note !== undefined && { note: o.note }),
    requestId: o.requestId ?? txId,
    ...o.change,
  }
  return { kind: isSigning ? 'tx-signing' : 'tx-approval', content: withoutUndefined(content) }
}

/** The path is a text with spaces inside (protocol/fireblocks.md 2.6). */
const rawTxMember = ({ raw, payload, path }: RawTxElement): WrittenObject => ({
  keyDerivationPath: `[ ${path.join(', ')} ]`,
  rawTx: raw,
  payload,
})

export function withoutUndefined(members: Readonly<Record<string, WrittenJson | undefined>>): WrittenObject {
  const kept: Record<string, WrittenJson> = {}
  for (const [name, member] of Object.entries(members)) if (member !== undefined) kept[name] = member
  return kept
}

/** A JSON number with eight decimals, trailing zeros too, as Co-signers print amounts (protocol/fireblocks.md 1.2); the rest is cut off. */
export function eightDecimals(amount: string): NumberText {
  const [whole = '0', fraction = ''] = amount.split('.')
  return new NumberText(`${whole}.${fraction.padEnd(8, '0').slice(0, 8)}`)
}

/** A decimal text with as many decimals as the asset has. */
export function paddedAmount(amount: string, decimals: number): string {
  if (decimals === 0) return amount
  const [whole = '0', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.padEnd(decimals, '0')}`
}
