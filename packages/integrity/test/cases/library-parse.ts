import { Message, VersionedMessage } from '@solana/web3.js'
import { Transaction } from 'bitcoinjs-lib'
import { keccak256, parseTransaction } from 'viem'
import { bitcoinCase, digestsOf, randomBitcoin, unsignedTransaction } from './bitcoin-case.ts'
import { evmRaw, randomEvm } from './evm-case.ts'
import { Random } from './random.ts'
import { instructionsOf, messageOf, randomSolana } from './solana-case.ts'
import { tronCase } from './tron-case.ts'

/** One chain for a benchmark: raw transactions, what they spend, and what an unrelated library does to read and hash one. */
export interface Sample {
  readonly chain: string
  readonly library: string
  readonly raw: Uint8Array
  readonly prevouts: readonly {
    readonly txid: string
    readonly vout: number
    readonly address: string
    readonly amountAtomic: bigint
  }[]
  /** Undefined: the library has no reader of its own for this. */
  parse?(): unknown
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/^0x/, ''), 'hex'))
const rawTextOf = (content: { readonly extra_info?: string }): string =>
  (JSON.parse(content.extra_info ?? '') as { transaction: { raw_tx_info: { unsigned_raw_tx: string } } }).transaction
    .raw_tx_info.unsigned_raw_tx

export function samples(seed: number, count: number): readonly Sample[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => [evm(random), bitcoin(random), tron(random), solana(random)]).flat()
}

function evm(random: Random): Sample {
  const raw = evmRaw({ ...randomEvm(random), form: 'eip1559' })
  return {
    chain: 'ethereum',
    library: 'viem',
    raw: bytes(raw),
    prevouts: [],
    parse: () => [parseTransaction(raw as `0x02${string}`), keccak256(raw)],
  }
}

function bitcoin(random: Random): Sample {
  const payment = { ...randomBitcoin(random), form: 'transaction' as const }
  const raw = unsignedTransaction(payment).toHex()
  const info = JSON.parse(bitcoinCase.build(payment, payment).extra_info ?? '') as {
    transaction: {
      raw_tx_info: {
        selected_utxos: { tx_hash: string; vout_n: number; address: string; redeem_script: string | null }[]
      }
    }
  }
  const prevouts = info.transaction.raw_tx_info.selected_utxos.map((utxo, index) => ({
    txid: utxo.tx_hash,
    vout: utxo.vout_n,
    address: utxo.address,
    amountAtomic: payment.inputs[index]?.amountAtomic ?? 0n,
    ...(utxo.redeem_script !== null && { redeemScript: bytes(utxo.redeem_script) }),
  }))
  return {
    chain: 'bitcoin',
    library: 'bitcoinjs-lib',
    raw: bytes(raw),
    prevouts,
    parse: () => [Transaction.fromHex(raw), digestsOf(payment)],
  }
}

function tron(random: Random): Sample {
  const payment = tronCase.random(random)
  return { chain: 'tron', library: 'none', raw: bytes(rawTextOf(tronCase.build(payment, payment))), prevouts: [] }
}

function solana(random: Random): Sample {
  const payment = randomSolana(random)
  const raw = messageOf(instructionsOf(payment), payment)
  const parse = (): unknown => (payment.version === 'v0' ? VersionedMessage.deserialize(raw) : Message.from(raw))
  return { chain: 'solana', library: '@solana/web3.js', raw, prevouts: [], parse }
}
