import { readListedAddress } from '@callback-quorum/chains'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { AddressFinder } from '../../src/formats/free-text/find-addresses.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../../src/formats/read-list-file.ts'
import { V11 } from '../lists.ts'
import { BECH32, BTC, ETH, TRX } from './reading.ts'

const find = (...texts: string[]): readonly string[] => new AddressFinder().find(texts)
const isRead = (value: string): boolean => readListedAddress(value).some(({ family }) => family !== 'opaque')

let listed: readonly string[]
beforeAll(async () => {
  const { rows } = await readListFile(V11, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX)
  listed = rows.map(({ value }) => value).filter(isRead)
})

const CASHADDR = 'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'
const TON_FRIENDLY = 'EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N'
const TON_DASHED = 'EQAKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCt_a'
const TON_RAW = '0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8'
const SOLANA = '42RLPACwZSyYbYvQPSRBWXKPBUCjZLmjMPeDCHvMDdzx'

describe('addresses in running text', () => {
  test('every address that OFAC lists is found in prose, between every mark', () => {
    const frames: readonly (readonly [string, string])[] = [
      ['', ''],
      ['Wallets (', '), seized.'],
      ['BTC: ', ';alt.'],
      ['address "', '"'],
      ['see https://explorer.example/address/', '?tab=1'],
      ['\u0430\u0434\u0440\u0435\u0441\n', ','],
    ]
    expect(listed.length).toBeGreaterThan(740)
    const finder = new AddressFinder()
    for (const [before, after] of frames)
      for (const value of listed) expect(finder.find([`${before}${value}${after}`])).toEqual([value])
  }, 60_000)

  test('several in one text and over several texts, each once', () => {
    expect(find(`${BTC}, ${ETH} and ${BTC}`, TRX, ETH.toLowerCase())).toEqual([ETH, BTC, TRX])
  })

  test.each([
    ['EVM in lower case', ETH.toLowerCase()],
    ['EVM in upper case', `0x${ETH.slice(2).toUpperCase()}`],
    ['EVM against a word', `wallet${ETH}`, ETH],
    ['with a prefix', CASHADDR],
    ['upper-case bech32', BECH32.toUpperCase()],
    ['TON', TON_FRIENDLY],
    ['TON, raw', TON_RAW],
    ['Solana', SOLANA],
    ['a zero-width space inside', `${BTC.slice(0, 9)}\u200b${BTC.slice(9)}`],
    ['TON with an invisible letter inside', TON_DASHED.replace('A', 'A\u2060')],
    ['TON, raw, in full-width digits', TON_RAW.replaceAll('0', '\uff10')],
    ['Cyrillic letters inside', 'T\u041d96tFMn8KGiYSLiw\u0441V3E2UiaJc8jmcbz3'],
  ])('%s', (_, text, value = text) => {
    expect(find(`before ${text} after`)).toEqual([value])
  })

  test.each([
    ['a wrong checksum', BTC.replace('Q', 'R')],
    ['a mixed-case bech32', BECH32.replace('bc1qv7', 'bc1qV7')],
    ['a transaction id', 'f854aebae95150b379cc1187d848d58225f3c4157fe992bcd166f58bd5063449'],
    ['a transaction id with 0x', `0x${'a9'.repeat(32)}`],
    ['41 digits', `${ETH}0`],
    ['39 digits', ETH.slice(0, -1)],
    ['hexadecimal digits without 0x', ETH.slice(2)],
    ['numbers of accounts and passports', 'DE89370400440532013000 GB29NWBK60161331926819 12345678901234567890123'],
    ['long words', 'Donaudampfschifffahrtsgesellschaftskapitaen UKRAINESEPARATISTSORGANISATIONS'],
    ['a long run of letters', 'a'.repeat(10_000)],
    [
      'the link of a regulation',
      'http://eur-lex.europa.eu/LexUriServ/LexUriServ.do?uri=OJ:L:2003:169:0006:0023:EN:PDF',
    ],
  ])('not %s', (_, text) => {
    expect(find(text)).toEqual([])
  })

  test('nothing is found that no chain reads', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('0x1bcT:QA_-/ z9')), minLength: 20, maxLength: 80 }),
        (text) => {
          for (const value of find(text)) expect(isRead(value)).toBe(true)
        },
      ),
    )
  })
})
