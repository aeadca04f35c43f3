import { HDKey } from '@scure/bip32'
import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import {
  addressKeysOf,
  canonicalizeAddress,
  childPublicKey,
  createAssetRegistry,
  decodeBitcoinPreimages,
  decodePersonalMessage,
  decodeTransaction,
  decodeTypedData,
  STARTER_ASSETS,
  type Chain,
} from '../../src/index.ts'
import { readTransaction } from '../../src/bitcoin/read-transaction.ts'
import { Sighashes } from '../../src/bitcoin/sighash.ts'
import { bytesOfCobo } from './bytes-of-cobo.ts'
import vectors from '../data/transaction-vectors.json' with { type: 'json' }

const assets = createAssetRegistry(STARTER_ASSETS)
const chainOf = (id: string): Chain => {
  const chain = assets.chain(id)
  if (chain === undefined) throw new Error(`no chain ${id}`)
  return chain
}
const bare = (hex: string): string => hex.replace(/^0x/, '')
const BITCOIN = { family: 'bitcoin', network: 'mainnet' } as const

test.each(vectors.cobo_raw_tx)("Cobo's own vector $id: hash and destination", (vector) => {
  const chain = chainOf(vector.chain)
  const decoded = decodeTransaction(chain, bytesOfCobo(vector.unsigned_raw_tx, chain.family))
  expect(decoded.toSign.map(({ hash }) => hash)).toEqual([bare(vector.msg_hash)])
  const [paid, ...others] = decoded.effects.filter(({ effect }) => effect === 'transfer')
  expect(others).toEqual([])
  expect(paid).toMatchObject({ to: { text: vector.destination } })
})

test('the transaction of a real taproot spend on signet has the hash that its signature verifies', () => {
  const {
    signed_raw_tx: signed,
    selected_utxos: utxos,
    bip341_sighash_default_input0: hash,
  } = vectors.cobo_signet_taproot
  // Marker, flag and the one witness (a signature of 64 bytes) taken away.
  const unsigned = signed.replace(/^(.{8})0001/, '$1').replace(/0140[0-9a-f]{128}(.{8})$/, '$1')
  const [utxo] = utxos
  if (utxo === undefined) throw new Error('the vector spends an output')
  const prevout = { txid: utxo.tx_hash, vout: utxo.vout_n, address: utxo.address, amountAtomic: 51_660n }
  const decoded = decodeTransaction(chainOf('bitcoin-signet'), hexToBytes(unsigned), { prevouts: [prevout] })
  expect(decoded.toSign).toMatchObject([{ hash, scheme: 'schnorr' }])
  expect(decoded.fee).toEqual({ maxAtomic: 1_450n, isProven: true })
})

describe('messages', () => {
  const [safe, personal] = vectors.cobo_messages
  test('a Safe transaction that was really signed', () => {
    expect(decodeTypedData(safe?.structured_data).toSign).toMatchObject([{ hash: bare(safe?.msg_hash ?? '') }])
  })
  test('a plain message that was really signed', () => {
    const message = Buffer.from(personal?.message_base64 ?? '', 'base64')
    expect(decodePersonalMessage(message).toSign).toMatchObject([{ hash: bare(personal?.msg_hash ?? '') }])
  })
  test('the example of EIP-712', () => {
    expect(decodeTypedData(vectors.eip712_mail.structured_data).toSign).toMatchObject([
      { hash: vectors.eip712_mail.hash },
    ])
  })
})

test('the example of EIP-155', () => {
  const decoded = decodeTransaction(chainOf('ethereum'), hexToBytes(bare(vectors.eip155.unsigned)))
  expect(decoded).toMatchObject({ nonce: 9n, evmChainId: 1n, toSign: [{ hash: vectors.eip155.hash }] })
  expect(decoded.effects).toMatchObject([{ effect: 'transfer', amountAtomic: 10n ** 18n }])
})

test("Fireblocks' EIP-1559 example: hash, fields and fee", () => {
  const { unsigned_rlp_hex: raw, payload_hash: hash, decoded: expected } = vectors.fireblocks_eth
  const decoded = decodeTransaction(chainOf('ethereum'), hexToBytes(raw))
  expect(decoded.toSign).toMatchObject([{ hash }])
  expect(decoded.effects).toMatchObject([
    { to: { key: `key20:${expected.to.slice(2)}` }, amountAtomic: BigInt(expected.value) },
  ])
  expect(decoded.fee?.maxAtomic).toBe(597_803_762_241_000n)
})

test("Fireblocks' legacy Bitcoin preimages: hashes, outputs, and a fee that is not proven", () => {
  const { rawTx, decoded: expected } = vectors.fireblocks_btc_legacy
  const decoded = decodeBitcoinPreimages(
    BITCOIN,
    rawTx.map(({ rawTx: raw }) => hexToBytes(raw)),
  )
  expect(decoded.toSign.map(({ hash }) => hash)).toEqual(rawTx.map(({ payload }) => payload))
  expect(decoded.effects).toMatchObject(
    expected.outputs.map(({ address, sat }) => ({ to: { text: address }, amountAtomic: BigInt(sat) })),
  )
  expect(decoded.inputs).toMatchObject(expected.prevouts)
  expect(decoded.fee).toEqual({ isProven: false })
})

describe('the examples of the BIPs', () => {
  test('BIP-143, P2WPKH', () => {
    const { unsigned, index, script_code: code, amount, sighash } = vectors.bip143_p2wpkh
    const hash = new Sighashes(readTransaction(hexToBytes(unsigned), 'bitcoin')).witnessV0(
      index,
      hexToBytes(code),
      BigInt(amount),
    )
    expect(Buffer.from(hash).toString('hex')).toBe(sighash)
  })
  test('BIP-143, P2SH-P2WPKH', () => {
    const { unsigned, redeem_script: redeem, amount, sighash } = vectors.bip143_p2sh_p2wpkh
    const raw = hexToBytes(unsigned)
    const [input] = readTransaction(raw, 'bitcoin').inputs
    const prevout = {
      txid: input?.txid ?? '',
      vout: input?.vout ?? 0,
      script: hexToBytes('a9144733f37cf4db86fbc2efed2500b4f4e49f31202387'),
      redeemScript: hexToBytes(redeem),
      amountAtomic: BigInt(amount),
    }
    const decoded = decodeTransaction(chainOf('bitcoin'), raw, { prevouts: [prevout] })
    expect(decoded.toSign).toMatchObject([
      { hash: sighash, account: { key: 'sh160:4733f37cf4db86fbc2efed2500b4f4e49f312023' } },
    ])
  })
  test('BIP-341, key path', () => {
    const { unsigned, index, spent, sighash } = vectors.bip341_key_path
    const hash = new Sighashes(readTransaction(hexToBytes(unsigned), 'bitcoin')).taproot(
      index,
      spent.map(([amount = '', script = '']) => ({ amountAtomic: BigInt(amount), script: hexToBytes(script) })),
    )
    expect(Buffer.from(hash).toString('hex')).toBe(sighash)
  })
  test('BIP-32, public derivation', () => {
    const { root, path, child } = vectors.bip32
    expect(childPublicKey(root, path)).toEqual(HDKey.fromExtendedKey(child).publicKey)
  })
})

test("Cobo's own example of a child key owns its taproot address, without a tweak", () => {
  const { root_pubkey: root, path, child_compressed_pubkey: child, address } = vectors.cobo_bip32
  const key = childPublicKey(root, path)
  expect(Buffer.from(key).toString('hex')).toBe(child)
  expect(childPublicKey(root, `m/${path}`)).toEqual(key)
  const place = chainOf(address.startsWith('tb1') ? 'bitcoin-testnet' : 'bitcoin')
  expect(addressKeysOf(key, place.family, place.network)).toContain(
    canonicalizeAddress(place.family, place.network, address).key,
  )
})
