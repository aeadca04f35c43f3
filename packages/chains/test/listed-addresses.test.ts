import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readListedAddress } from '../src/index.ts'
import { refusal } from './encode-address.ts'

const file = new URL('./data/ofac_dca_2025-11-19.csv', import.meta.url)
const rows = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
const values = new Set(rows.map(([, , value = '']) => value))

describe('the OFAC list of 2025-11-19', () => {
  it('has 761 rows, 745 addresses and 744 keys: one owner is listed in its EVM and in its TRON form', () => {
    const keys = new Set([...values].flatMap((value) => readListedAddress(value).map(({ key }) => key)))
    expect([rows.length, values.size, keys.size]).toEqual([761, 745, 744])
  })

  it('reads every value by its own checksum, whatever ticker it is filed under', () => {
    const counts = new Map<string, number>()
    for (const value of values) {
      const readings = readListedAddress(value)
      const name = `${readings.map(({ family }) => family).join('+')} ${readings[0]?.key.split(':')[0] ?? ''}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({
      'bitcoin wsh': 8,
      'bitcoin h160': 130,
      'bitcoin+bitcoin-cash+bitcoin-sv h160': 204,
      'bitcoin+litecoin+bitcoin-cash+bitcoin-sv sh160': 179,
      'bitcoin-cash h160': 6,
      'bitcoin-gold h160': 1,
      'cosmos h160': 1,
      'dash h160': 3,
      'dogecoin+verge h160': 1,
      'evm key20': 81,
      'litecoin h160': 9,
      'litecoin sh160': 1,
      'monero xmr': 7,
      'opaque opaque': 1,
      'solana ed32': 1,
      'tron key20': 108,
      'xrp xrp': 1,
      'zcash h160': 3,
    })
  })

  it('gives all readings of one value one key, and none has a wrong EIP-55 case', () => {
    for (const value of values) {
      const readings = readListedAddress(value)
      expect(new Set(readings.map(({ key }) => key)).size).toBe(1)
      expect(readings.flatMap(({ warnings }) => warnings)).not.toContain('ADDRESS_CHECKSUM')
    }
  })

  it('keeps the one value that is no address as an exact string', () => {
    const opaque = [...values].filter((value) => readListedAddress(value)[0]?.family === 'opaque')
    expect(opaque).toHaveLength(1)
    expect(opaque[0]).toMatch(/^5be5543f[0-9a-f]{52}c320$/)
    expect(readListedAddress(opaque[0] ?? '')[0]?.key).toBe(`opaque:${opaque[0] ?? ''}`)
  })

  it('finds the misfiled TRON address under XBT', () => {
    expect(rows.find(([, , value]) => value === 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq')?.[1]).toBe('XBT')
    expect(readListedAddress('TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq').map(({ family }) => family)).toEqual(['tron'])
  })
})

describe('a listed value', () => {
  it('of a testnet is read as of a testnet and never meets the mainnet key', () => {
    const readings = readListedAddress('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn')
    expect(readings.map(({ network }) => network)).toEqual(['testnet', 'testnet', 'testnet', 'testnet'])
    expect(readings.every(({ key }) => key.startsWith('testnet:h160:'))).toBe(true)
  })

  it('with letters of another alphabet is kept as it is', () => {
    const value = 'TН96tFMn8KGiYSLiwсV3E2UiaJc8jmcbz3'
    expect(readListedAddress(value).map(({ key }) => key)).toEqual([`opaque:${value}`])
  })

  it('longer than any address is kept as it is', () => {
    expect(readListedAddress('x'.repeat(1000))[0]?.family).toBe('opaque')
  })

  it('that is empty is refused', () => {
    expect(refusal(() => readListedAddress('  '))).toBe('ADDRESS_INVALID')
  })
})
