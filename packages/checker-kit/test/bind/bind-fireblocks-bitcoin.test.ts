import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { AddressBook } from '../../src/operator-files/address-book.ts'
import { btc, segwit, SEGWIT_CHANGE, to } from '../describe/fireblocks-requests.ts'
import { addressBook, type Members } from '../describe/requests.ts'
import { codesOf } from './binding-of.ts'
import { boundAs } from './fireblocks-binding.ts'

const LEGACY_CHANGE = 'bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99'
const ELSEWHERE = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const own = (address: string, wallet: string): string =>
  `{ address: "${address}", chain: bitcoin, wallet: "${wallet}" }`
const bookOf = (...entries: readonly string[]): Promise<AddressBook> => addressBook(`own: [${entries.join(', ')}]\n`)

const codes = (content: Members, addresses: AddressBook): readonly string[] => codesOf(boundAs(content, { addresses }))
function bindingAs(content: Members, addresses: AddressBook) {
  const bound = boundAs(content, { addresses })
  if (bound.result !== 'bound') throw new Error(`it does not bind: ${codesOf(bound).join(', ')}`)
  return bound.binding
}

type Raw = Readonly<Record<'rawTx' | 'payload', string>>
const raws = (content: Members): readonly Raw[] => content['rawTx'] as readonly Raw[]
const digestOf = (hex: string): string => bytesToHex(sha256(sha256(hexToBytes(hex))))
/** Bytes changed, and the digest beside them changed with them, as a platform that lies would. */
const resigned = (content: Members, change: (hex: string, index: number) => string): Members => ({
  ...content,
  rawTx: raws(content).map((one, index) => {
    const rawTx = change(one.rawTx, index)
    return { ...one, rawTx, payload: digestOf(rawTx) }
  }),
})
const flipped = (hex: string, byte: number): string => {
  const bytes = hexToBytes(hex)
  bytes[byte] = (bytes[byte] ?? 0) ^ 1
  return bytesToHex(bytes)
}
const paying = (content: Members, amount: string): Members => ({
  ...content,
  amountStr: amount,
  requestedAmountStr: amount,
  ...to({ amountNativeStr: amount }, content),
})

describe('the published legacy payment', () => {
  const book = () => bookOf(own(LEGACY_CHANGE, 'VAULT:0'))

  test('binds: payment and change stand in its bytes, one element for each input', async () => {
    const binding = bindingAs(btc, await book())
    expect(binding.decoded.form).toBe('bitcoin-preimages')
    expect(binding.outflows).toMatchObject([
      { to: { text: '1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdC' }, amountAtomic: 87_600n, own: false },
      { to: { text: LEGACY_CHANGE }, amountAtomic: 84_267n, own: true },
    ])
    expect(binding.slots).toEqual([
      'output:bitcoin:c84a4cfe30b5c3dd7912813871f5aa70c6a1605a1ff5143471e869b128e245c8:0',
      'output:bitcoin:485fec58d33b4489f9edefa8fdf6b92c8ecf51f7a1ef726f4622015b9081d7a3:0',
    ])
  })

  test('is refused when its change goes to nobody that addresses.yaml knows', async () => {
    expect(codes(btc, await bookOf())).toEqual(['RAW_HIDES_TRANSFER'])
  })

  test('is refused when it spends what addresses.yaml knows as another wallet of ours', async () => {
    expect(codes(btc, await bookOf(own(LEGACY_CHANGE, 'VAULT:7')))).toEqual(['RAW_SENDER_DIFFERS'])
  })

  test('is refused with another amount, another destination, another digest, or an input taken away', async () => {
    const addresses = await book()
    expect(codes(paying(btc, '0.000877'), addresses)).toContain('RAW_AMOUNT_DIFFERS')
    const elsewhere = { destAddress: ELSEWHERE, ...to({ displayDstAddress: ELSEWHERE, dstAddress: ELSEWHERE }, btc) }
    expect(codes({ ...btc, ...elsewhere }, addresses)).toContain('RAW_DESTINATION_DIFFERS')
    const [one, two] = raws(btc)
    expect(codes({ ...btc, rawTx: [two, one] }, addresses)).toContain('RAW_MALFORMED')
    expect(codes({ ...btc, rawTx: [one] }, addresses)).toContain('RAW_MALFORMED')
    expect(codes({ ...btc, rawTx: [{ ...one, payload: 'ab'.repeat(32) }, two] }, addresses)).toEqual([
      'RAW_HASHES_DIFFER',
    ])
  })

  test('binds with not one byte changed behind its inputs, also when its digests are changed along', async () => {
    const addresses = await book()
    const bytes = (raws(btc)[0]?.rawTx.length ?? 0) / 2
    const outputsAt = (raws(btc)[0]?.rawTx.indexOf('0230560100') ?? 0) / 2
    // What the inputs hold is not in these bytes, so how much of it comes back is not known either: its fee is marked as not proven.
    const changeAt = outputsAt + 1 + 8 + 26
    const free = (at: number): boolean => (at >= changeAt && at < changeAt + 8) || (at >= bytes - 8 && at < bytes - 4)
    for (let at = outputsAt; at < bytes; at++) {
      if (free(at)) continue
      expect([
        at,
        codes(
          resigned(btc, (hex) => flipped(hex, at)),
          addresses,
        ),
      ]).not.toEqual([at, []])
    }
    expect(bindingAs(btc, addresses).decoded.fee).toEqual({ isProven: false })
  })
})

describe('the published SegWit payment', () => {
  const book = (...more: readonly string[]) => bookOf(own(SEGWIT_CHANGE, 'VAULT:25'), ...more)

  test('binds: outputs that its bytes only hash are the payment and change of what is left', async () => {
    const binding = bindingAs(segwit, await book())
    expect(binding.outflows).toMatchObject([
      { to: { text: LEGACY_CHANGE }, amountAtomic: 50_000n, own: false },
      { to: { text: SEGWIT_CHANGE }, amountAtomic: 47_402n, own: true },
    ])
    expect(binding.decoded.fee).toEqual({ maxAtomic: 2_598n, isProven: false })
    expect(binding.slots).toHaveLength(2)
  })

  test('binds whichever of the own addresses of the wallet takes the change', async () => {
    const others = await bookOf(own(ELSEWHERE, 'VAULT:25'), own(SEGWIT_CHANGE, 'VAULT:25'))
    expect(codes(segwit, others)).toEqual([])
  })

  test('is refused when the change is not known as an address of its wallet', async () => {
    expect(codes(segwit, await bookOf())).toEqual(['RAW_UNSUPPORTED'])
    expect(codes(segwit, await bookOf(own(SEGWIT_CHANGE, 'VAULT:7')))).toEqual(['RAW_UNSUPPORTED'])
    const allowed = await addressBook(
      `allow: [{ address: "${SEGWIT_CHANGE}", chain: bitcoin, whitelisted_at: 2026-01-01 }]\n`,
    )
    expect(codes(segwit, allowed)).toEqual(['RAW_UNSUPPORTED'])
  })

  test('is refused with another amount, destination or fee, or without a fee', async () => {
    const addresses = await book()
    expect(codes(paying(segwit, '0.00050001'), addresses)).toEqual(['RAW_UNSUPPORTED'])
    expect(codes(paying(segwit, '0.00047402'), addresses)).toEqual(['RAW_UNSUPPORTED'])
    const elsewhere = { destAddress: ELSEWHERE, ...to({ displayDstAddress: ELSEWHERE }, segwit) }
    expect(codes({ ...segwit, ...elsewhere }, addresses)).toEqual(['RAW_UNSUPPORTED'])
    expect(codes({ ...segwit, fee: '0.00002599' }, addresses)).toEqual(['RAW_UNSUPPORTED'])
    expect(codes({ ...segwit, fee: '1' }, addresses)).toEqual(['RAW_UNSUPPORTED'])
    expect(codes({ ...segwit, fee: undefined }, addresses)).toEqual(['RAW_UNSUPPORTED'])
    expect(codes({ ...segwit, destAddress: '', ...to({ displayDstAddress: '' }, segwit) }, addresses)).not.toEqual([])
  })

  test('is refused with an element missing, in another order or twice', async () => {
    const addresses = await book()
    const [one, two] = raws(segwit)
    expect(codes({ ...segwit, rawTx: [one] }, addresses)).toContain('RAW_MALFORMED')
    expect(codes({ ...segwit, rawTx: [two, one] }, addresses)).toContain('RAW_MALFORMED')
    expect(codes({ ...segwit, rawTx: [one, one] }, addresses)).toContain('HASHES_DUPLICATE')
  })

  test('binds with not one of its bytes changed in all elements, also when their digests are changed along', async () => {
    const addresses = await book()
    // Version and lock time are signed and move nothing; the key that signs is not in the description.
    const free = (at: number): boolean => at < 4 || (at >= 108 && at < 128) || (at >= 174 && at < 178)
    for (let at = 0; at < 182; at++) {
      if (free(at)) continue
      expect([
        at,
        codes(
          resigned(segwit, (hex) => flipped(hex, at)),
          addresses,
        ),
      ]).not.toEqual([at, []])
    }
  })

  test('binds with not one byte changed in one element alone', async () => {
    const addresses = await book()
    for (let at = 0; at < 182; at++) {
      if (at >= 108 && at < 128) continue
      const changed = resigned(segwit, (hex, index) => (index === 1 ? flipped(hex, at) : hex))
      expect([at, codes(changed, addresses)]).not.toEqual([at, []])
    }
  })
})

test('inputs that addresses.yaml knows as another wallet are refused, whatever the request says of the key', async () => {
  const rawTx = raws(segwit).map((one) => ({ ...one, keyDerivationPath: '[ 44, 0, 26, 0, 0 ]' }))
  const addresses = await bookOf(own(SEGWIT_CHANGE, 'VAULT:25'), own(LEGACY_CHANGE, 'VAULT:26'))
  expect(codes({ ...segwit, sourceId: '26', rawTx }, addresses)).toEqual(['RAW_UNSUPPORTED'])
  const legacy = raws(btc).map((one) => ({ ...one, keyDerivationPath: '[ 44, 0, 26, 0, 0 ]' }))
  const book = await bookOf(own(LEGACY_CHANGE, 'VAULT:25'))
  expect(codes({ ...btc, sourceId: '26', rawTx: legacy }, book)).toEqual(['RAW_SENDER_DIFFERS'])
})

test('a payment of test coins is refused when the key of the main network would sign, or no key is named: its bytes spend on both', async () => {
  // The addresses of the published payment, written for the test network.
  const address = 'mtLgDSvHZNPrD4EfzPvuhHbeJ1kWrmxLY1'
  const change = 'tb1qjhm0h7vhdyu0d0luv34dlz654rmsvg8tyz497k'
  const addresses = await addressBook(`own: [{ address: "${change}", chain: bitcoin-testnet, wallet: "VAULT:0" }]\n`)
  const by = (keyDerivationPath: string | undefined): Members => ({
    ...btc,
    asset: 'BTC_TEST',
    destAddress: address,
    ...to({ displayDstAddress: address, dstAddress: address }, btc),
    rawTx: raws(btc).map((one) => ({ ...one, keyDerivationPath })),
  })
  expect(codes(by('[ 44, 1, 0, 0, 0 ]'), addresses)).toEqual([])
  expect(codes(by('[ 44, 0, 0, 0, 0 ]'), addresses)).toEqual(['CHAIN_MISMATCH'])
  expect(codes(by(undefined), addresses)).toEqual(['KEY_MISSING'])
})
