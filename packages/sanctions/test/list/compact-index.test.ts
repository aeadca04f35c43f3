import fc from 'fast-check'
import { canonicalizeAddress, readListedAddress, type CanonicalAddress } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import * as encode from '../../../chains/test/encode-address.ts'
import { readByEveryFamily } from '../../../chains/test/read-by-every-family.ts'
import { buildAddressIndex } from '../../src/list/address-index.ts'
import type { ListedRow } from '../../src/list/listed-row.ts'
import { V0304, V0321, V11 } from '../lists.ts'
import { parseListFile } from './parse-list-file.ts'
import { buildPlainIndex } from './plain-index.ts'

const OFAC = { format: 'ofac-advanced' } as const

const payload = (byte: number): Uint8Array => new Uint8Array(20).fill(byte)
/** Few keys in many spellings, so that lists and askers meet often. */
const spellings = [1, 2].flatMap((byte) => {
  const hash = payload(byte)
  return [
    encode.versioned('00', hash),
    encode.witness('bc', 0, hash),
    encode.witness('bc', 0, hash).toUpperCase(),
    encode.witness('tb', 0, hash),
    encode.versioned('6f', hash),
    encode.cashaddr('bitcoincash', 0, hash),
    encode.versioned('30', hash),
    encode.witness('ltc', 0, hash),
    encode.versioned('1e', hash),
    encode.versioned('05', hash),
    encode.classicXrp(hash),
    encode.xAddress('0544', hash, 1, 7n),
    encode.cosmos('bnb', hash),
    encode.cosmos('inj', hash),
    `0x${encode.bytesToHex(hash)}`,
    encode.versioned('41', hash),
    `41${encode.bytesToHex(hash)}`,
  ]
})
const NESTED = '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg'
const texts = [
  ...spellings,
  NESTED,
  '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
  'no address at all',
  'alice.near',
  'Ünïcode \u{1f4b0}',
]

const value = fc
  .tuple(fc.constantFrom(...texts), fc.constantFrom('', '\u200b', '\u00ad'), fc.constantFrom('', '\u0430'))
  .map(([text, invisible, lookAlike]) => text.slice(0, 6) + invisible + text.slice(6).replace('a', lookAlike || 'a'))

const row: fc.Arbitrary<ListedRow> = fc
  .record({
    featureId: fc.constantFrom('1', '22', ''),
    code: fc.constantFrom('XBT', 'ETH'),
    value: fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant('') }),
    partyId: fc.constantFrom('p1', 'p2'),
    partyName: fc.constantFrom('Somebody', 'Кто-то "quoted"\n'),
    programs: fc.constantFrom([], ['CYBER2', 'DPRK3']),
    listIds: fc.constant(['1550']),
    unparsed: fc.boolean(),
  })
  .map((made) => ({ ...made, unparsed: made.unparsed || made.value === '' }))

const asked = fc.tuple(
  fc.oneof(value, fc.constantFrom(...texts)),
  fc.constantFrom('', ' ', '\n'),
  fc.constantFrom('all', 'none', 'tron'),
)

/** As of a request without a chain, of a text that is no address of its chain, and of TRON, whose `0x` form no list is read as. */
function readingsOf(text: string, how: string): readonly CanonicalAddress[] {
  if (how === 'all') return readListedAddress(text)
  return how === 'tron' && /^0x[0-9a-f]{40}$/.test(text) ? [canonicalizeAddress('tron', 'mainnet', text)] : []
}

describe('the compact index', () => {
  test('finds what a plain one finds, in the same order and strength', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.array(asked, { minLength: 20, maxLength: 20 }),
        async (rows, asks) => {
          const plain = buildPlainIndex(rows)
          const index = await buildAddressIndex('test-list', { sha256: 'f', codes: [], rows }, 0)
          expect(index.canonicalSetSha).toBe(plain.canonicalSetSha)
          expect(index.rowsAll()).toEqual(rows)
          for (const [text, space, how] of asks) {
            const readings = readingsOf(text, how)
            const found = index.find(space + text + space, readings)
            expect(
              found.map(({ strength, listValueNormalised, row: listed }) => ({
                strength,
                listValueNormalised,
                row: listed,
              })),
            ).toEqual(plain.find(space + text + space, readings))
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  test.each([
    ['2025-03-04', V0304, '8c42c58e1288ecb93fec413b51308e49b2fafee3084618e13ec75cd6a8cd27bc'],
    ['2025-03-21', V0321, '09816b2289df9fb1357716fe30e473154767ff21f3e86af2ad3b96cae02abdcb'],
    ['2025-11-19', V11, 'cfa9f64d2f0318a94788ce0e9bfd196bcb0009533ab2f76f167d3d44c3495ad3'],
  ])(
    'has the canonical set of the list of %s, and finds every row of it in the same strength',
    async (_, file, setSha) => {
      const parsed = await parseListFile(file, OFAC)
      const plain = buildPlainIndex(parsed.rows)
      const index = await buildAddressIndex('ofac-sdn', parsed, 0)
      expect(index.canonicalSetSha).toBe(setSha)
      expect(index.rowsAll()).toEqual(parsed.rows)
      for (const { value: listed } of parsed.rows) {
        const readings = readListedAddress(listed)
        if (readings[0]?.family !== 'opaque') expect(readings).toEqual(readByEveryFamily(listed))
        expect(index.find(listed, readings)).toMatchObject(plain.find(listed, readings))
        expect(index.find(listed, readings).length).toBe(plain.find(listed, readings).length)
      }
    },
  )
})
