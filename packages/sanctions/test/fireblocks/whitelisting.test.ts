import { CHANGE_TYPES } from '@callback-quorum/protocol'
import { describe, expect, test } from 'vitest'
import { listedAddress } from '../../src/rules/listed-address.ts'
import { codesOf, judge } from '../asking.ts'
import { freshList } from '../lists.ts'
import { CLEAN_BTC, rule, v11 } from '../rule-under-test.ts'
import { account, CLEAN, LAZARUS, otherChange, whitelisting } from './workspace.ts'

const codes = async (question: Parameters<typeof judge>[1]): Promise<readonly string[]> =>
  codesOf(await judge(rule, question))

const ON_TRON = 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB'

describe('the whitelisting of an address', () => {
  test('is screened like a destination: clean, listed, listed in another encoding, unreadable', async () => {
    expect(await judge(rule, whitelisting(CLEAN))).toMatchObject({
      outcome: 'approve',
      evidence: { screened: [{ role: 'destination', raw: CLEAN }] },
    })
    expect(await codes(whitelisting(LAZARUS))).toEqual(['SANCTIONS_MATCH'])
    expect(await codes(whitelisting(LAZARUS, 'USDT-ETHEREUM'))).toEqual(['SANCTIONS_MATCH'])
    expect(await codes(whitelisting(ON_TRON, 'TRX'))).toEqual(['SANCTIONS_MATCH'])
    expect(await codes(whitelisting(CLEAN_BTC))).toEqual(['ADDRESS_INVALID'])
    expect(await codes(whitelisting(`${CLEAN.slice(0, -2)}45`, 'BTC'))).toEqual(['ADDRESS_INVALID'])
    expect(await codes(whitelisting(LAZARUS.replace('B716B', 'b716B')))).toEqual([
      'SANCTIONS_MATCH',
      'ADDRESS_CHECKSUM',
    ])
  })

  test('a tag makes a listed address no other one', async () => {
    expect(await codes(whitelisting(CLEAN, 'ETH', '4711'))).toEqual([])
    expect(await codes(whitelisting(LAZARUS, 'ETH', '4711'))).toEqual(['SANCTIONS_MATCH'])
  })

  test('of an SPL token is rejected: the owner behind a token account is not known', async () => {
    const address = '7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV'
    expect(await codes(whitelisting(address, 'SOL'))).toEqual([])
    expect(await codes(whitelisting(address, 'USDC-SOLANA'))).toEqual(['TOKEN_ACCOUNT_OWNER_UNKNOWN'])
  })

  test('on a stale list cannot be told, and on a stale list a match still rejects', async () => {
    const staleRule = listedAddress({ lists: [freshList(v11, 0)], sameKey: 'reject', addressChecksum: 'reject' })
    expect(await judge(staleRule, whitelisting(CLEAN))).toMatchObject({ outcome: 'unable', code: 'LIST_STALE' })
    expect(codesOf(await judge(staleRule, whitelisting(LAZARUS)))).toEqual(['SANCTIONS_MATCH'])
  })

  test('without an address is rejected', async () => {
    const { outputs: _, ...rest } = whitelisting(CLEAN)
    expect(await codes({ ...rest, outputs: [] })).toEqual(['NOTHING_TO_SCREEN'])
  })
})

describe.each(['EXCHANGE', 'FIAT_ACCOUNT'] as const)('an account %s', (type) => {
  test('is screened address by address, each on its own chain', async () => {
    const clean = [
      ['ETH', CLEAN],
      ['BTC', CLEAN_BTC],
      ['POL', CLEAN],
    ] as const
    expect(await judge(rule, account(type, clean))).toMatchObject({
      outcome: 'approve',
      evidence: { screened: [{ raw: CLEAN }, { raw: CLEAN_BTC }, { raw: CLEAN }] },
    })
    expect(await codes(account(type, [...clean, ['TRX', ON_TRON]]))).toEqual(['SANCTIONS_MATCH'])
    expect(await codes(account(type, [['BTC', CLEAN]]))).toEqual(['ADDRESS_INVALID'])
  })

  test('with an asset that nobody knows is rejected, and the address is looked up all the same', async () => {
    expect(
      await codes(
        account(type, [
          ['ETH', CLEAN],
          ['NO-SUCH', CLEAN],
        ]),
      ),
    ).toEqual(['CHAIN_UNSUPPORTED'])
    expect(await codes(account(type, [['NO-SUCH', LAZARUS]]))).toEqual(['SANCTIONS_MATCH', 'CHAIN_UNSUPPORTED'])
  })

  test('with an SPL token, or without any address, is rejected', async () => {
    const solana = ['USDC-SOLANA', '7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV'] as const
    expect(await codes(account(type, [['ETH', CLEAN], solana]))).toEqual(['TOKEN_ACCOUNT_OWNER_UNKNOWN'])
    expect(await codes(account(type, []))).toEqual(['NOTHING_TO_SCREEN'])
  })
})

test('a change that names no address is never approved, whatever its type', async () => {
  for (const type of CHANGE_TYPES) expect(await codes(otherChange(type))).toEqual(['NOTHING_TO_SCREEN'])
  const { configChange: _, ...unnamed } = otherChange('ADD_USER')
  expect(await codes(unnamed)).toContain('NOTHING_TO_SCREEN')
  // An address under a type that has none is no reason to approve it.
  const hidden = { ...whitelisting(CLEAN), configChange: { type: 'POLICY_CHANGE', addresses: [] } } as const
  expect(await codes(hidden)).toEqual(['NOTHING_TO_SCREEN'])
})
