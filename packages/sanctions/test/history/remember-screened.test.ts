import { canonicalizeAddress, type Account } from '@callback-quorum/chains'
import type { Database } from '@callback-quorum/service'
import { describe, expect, test } from 'vitest'
import { rememberScreened } from '../../src/history/remember-screened.ts'
import { claim, payment } from '../similar/asked-as-kit.ts'
import { openScreenedDatabase } from '../similar/screened-database.ts'

const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const OTHER = '0xd9A1b0B1e1aE382DbDc898Ea68012FfcB2853a91'
const THIRD = '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF'
const DAY_MS = 24 * 3_600_000

const rowsOf = (database: Database) =>
  database.query<{ role: string; raw: string; key: string; keys: string[]; chain: string; decided_at: Date }>({
    text: `select role, raw, key, chain, decided_at, array(select k.key from screened_key k where k.screened_id = s.screened_id order by k.key) as keys
           from screened_address s order by decided_at, role, raw`,
  })

const account = (text: string): Account => ({ key: canonicalizeAddress('evm', 'mainnet', text).key, text })

describe('an approval', () => {
  test('leaves every address with its role, chain and keys, at the time of the database', async () => {
    const { database } = await openScreenedDatabase()
    await claim(
      database,
      rememberScreened,
      payment('1', 'ethereum', [CLEAN], { sources: [OTHER], contract: { address: THIRD, calldata: '' } }),
    )
    const at = { chain: 'ethereum', decided_at: new Date('2026-01-01T00:00:00Z') }
    const keyOf = (text: string): string => `key20:${text.slice(2).toLowerCase()}`
    expect(await rowsOf(database)).toEqual([
      { ...at, role: 'contract', raw: THIRD, key: keyOf(THIRD), keys: [keyOf(THIRD), `text:${THIRD}`] },
      { ...at, role: 'destination', raw: CLEAN, key: keyOf(CLEAN), keys: [keyOf(CLEAN), `text:${CLEAN}`] },
      { ...at, role: 'source', raw: OTHER, key: keyOf(OTHER), keys: [keyOf(OTHER), `text:${OTHER}`] },
    ])
  })

  test('leaves what only its bytes name', async () => {
    const { database } = await openScreenedDatabase()
    const effects = [
      {
        effect: 'transfer',
        holding: { kind: 'token', contract: account(THIRD) },
        to: account(OTHER),
        amountAtomic: 1n,
        at: 'call',
      },
    ] as const
    const decoded = { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects } as const
    const binding = { decoded, outflows: [], isOwn: () => false, slots: [] }
    await claim(database, rememberScreened, payment('1', 'ethereum', [CLEAN], { binding }))
    expect((await rowsOf(database)).map(({ role, raw }) => `${role} ${raw}`)).toEqual([
      `contract ${THIRD}`,
      `destination ${CLEAN}`,
      `destination ${OTHER}`,
    ])
    const paid = await database.query<{ raw: string }>({ text: 'select raw from paid_destination order by raw' })
    expect(paid.map(({ raw }) => raw)).toEqual([CLEAN, OTHER])
  })

  test('that is asked about again leaves one row, and a day later another one', async () => {
    const { testDatabase, database } = await openScreenedDatabase()
    const question = payment('1', 'ethereum', [CLEAN])
    await claim(database, rememberScreened, question)
    await testDatabase.advance(DAY_MS - 1)
    await claim(database, rememberScreened, question)
    expect(await rowsOf(database)).toHaveLength(1)
    await testDatabase.advance(1)
    await claim(database, rememberScreened, question)
    expect((await rowsOf(database)).map((row) => row.decided_at.toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
    ])
  })

  test('that is rolled back leaves nothing', async () => {
    const { database } = await openScreenedDatabase()
    const rolledBack = database.transaction(async (tx) => {
      const now = await tx.clockNow()
      await rememberScreened.claim?.(payment('1', 'ethereum', [CLEAN]), tx, {
        now,
        firstAskedAt: now,
        alreadyClaimed: false,
      })
      throw new Error('another rule said no')
    })
    await expect(rolledBack).rejects.toThrow('another rule said no')
    expect(await rowsOf(database)).toEqual([])
    expect(await database.query({ text: 'select 1 from paid_destination' })).toEqual([])
  })

  test('of five hundred destinations is written whole', async () => {
    const { database } = await openScreenedDatabase()
    const many = Array.from({ length: 500 }, (_, number) => `0x${number.toString(16).padStart(40, '0')}`)
    await claim(database, rememberScreened, payment('1', 'ethereum', many))
    expect(await database.query({ text: 'select 1 from screened_address' })).toHaveLength(500)
    expect(await database.query({ text: 'select 1 from paid_destination' })).toHaveLength(500)
  })
})

describe('what was written', () => {
  test.each([
    'update screened_address set raw = $1',
    'delete from screened_key where key <> $1',
    'delete from screened_address where raw <> $1',
  ])('cannot be changed: %s', async (text) => {
    const { database } = await openScreenedDatabase()
    await claim(database, rememberScreened, payment('1', 'ethereum', [CLEAN]))
    await expect(database.query({ text, values: ['x'] })).rejects.toThrow('append-only')
  })

  test('is not given back: the rule has no release', () => {
    expect(rememberScreened.release).toBeUndefined()
    expect(rememberScreened.kinds).toEqual(['keysign', 'tx-approval', 'tx-signing', 'config-change'])
  })

  test('payments to the same destinations in other orders lock them in one order: none is begun again', async () => {
    const { database } = await openScreenedDatabase()
    const many = Array.from({ length: 400 }, (_, number) => `0x${(number + 1).toString(16).padStart(40, '0')}`)
    let begun = 0
    await Promise.all(
      Array.from({ length: 8 }, (_, number) =>
        database.transaction(async (tx) => {
          begun += 1
          const now = await tx.clockNow()
          const question = payment(`t${String(number)}`, 'ethereum', number % 2 === 0 ? many : many.toReversed())
          await rememberScreened.claim?.(question, tx, { now, firstAskedAt: now, alreadyClaimed: false })
        }),
      ),
    )
    expect(begun).toBe(8)
    expect(await database.query({ text: 'select 1 from screened_address' })).toHaveLength(3_200)
    expect(await database.query({ text: 'select 1 from paid_destination' })).toHaveLength(400)
  })
})
