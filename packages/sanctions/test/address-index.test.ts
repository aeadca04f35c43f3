import { canonicalizeAddress, readListedAddress } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import { buildAddressIndex, type AddressIndex } from '../src/list/address-index.ts'
import { cleanListedValue } from '../src/list/clean-listed-value.ts'
import type { ListedRow } from '../src/list/listed-row.ts'
import { splitVersionDetail } from '../src/formats/split-version-detail.ts'
import { sha256 } from './advanced-xml.ts'
import { indexOf, V0304, V0321, V11 } from './lists.ts'

const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'

const row = (value: string, more: Partial<ListedRow> = {}): ListedRow => ({
  featureId: '1',
  code: 'XBT',
  value,
  partyId: 'p1',
  partyName: 'Somebody',
  programs: ['CYBER2'],
  listIds: ['1550'],
  unparsed: false,
  ...more,
})

const indexRows = (rows: readonly ListedRow[]): Promise<AddressIndex> =>
  buildAddressIndex('test-list', { sha256: sha256('a file'), dateOfIssue: '2025-11-19', codes: ['XBT'], rows }, 0)

const find = (index: AddressIndex, text: string): readonly string[] =>
  index.find(text, readListedAddress(text)).map(({ strength, row: { partyId } }) => `${strength} ${partyId}`)

describe('the index of the list of 2025-11-19', () => {
  test('says what it holds and which version it is', async () => {
    const index = await indexOf(V11)
    expect(index).toMatchObject({ rows: 761, parties: 79, unparsed: 0, opaque: 1, dateOfIssue: '2025-11-19' })
    expect(index.rowsByCode.get('USDT')).toBe(93)
    expect(Object.isFrozen(index)).toBe(true)
  })

  test('the digest of the canonical set differs exactly when the set does', async () => {
    const [v0304, v0321, again] = [await indexOf(V0304), await indexOf(V0321), await indexOf(V0304)]
    expect(v0304.canonicalSetSha).toBe(again.canonicalSetSha)
    expect(v0304.canonicalSetSha).not.toBe(v0321.canonicalSetSha)
    const sets = await Promise.all(
      [
        [row(BTC)],
        [row(BTC), row(BTC, { code: 'BCH', partyId: 'p2' })],
        [row('1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL')],
      ].map(indexRows),
    )
    expect(sets[0]?.canonicalSetSha).toBe(sets[1]?.canonicalSetSha)
    expect(sets[0]?.canonicalSetSha).not.toBe(sets[2]?.canonicalSetSha)
  })
})

describe('matches', () => {
  test('every row of an address is found once, the surest first', async () => {
    const index = await indexRows([
      row('bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s', { partyId: 'witness' }),
      row(BTC, { partyId: 'plain' }),
    ])
    expect(find(index, BTC)).toEqual(['L1 plain', 'L2 witness'])
  })

  test('a listed nested script is found by the key behind it, and the other way round', async () => {
    const nested = '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg'
    expect(find(await indexRows([row(nested)]), BTC)).toEqual(['L2 p1'])
    expect(find(await indexRows([row(BTC)]), nested)).toEqual(['L2 p1'])
  })

  test('one of two parties going leaves the other listed [S24]', async () => {
    expect(find(await indexRows([row(BTC), row(BTC, { partyId: 'p2', featureId: '2' })]), BTC)).toEqual([
      'L1 p1',
      'L1 p2',
    ])
    expect(find(await indexRows([row(BTC, { partyId: 'p2' })]), BTC)).toEqual(['L1 p2'])
  })

  test('a testnet address is not its mainnet key', async () => {
    // BIP-173, examples: one public key on both networks.
    const index = await indexRows([row('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')])
    const testnet = canonicalizeAddress('bitcoin', 'testnet', 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx')
    expect(find(index, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')).toEqual(['L1 p1'])
    expect(index.find(testnet.raw, [testnet])).toEqual([])
  })

  test('a value of an unknown code is found as an exact string [S22]', async () => {
    const value = 'FOO' + 'f00d'.repeat(9) + 'z'
    const index = await indexRows([row(value, { code: 'FOO' })])
    expect(index.opaque).toBe(1)
    expect(index.find(value, [])).toMatchObject([{ strength: 'L3', listRaw: value, row: { code: 'FOO' } }])
    expect(index.find(` ${value} `, [])).toHaveLength(1)
    expect(index.find(value.toLowerCase(), [])).toEqual([])
  })

  test('what could not be parsed is still found as an exact string', async () => {
    const index = await indexRows([row('alice.near', { unparsed: true }), row('', { unparsed: true }), row(BTC)])
    expect(index).toMatchObject({ rows: 1, unparsed: 2 })
    expect(index.find('alice.near', [])).toMatchObject([{ strength: 'L3' }])
    expect(index.find('', [])).toEqual([])
  })
})

describe('a value with look-alike or invisible characters', () => {
  // As in the Israeli NBCTF list, with Cyrillic letters; OFAC lists the clean form.
  const listed = 'T\u041d96tFMn8KGiYSLiw\u0441V3E2UiaJc8jmcbz3'
  const clean = 'TH96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3'

  test('is found by what was meant, flagged, and by what was published', async () => {
    const index = await indexRows([row(listed)])
    expect(index.opaque).toBe(0)
    expect(index.find(clean, [canonicalizeAddress('tron', 'mainnet', clean)])).toMatchObject([
      { strength: 'L1', listRaw: listed, listValueNormalised: true },
    ])
    expect(index.find(listed, [])).toMatchObject([{ strength: 'L3', listValueNormalised: false }])
  })

  test.each(['\u200b', '\ufeff', '\u2060', '\u00ad', '\u200e', '\u0301', '\u3164', '\uffa0'])(
    'invisible %j is taken out for the extra key',
    async (invisible) => {
      const value = `${BTC.slice(0, 7)}${invisible}${BTC.slice(7)}`
      expect(splitVersionDetail(value)).toEqual({ values: [value], unparsed: [] })
      expect(cleanListedValue(value)).toBe(BTC)
      expect(find(await indexRows([row(value)]), BTC)).toEqual(['L1 p1'])
    },
  )

  test('an EVM address in capitals, `0X` too, is found by the address that was meant', async () => {
    const meant = '0x098b716b8aaf21512996dc57eb0615e2383e2f96'
    expect(find(await indexRows([row(meant.toUpperCase())]), meant)).toEqual(['L1 p1'])
  })

  test('every look-alike is replaced by an ASCII letter or digit, and ASCII stays as it is', () => {
    const lookAlikes = 'АВЕЅІЈКМНОРСТУХҮԚԜЗасԁеһіјорԛѕԝхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧνου'
    expect(cleanListedValue(lookAlikes)).toBe('ABESIJKMHOPCTYXYQW3acdehijopqswxyABEZHIKMNOPTYXvou')
    const ascii = Array.from({ length: 94 }, (_, position) => String.fromCharCode(33 + position)).join('')
    expect(cleanListedValue(ascii)).toBe(ascii)
    expect(cleanListedValue('\uff11\uff21')).toBe('1A')
  })
})

describe('splitting a VersionDetail', () => {
  test.each([
    [BTC, [BTC], []],
    [` ${BTC}\n`, [BTC], []],
    [`${BTC},${BTC};${BTC}\u00a0${BTC}`, [BTC, BTC, BTC, BTC], []],
    ['x'.repeat(19), [], ['x'.repeat(19)]],
    ['x'.repeat(20), ['x'.repeat(20)], []],
    ['x'.repeat(256), ['x'.repeat(256)], []],
    ['x'.repeat(257), [], ['x'.repeat(257)]],
    [
      'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
      ['bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
      [],
    ],
    [`(${BTC})`, [], [`(${BTC})`]],
    ['', [], []],
  ])('%j', (text, values, unparsed) => {
    expect(splitVersionDetail(text)).toEqual({ values, unparsed })
  })
})
