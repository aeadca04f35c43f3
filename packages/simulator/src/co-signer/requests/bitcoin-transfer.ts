import { formatAmount, parseAmount } from '@callback-quorum/chains'
import { outputScript, p2pkhAddress, p2pkhScript, p2wpkhAddress } from '../../bitcoin/bitcoin-script.ts'
import { type BitcoinInput, legacyPreimages, witnessPreimages } from '../../bitcoin/preimages.ts'
import { testPublicKey } from '../../evm/test-wallet.ts'
import type { CosignerRequest } from '../cosigner-request.ts'
import { destAddressOf, destinationEntry, type FireblocksPlaceKind, summaryOf } from './destination.ts'
import {
  type FireblocksPlan,
  type FireblocksTransactionOptions,
  paddedAmount,
  planFireblocks,
  type RawTxElement,
  transactionRequest,
} from './transaction.ts'

export interface FireblocksBitcoinOutput {
  readonly to: string
  /** Decimal, in bitcoin. */
  readonly amount: string
  /** Default: unmanaged, a whitelisted address. */
  readonly destination?: { readonly kind: FireblocksPlaceKind; readonly id?: string; readonly name?: string }
}

export interface FireblocksBitcoinOptions extends FireblocksTransactionOptions {
  /** Default BTC. */
  readonly asset?: 'BTC' | 'BTC_TEST'
  /** In this order, then the change. Several make a multi-destination transaction. */
  readonly outputs: readonly FireblocksBitcoinOutput[]
  /** What is spent: one decimal amount per input. Default: one input, with some change. */
  readonly inputs?: readonly string[]
  /** Decimal. What inputs hold beyond outputs and fee is change. */
  readonly fee?: string
  /** `segwit`: P2WPKH inputs, 182 bytes to sign each. `legacy`: P2PKH inputs, the whole transaction each. */
  readonly form?: 'segwit' | 'legacy'
  /** Default: the vault account's own SegWit address. */
  readonly changeTo?: string
  /** What the description claims of the first destination, while the bytes do something else: a lying platform. */
  readonly describedAs?: { readonly to?: string; readonly amount?: string }
}

const DECIMALS = 8
/** The fee of the vendor's guide (protocol/fireblocks.md 6.2). */
const FEE_DEFAULT = '0.00002598'
const CHANGE_DEFAULT_ATOMIC = 47_402n
/** SLIP-44: 0 is Bitcoin, 1 any test network. */
const CHAINS = { BTC: { coin: 0, network: 'mainnet' }, BTC_TEST: { coin: 1, network: 'testnet' } } as const

/** A payment of bitcoin: one element of `rawTx` for each input, in the order of the inputs (protocol/fireblocks.md 6.2). */
export function makeFireblocksBitcoinTransfer(o: FireblocksBitcoinOptions): CosignerRequest {
  const plan = planFireblocks(o)
  const asset = o.asset ?? 'BTC'
  const [first, ...others] = o.outputs
  if (first === undefined) throw new RangeError('a payment has a destination')
  const places = [{ ...first, ...o.describedAs }, ...others].map(({ to, amount, destination }) => ({
    ...({ kind: 'unmanaged', ...destination } as const),
    address: to,
    amount,
  }))
  const total = formatAmount(
    places.reduce((sum, { amount }) => sum + parseAmount(amount, DECIMALS), 0n),
    DECIMALS,
  )
  return transactionRequest(
    {
      operation: 'TRANSFER',
      summary: summaryOf(places, asset, total, DECIMALS),
      destAddress: destAddressOf(places, plan.isSigning),
      destinations: places.map((place) => destinationEntry(place, plan.isSigning)),
      fee: paddedAmount(o.fee ?? FEE_DEFAULT, DECIMALS),
      rawTx: rawTxOf(plan, o),
    },
    plan,
    o,
  )
}

function rawTxOf(plan: FireblocksPlan, o: FireblocksBitcoinOptions): readonly RawTxElement[] {
  const { coin, network } = CHAINS[o.asset ?? 'BTC']
  const path = [44, coin, plan.vault, 0, 0] as const
  const publicKey = testPublicKey(`m/${path.join('/')}`)
  const paid = o.outputs.map(({ to, amount }) => ({
    script: outputScript(to, network),
    amountAtomic: parseAmount(amount, DECIMALS),
  }))
  const needed = paid.reduce((sum, { amountAtomic }) => sum + amountAtomic, parseAmount(o.fee ?? FEE_DEFAULT, DECIMALS))
  const held = o.inputs?.map((amount) => parseAmount(amount, DECIMALS)) ?? [needed + CHANGE_DEFAULT_ATOMIC]
  const change = held.reduce((sum, amount) => sum + amount, -needed)
  if (change < 0n) throw new RangeError('the inputs hold less than outputs and fee')
  const inputs = held.map((amountAtomic, index): BitcoinInput => {
    const label = `input ${String(index)}`
    const txid = plan.ids.hex(label, 64)
    return {
      txid,
      vout: plan.ids.bytes(`${label} vout`).readUInt8(0) % 4,
      amountAtomic,
      script: p2pkhScript(publicKey),
    }
  })
  const changeTo = o.changeTo ?? p2wpkhAddress(publicKey, network)
  const outputs = change === 0n ? paid : [...paid, { script: outputScript(changeTo, network), amountAtomic: change }]
  const preimages = (o.form ?? 'segwit') === 'segwit' ? witnessPreimages : legacyPreimages
  return preimages({ version: 1, inputs, outputs }).map(({ raw, hash }) => ({ raw, payload: hash, path }))
}

/** Where a vault account of the simulated workspace receives bitcoin; change goes to the SegWit one. */
export function testBitcoinAddress(
  vault = 0,
  asset: keyof typeof CHAINS = 'BTC',
  form: 'segwit' | 'legacy' = 'segwit',
): string {
  const { coin, network } = CHAINS[asset]
  const publicKey = testPublicKey(`m/44/${String(coin)}/${String(vault)}/0/0`)
  return form === 'segwit' ? p2wpkhAddress(publicKey, network) : p2pkhAddress(publicKey, network)
}
