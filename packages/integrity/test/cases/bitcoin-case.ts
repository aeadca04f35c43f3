import * as ecc from '@bitcoinerlab/secp256k1'
import { formatAmount } from '@callback-quorum/chains'
import { makeV2RawKeySign, testPublicKey } from '@callback-quorum/simulator'
import { address, initEccLib, networks, payments, Psbt, Transaction } from 'bitcoinjs-lib'
import type { ChainCase } from './chain-case.ts'
import type { Random } from './random.ts'

initEccLib(ecc)

export type SpendKind = 'P2PKH' | 'P2WPKH' | 'P2SH-P2WPKH' | 'P2TR'

interface Spend {
  readonly kind: SpendKind
  readonly txid: string
  readonly vout: number
  readonly amountAtomic: bigint
  readonly path: string
}

export interface BitcoinPayment {
  readonly inputs: readonly Spend[]
  readonly outputs: readonly { readonly to: string; readonly amountAtomic: bigint }[]
  /** Back to the first input's own address. */
  readonly changeAtomic: bigint
  readonly form: 'transaction' | 'psbt'
  readonly lockTime: number
}

const BTC_DECIMALS = 8

interface OwnAddress {
  readonly address: string
  readonly script: Buffer
  readonly redeem?: Buffer
}

const known = new Map<string, OwnAddress>()

/** The wallet's own address of a kind at a path, by bitcoinjs-lib; made once, because deriving it is what takes the time. */
export function ownAddress(kind: SpendKind, path: string): OwnAddress {
  const place = `${kind} ${path}`
  const made = known.get(place) ?? makeAddress(kind, path)
  known.set(place, made)
  return made
}

function makeAddress(kind: SpendKind, path: string): OwnAddress {
  const pubkey = Buffer.from(testPublicKey(path))
  switch (kind) {
    case 'P2PKH':
      return paid(payments.p2pkh({ pubkey }))
    case 'P2WPKH':
      return paid(payments.p2wpkh({ pubkey }))
    case 'P2SH-P2WPKH': {
      const redeem = payments.p2wpkh({ pubkey })
      return { ...paid(payments.p2sh({ redeem })), redeem: Buffer.from(redeem.output ?? []) }
    }
    case 'P2TR':
      return paid(payments.p2tr({ internalPubkey: pubkey.subarray(1) }))
  }
}

function paid({ address: text, output }: { readonly address?: string; readonly output?: Uint8Array }) {
  if (text === undefined || output === undefined) throw new Error('the payment has no address')
  return { address: text, script: Buffer.from(output) }
}

function stranger(random: Random): string {
  const hash = Buffer.from(random.bytes(20))
  switch (random.integer(4)) {
    case 0:
      return payments.p2pkh({ hash }).address ?? ''
    case 1:
      return payments.p2sh({ hash }).address ?? ''
    case 2:
      return payments.p2wsh({ hash: Buffer.from(random.bytes(32)) }).address ?? ''
    default:
      return payments.p2wpkh({ hash }).address ?? ''
  }
}

export function randomBitcoin(random: Random): BitcoinPayment {
  // A request has one signature type for all its inputs: Schnorr, or ECDSA.
  const isTaproot = random.integer(4) === 0
  const inputs = Array.from({ length: 1 + random.integer(3) }, (_, index) => ({
    kind: isTaproot ? ('P2TR' as const) : random.pick(['P2PKH', 'P2WPKH', 'P2SH-P2WPKH'] as const),
    txid: Buffer.from(random.bytes(32)).toString('hex'),
    vout: random.integer(5),
    amountAtomic: 1_000_000n + random.amount(34),
    path: `m/84/0/0/0/${String(index)}`,
  }))
  const held = inputs.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  const count = 1 + random.integer(2)
  const each = (held - 100_000n) / BigInt(count + 1)
  const fee = BigInt(200 + random.integer(50_000))
  return {
    inputs,
    outputs: Array.from({ length: count }, () => ({ to: stranger(random), amountAtomic: each })),
    changeAtomic: held - each * BigInt(count) - fee,
    form: random.integer(3) === 0 && inputs.every(({ kind }) => kind !== 'P2PKH') ? 'psbt' : 'transaction',
    lockTime: random.integer(2) === 0 ? 0 : random.integer(900_000),
  }
}

/** Unsigned, with change last. */
export function unsignedTransaction({ inputs, outputs, changeAtomic, lockTime }: BitcoinPayment): Transaction {
  const transaction = new Transaction()
  transaction.version = 2
  transaction.locktime = lockTime
  for (const { txid, vout } of inputs) transaction.addInput(Buffer.from(txid, 'hex').reverse(), vout, 0xfffffffd)
  for (const { to, amountAtomic } of outputs)
    transaction.addOutput(address.toOutputScript(to, networks.bitcoin), amountAtomic)
  const [first] = inputs
  if (first !== undefined) transaction.addOutput(ownAddress(first.kind, first.path).script, changeAtomic)
  return transaction
}

/** One digest for each input, by bitcoinjs-lib. */
export function digestsOf(payment: BitcoinPayment): readonly string[] {
  const transaction = unsignedTransaction(payment)
  const scripts = payment.inputs.map(({ kind, path }) => ownAddress(kind, path).script)
  const values = payment.inputs.map(({ amountAtomic }) => amountAtomic)
  return payment.inputs.map(({ kind, path, amountAtomic }, index) => {
    const code = ownAddress('P2PKH', path).script
    switch (kind) {
      case 'P2PKH':
        return hex(transaction.hashForSignature(index, code, Transaction.SIGHASH_ALL))
      case 'P2WPKH':
      case 'P2SH-P2WPKH':
        return hex(transaction.hashForWitnessV0(index, code, amountAtomic, Transaction.SIGHASH_ALL))
      case 'P2TR':
        return hex(transaction.hashForWitnessV1(index, scripts, values, Transaction.SIGHASH_DEFAULT))
    }
  })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

export function psbtOf(payment: BitcoinPayment): Psbt {
  const transaction = unsignedTransaction(payment)
  const psbt = new Psbt()
  psbt.setVersion(transaction.version)
  psbt.setLocktime(transaction.locktime)
  for (const { kind, path, txid, vout, amountAtomic } of payment.inputs) {
    const { script, redeem } = ownAddress(kind, path)
    psbt.addInput({
      hash: txid,
      index: vout,
      sequence: 0xfffffffd,
      witnessUtxo: { script, value: amountAtomic },
      ...(redeem !== undefined && { redeemScript: redeem }),
    })
  }
  for (const { script, value } of transaction.outs) psbt.addOutput({ script, value })
  return psbt
}

export function rawOf(payment: BitcoinPayment): string {
  return payment.form === 'psbt' ? psbtOf(payment).toHex() : unsignedTransaction(payment).toHex()
}

const coins = (atomic: bigint): string => formatAmount(atomic, BTC_DECIMALS)

export const bitcoinCase: ChainCase<BitcoinPayment> = {
  chain: 'bitcoin',
  random: randomBitcoin,
  build(signed, described) {
    const sources = [...new Map(signed.inputs.map(({ kind, path }) => [ownAddress(kind, path).address, path]))]
    return makeV2RawKeySign({
      chainId: 'BTC',
      tokenId: 'BTC',
      destination: {
        destination_type: 'Address',
        account_output: null,
        utxo_outputs: described.outputs.map(({ to, amountAtomic }) => ({ address: to, amount: coins(amountAtomic) })),
      },
      sources: sources.map(([text, path]) => ({ address: text, path })),
      paths: signed.inputs.map(({ path }) => path),
      hashes: digestsOf(signed),
      signatureType: signed.inputs[0]?.kind === 'P2TR' ? 'schnorr' : 'ecdsa',
      rawTxInfo: {
        unsigned_raw_tx: rawOf(signed),
        selected_utxos: signed.inputs.map(({ kind, path, txid, vout, amountAtomic }) => {
          const { address: text, redeem } = ownAddress(kind, path)
          return {
            tx_hash: txid,
            vout_n: vout,
            address: text,
            value: coins(amountAtomic),
            redeem_script: redeem?.toString('hex') ?? null,
          }
        }),
      },
    })
  },
  mutations: [
    (payment, random) => ({
      ...payment,
      outputs: payment.outputs.map((output, index) => (index === 0 ? { ...output, to: stranger(random) } : output)),
    }),
    (payment) => ({
      ...payment,
      outputs: payment.outputs.map((output, index) =>
        index === 0 ? { ...output, amountAtomic: output.amountAtomic - 1n } : output,
      ),
    }),
    (payment, random) => ({
      ...payment,
      outputs: [...payment.outputs, { to: stranger(random), amountAtomic: 1_000n }],
      changeAtomic: payment.changeAtomic - 1_000n,
    }),
    ({ outputs: [, ...rest], ...payment }, random) => ({
      ...payment,
      outputs: rest.length > 0 ? rest : [{ to: stranger(random), amountAtomic: 5_000n }],
    }),
  ],
}
