import { createAssetRegistry, decodeTransaction, STARTER_ASSETS } from '@callback-quorum/chains'
import { testPublicKey } from '@callback-quorum/simulator'
import { payments, Transaction, type Network } from 'bitcoinjs-lib'
import { expect, test } from 'vitest'

const assets = createAssetRegistry(STARTER_ASSETS)
/** From chainparams.cpp of each chain's node. */
const of = (bech32: string, pubKeyHash: number, scriptHash: number): Network => ({
  messagePrefix: '',
  bech32,
  bip32: { public: 0x0488b21e, private: 0x0488ade4 },
  pubKeyHash,
  scriptHash,
  wif: 0x80,
})
const LITECOIN = of('ltc', 0x30, 0x32)
const DOGECOIN = of('none', 0x1e, 0x16)
const BITCOIN_CASH = of('none', 0x00, 0x05)
const FORK_ID = 0x41
const AMOUNT = 900_000_000n
/** One script in both encodings: examples of the cashaddr specification. */
const LEGACY_ADDRESS = '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu'
const CASH_ADDRESS = 'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a'

const pubkey = Buffer.from(testPublicKey('m/84/0/0/0/0'))
const stranger = Buffer.from('8ca80d9b17cdba4b0f9b117c92852ca04a697839', 'hex')
const legacyCode = Buffer.from(payments.p2pkh({ pubkey }).output ?? [])

interface Payment {
  readonly address?: string
  readonly output?: Uint8Array
}

function built(to: Payment): Transaction {
  const transaction = new Transaction()
  transaction.version = 2
  transaction.addInput(Buffer.alloc(32, 0xab), 1, 0xffffffff)
  transaction.addOutput(Buffer.from(to.output ?? []), AMOUNT - 1_000n)
  return transaction
}

type Digest = (transaction: Transaction) => Uint8Array
const legacy: Digest = (transaction) => transaction.hashForSignature(0, legacyCode, Transaction.SIGHASH_ALL)
const witness: Digest = (transaction) => transaction.hashForWitnessV0(0, legacyCode, AMOUNT, Transaction.SIGHASH_ALL)
const forked: Digest = (transaction) => transaction.hashForWitnessV0(0, legacyCode, AMOUNT, FORK_ID)

const p2wpkh = payments.p2wpkh({ pubkey, network: LITECOIN })
const cases: readonly (readonly [
  string,
  string,
  Payment,
  Payment,
  Digest,
  string | undefined,
  Uint8Array | undefined,
])[] = [
  [
    'litecoin',
    'P2PKH',
    payments.p2pkh({ pubkey, network: LITECOIN }),
    payments.p2pkh({ hash: stranger, network: LITECOIN }),
    legacy,
    undefined,
    undefined,
  ],
  ['litecoin', 'P2WPKH', p2wpkh, payments.p2wpkh({ hash: stranger, network: LITECOIN }), witness, undefined, undefined],
  [
    'litecoin',
    'P2SH-P2WPKH',
    payments.p2sh({ redeem: p2wpkh, network: LITECOIN }),
    payments.p2sh({ hash: stranger, network: LITECOIN }),
    witness,
    undefined,
    p2wpkh.output,
  ],
  [
    'dogecoin',
    'P2PKH',
    payments.p2pkh({ pubkey, network: DOGECOIN }),
    payments.p2sh({ hash: stranger, network: DOGECOIN }),
    legacy,
    undefined,
    undefined,
  ],
  [
    'bitcoin-cash',
    'P2PKH',
    payments.p2pkh({ pubkey, network: BITCOIN_CASH }),
    payments.p2pkh({ address: LEGACY_ADDRESS, network: BITCOIN_CASH }),
    forked,
    CASH_ADDRESS,
    undefined,
  ],
]

test.each(cases)(
  '%s %s: hash by bitcoinjs-lib, addresses as the chain writes them',
  (id, _kind, from, to, digest, recipient, redeem) => {
    const chain = assets.chain(id)
    if (chain === undefined || from.address === undefined) throw new Error('the case has a chain and an address')
    const transaction = built(to)
    const decoded = decodeTransaction(chain, Uint8Array.from(transaction.toBuffer()), {
      prevouts: [
        {
          txid: 'ab'.repeat(32),
          vout: 1,
          address: from.address,
          amountAtomic: AMOUNT,
          ...(redeem !== undefined && { redeemScript: redeem }),
        },
      ],
    })
    expect(decoded.toSign.map(({ hash }) => hash)).toEqual([Buffer.from(digest(transaction)).toString('hex')])
    expect(decoded.effects).toMatchObject([{ to: { text: recipient ?? to.address }, amountAtomic: AMOUNT - 1_000n }])
    expect(decoded.fee?.maxAtomic).toBe(1_000n)
  },
)

test('a chain without witnesses does not read them, and Bitcoin Cash signs P2PKH only', () => {
  const doge = assets.chain('dogecoin')
  const cash = assets.chain('bitcoin-cash')
  if (doge === undefined || cash === undefined) throw new Error('the registry has both')
  const raw = Uint8Array.from(built(payments.p2wpkh({ hash: stranger, network: LITECOIN })).toBuffer())
  const prevout = { txid: 'ab'.repeat(32), vout: 1, amountAtomic: AMOUNT }
  const script = Uint8Array.from(legacyCode)
  expect(decodeTransaction(doge, raw, { prevouts: [{ ...prevout, script }] }).effects).toMatchObject([
    { effect: 'unknown' },
  ])
  const p2sh = Uint8Array.from(payments.p2sh({ hash: stranger }).output ?? [])
  expect(() => decodeTransaction(cash, raw, { prevouts: [{ ...prevout, script: p2sh }] })).toThrow(
    /TRANSACTION_UNSUPPORTED|not P2WPKH/,
  )
})
