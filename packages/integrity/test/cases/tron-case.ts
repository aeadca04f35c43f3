import * as ecc from '@bitcoinerlab/secp256k1'
import { formatAmount } from '@callback-quorum/chains'
import { makeV2RawKeySign, testPublicKey } from '@callback-quorum/simulator'
import { utils } from 'tronweb'
import { encodeFunctionData, erc20Abi, toHex } from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import type { ChainCase } from './chain-case.ts'
import type { Random } from './random.ts'

export const TRON_PATH = 'm/44/195/0/0/0'

/** 21 bytes as hex: what tronweb's JSON has. */
export const TRON_FROM = `41${publicKeyToAddress(toHex(ecc.pointCompress(testPublicKey(TRON_PATH), false)))
  .slice(2)
  .toLowerCase()}`
export const TRON_USDT = utils.address.toHex('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t')

export interface TronPayment {
  readonly token: boolean
  readonly to: string
  readonly amountAtomic: bigint
  readonly memo?: string
  readonly feeLimit: number
  readonly expiration: number
}

export interface TronContract {
  readonly type: string
  readonly value: object
  readonly permissionId?: number
}

/** Raw data by tronweb's own encoder. */
export function tronRaw(
  contracts: readonly TronContract[],
  { memo, feeLimit, expiration }: Pick<TronPayment, 'memo' | 'feeLimit' | 'expiration'>,
): { readonly raw: string; readonly hash: string } {
  const message: unknown = utils.transaction.txJsonToPb({
    visible: false,
    txID: '',
    raw_data_hex: '',
    raw_data: {
      contract: contracts.map(({ type, value, permissionId }) => ({
        parameter: { value, type_url: `type.googleapis.com/protocol.${type}` },
        type,
        ...(permissionId !== undefined && { Permission_id: permissionId }),
      })),
      ref_block_bytes: 'c3e4',
      ref_block_hash: '0a1b2c3d4e5f6071',
      expiration,
      timestamp: expiration - 60_000,
      ...(feeLimit > 0 && { fee_limit: feeLimit }),
      ...(memo !== undefined && { data: Buffer.from(memo).toString('hex') }),
    },
  })
  return {
    raw: utils.transaction.txPbToRawDataHex(message).toLowerCase(),
    /** With 0x. */
    hash: `0x${utils.transaction.txPbToTxID(message).replace(/^0x/, '')}`,
  }
}

export const tronAddress = (random: Random): string => `41${Buffer.from(random.bytes(20)).toString('hex')}`

export function randomTron(random: Random): TronPayment {
  const token = random.integer(2) === 0
  return {
    token,
    to: tronAddress(random),
    amountAtomic: random.amount(44),
    ...(random.integer(3) === 0 && { memo: `order ${String(random.integer(1_000_000))}` }),
    feeLimit: token ? 1_000_000 + random.integer(99_000_000) : 0,
    expiration: 1_770_000_000_000 + random.integer(1_000_000_000),
  }
}

const contractOf = ({ token, to, amountAtomic }: TronPayment): TronContract =>
  token
    ? {
        type: 'TriggerSmartContract',
        value: {
          owner_address: TRON_FROM,
          contract_address: TRON_USDT,
          data: encodeFunctionData({
            abi: erc20Abi,
            functionName: 'transfer',
            args: [`0x${to.slice(2)}`, amountAtomic],
          }).slice(2),
        },
      }
    : {
        type: 'TransferContract',
        value: { owner_address: TRON_FROM, to_address: to, amount: Number(amountAtomic) },
      }

export const tronCase: ChainCase<TronPayment> = {
  chain: 'tron',
  random: randomTron,
  build(signed, described) {
    const { raw, hash } = tronRaw([contractOf(signed)], signed)
    return makeV2RawKeySign({
      chainId: 'TRON',
      tokenId: described.token ? 'TRON_USDT' : 'TRON',
      destination: {
        destination_type: 'Address',
        account_output: {
          address: utils.address.fromHex(described.to),
          memo: described.memo ?? null,
          amount: formatAmount(described.amountAtomic, 6),
        },
      },
      sources: [{ address: utils.address.fromHex(TRON_FROM), path: TRON_PATH }],
      paths: [TRON_PATH],
      hashes: [hash],
      rawTxInfo: { unsigned_raw_tx: raw },
    })
  },
  mutations: [
    (payment, random) => ({ ...payment, to: tronAddress(random) }),
    (payment) => ({ ...payment, amountAtomic: payment.amountAtomic + 1n }),
    (payment, random) => ({
      ...payment,
      amountAtomic: payment.amountAtomic ^ (1n << BigInt(random.integer(43))) || 7n,
    }),
    (payment) => ({ ...payment, token: !payment.token }),
    ({ memo, ...payment }) => ({ ...payment, memo: memo === undefined ? 'a memo' : `${memo} ` }),
  ],
}
