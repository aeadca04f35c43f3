import { canonicalizeAddress, type Account, type AddressKey } from '@callback-quorum/chains'
import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { createLogger, type Database } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { rememberScreened } from '../../src/history/remember-screened.ts'
import { createKnownBook } from '../../src/similar/known-book.ts'
import { createLookAlikeMetrics } from '../../src/similar/look-alike-metrics.ts'
import { lookAlike } from '../../src/similar/look-alike.ts'
import { lookAlikesSchema } from '../../src/similar/look-alikes-config.ts'
import { chainOf, codesOf, judge, outputTo } from '../asking.ts'
import { ASSETS, bookOf, claim, payment } from './asked-as-kit.ts'
import { openScreenedDatabase } from './screened-database.ts'

/** The theft of 1,155 WBTC of 2024-05-03: whom the victim meant, and whom it paid (SlowMist). */
const MEANT = '0xd9A1b0B1e1aE382DbDc898Ea68012FfcB2853a91'
const FORGED = '0xd9A1C3788D81257612E2581A6ea0aDa244853a91'
/** The forged address of the theft of 49,999,950 USDT of 2025-12-20, and one that has its ends: 0xbaf...f8b5 was meant. */
const FORGED_2025 = '0xBaFF2F13638C04B10F8119760B2D2aE86b08f8b5'
const MEANT_2025 = `0xbaf4${'1'.repeat(32)}f8b5`
const OTHER = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

const ALLOWED = `allow:\n  - { address: '${MEANT}', chain: ethereum, label: supplier, whitelisted_at: 2026-01-01 }\n`

interface Asked {
  readonly database: Database
  readonly registry: Registry
  advance(byMs: number): Promise<void>
  /** The pool of another process. */
  openReplica(): Promise<Database>
  ask(question: Question): Promise<Judgement>
  pay(question: Question): Promise<void>
}

async function open(lines = 'own: []\n', config: object = {}): Promise<Asked> {
  const { testDatabase, database } = await openScreenedDatabase()
  const addresses = await bookOf(lines)
  const registry = new Registry()
  const rule = lookAlike({
    config: lookAlikesSchema.parse(config),
    book: createKnownBook({ addresses, assets: ASSETS }),
    database,
    metrics: createLookAlikeMetrics(registry),
    log: createLogger({ level: 'silent', name: 'look-alike' }),
  })
  const ask = (question: Question): Promise<Judgement> => judge(rule, question)
  return {
    database,
    registry,
    advance: (byMs) => testDatabase.advance(byMs),
    openReplica: () => testDatabase.open(),
    ask,
    pay: async (question) => {
      expect((await ask(question)).outcome).toBe('approve')
      await claim(database, rememberScreened, question)
    },
  }
}

const HOUR_MS = 3_600_000

describe('against the address book', () => {
  test('a destination that resembles an allow-listed address is rejected and told which', async () => {
    const { ask } = await open(ALLOWED)
    expect(await ask(payment('t', 'ethereum', [FORGED]))).toMatchObject({
      outcome: 'reject',
      objections: [
        {
          code: 'LOOK_ALIKE',
          text:
            'destination 0xd9A1C3788D...a244853a91 is not 0xd9A1b0B1e1...fcB2853a91 of the address book, which it resembles ' +
            '(4 characters at the beginning, 6 at the end)',
          evidence: { role: 'destination', raw: FORGED, resembles: MEANT, known: 'address-book', prefix: 4, suffix: 6 },
        },
      ],
    })
  })

  test('one that agrees in 3 + 4 characters is, as in the largest theft', async () => {
    const { ask } = await open(`own:\n  - { address: '${MEANT_2025}', chain: ethereum, wallet: cold }\n`)
    expect(codesOf(await ask(payment('t', 'ethereum', [FORGED_2025])))).toEqual(['LOOK_ALIKE'])
  })

  test('on another chain of the family it is one too, and the entry itself is none', async () => {
    const { ask } = await open(ALLOWED)
    expect(codesOf(await ask(payment('t', 'base', [FORGED])))).toEqual(['LOOK_ALIKE'])
    expect((await ask(payment('t', 'base', [MEANT]))).outcome).toBe('approve')
    expect((await ask(payment('t', 'ethereum', [MEANT.toLowerCase()]))).outcome).toBe('approve')
  })

  test('a destination that is in the book is never one, whatever it resembles', async () => {
    const { ask } = await open(`${ALLOWED}  - { address: '${FORGED}', chain: base, whitelisted_at: 2026-01-01 }\n`)
    expect((await ask(payment('t', 'ethereum', [FORGED]))).outcome).toBe('approve')
    expect((await ask(payment('t', 'ethereum', [MEANT]))).outcome).toBe('approve')
  })

  test('one that is proven ours is none', async () => {
    const { ask } = await open(ALLOWED)
    const question = payment('t', 'ethereum', [FORGED])
    const ours = { ...question, outputs: question.outputs.map((output) => ({ ...output, own: true })) }
    expect((await ask(ours)).outcome).toBe('approve')
  })

  test('every destination is compared, and each look-alike is an objection', async () => {
    const { ask } = await open(ALLOWED)
    const second = `${FORGED.slice(0, 20)}0${FORGED.slice(21)}`.toLowerCase()
    expect(codesOf(await ask(payment('t', 'ethereum', [OTHER, FORGED, MEANT, second])))).toEqual([
      'LOOK_ALIKE',
      'LOOK_ALIKE',
    ])
  })

  const forged: Account = { key: canonicalizeAddress('evm', 'mainnet', FORGED).key, text: FORGED }
  const token = { kind: 'token', contract: { key: 'key20:00' as AddressKey, text: OTHER } } as const
  test.each([
    ['recipient', { effect: 'transfer', holding: token, to: forged, amountAtomic: 1n, at: 'call' }],
    [
      'spender',
      {
        effect: 'allowance',
        holding: token,
        spender: forged,
        mode: 'set',
        amountAtomic: 1n,
        isUnlimited: true,
        at: 'call',
      },
    ],
  ] as const)('the %s that only the bytes name is compared', async (_, effect) => {
    const { ask } = await open(ALLOWED)
    const decoded = { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects: [effect] } as const
    const binding = { decoded, outflows: [], isOwn: () => false, slots: [] }
    expect(codesOf(await ask(payment('t', 'ethereum', [OTHER], { binding })))).toEqual(['LOOK_ALIKE'])
    const owned = { ...binding, isOwn: () => true }
    expect(codesOf(await ask(payment('t', 'ethereum', [OTHER], { binding: owned })))).toEqual([])
  })

  test('book: false compares with none of it, and its members are still no look-alikes', async () => {
    const { ask, pay } = await open(ALLOWED, { book: false })
    await pay(payment('1', 'ethereum', [FORGED]))
    expect((await ask(payment('2', 'ethereum', [MEANT]))).outcome).toBe('approve')
  })
})

describe('against destinations that were paid lately', () => {
  test('a look-alike of one is rejected, the one itself may be paid again', async () => {
    const { ask, pay } = await open()
    await pay(payment('1', 'ethereum', [MEANT]))
    expect(await ask(payment('2', 'ethereum', [FORGED]))).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'LOOK_ALIKE', evidence: { known: 'recent', resembles: MEANT, chain: 'ethereum' } }],
    })
    await pay(payment('3', 'ethereum', [MEANT]))
  })

  test('a payment that was asked about and not approved makes nobody known', async () => {
    const { ask } = await open()
    expect((await ask(payment('1', 'ethereum', [MEANT]))).outcome).toBe('approve')
    expect((await ask(payment('2', 'ethereum', [FORGED]))).outcome).toBe('approve')
  })

  test('another organisation that paid it knows nothing of it', async () => {
    const { ask, pay } = await open()
    await pay(payment('1', 'ethereum', [MEANT], { organisation: 'umbrella' }))
    expect((await ask(payment('2', 'ethereum', [FORGED]))).outcome).toBe('approve')
    expect(codesOf(await ask(payment('3', 'ethereum', [FORGED], { organisation: 'umbrella' })))).toEqual(['LOOK_ALIKE'])
  })

  test('lately is within 30 days by the clock of the database, since the last payment', async () => {
    const { ask, pay, advance } = await open()
    await pay(payment('1', 'ethereum', [MEANT]))
    await advance(20 * 24 * HOUR_MS)
    await pay(payment('2', 'ethereum', [MEANT]))
    await advance(30 * 24 * HOUR_MS - 1)
    expect(codesOf(await ask(payment('3', 'ethereum', [FORGED])))).toEqual(['LOOK_ALIKE'])
    await advance(1)
    expect((await ask(payment('3', 'ethereum', [FORGED]))).outcome).toBe('approve')
  })

  test('recent: none compares with none of them', async () => {
    const { ask, pay } = await open('own: []\n', { recent: 'none' })
    await pay(payment('1', 'ethereum', [MEANT]))
    expect((await ask(payment('2', 'ethereum', [FORGED]))).outcome).toBe('approve')
  })

  test('an address that was paid before its look-alike was allow-listed is then compared with the book', async () => {
    const { database, ask, pay } = await open(ALLOWED, { policy: 'report' })
    await pay(payment('1', 'ethereum', [FORGED]))
    expect(await database.query({ text: 'select raw from paid_destination' })).toEqual([{ raw: FORGED }])
    expect(await ask(payment('2', 'ethereum', [FORGED]))).toMatchObject({
      evidence: { look_alikes: [{ raw: FORGED, known: 'address-book' }] },
    })
  })

  test('the first payment to another encoding of a key that was paid is no look-alike', async () => {
    const { pay } = await open()
    await pay(payment('1', 'bitcoin', ['12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h']))
    await pay(payment('2', 'bitcoin', ['bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s']))
    await pay(payment('3', 'tron', ['TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW']))
    await pay(payment('4', 'tron', ['41e950dc316b836e4eefb8308bf32bf7c72a1358ff']))
  })

  test('what another replica approved is known at once', async () => {
    const { openReplica, ask } = await open()
    await claim(await openReplica(), rememberScreened, payment('1', 'ethereum', [MEANT]))
    expect(codesOf(await ask(payment('2', 'ethereum', [FORGED])))).toEqual(['LOOK_ALIKE'])
  })
})

describe('how it fails', () => {
  test('without a database nothing is approved', async () => {
    const { database, ask } = await open(ALLOWED)
    await database.query({ text: 'drop table paid_destination' })
    await expect(ask(payment('t', 'ethereum', [OTHER]))).rejects.toThrow('paid_destination')
  })

  test('more known addresses at the same ends than can be compared are unable, not approved', async () => {
    const { database, ask } = await open()
    await database.query({
      text: `insert into paid_destination select 'acme', 'evm d9a a91', 'd9a' || n || 'a91', 'key20:' || n, array['key20:' || n], 'ethereum', 'x',
               clock_now(), clock_now() from generate_series(1, 10000) n`,
    })
    expect(codesOf(await ask(payment('t', 'ethereum', [FORGED])))).toEqual(['LOOK_ALIKE_TOO_MANY'])
    expect((await ask(payment('t', 'ethereum', [OTHER]))).outcome).toBe('approve')
  })

  const EOS = chainOf('opaque', 'eos')
  test.each([
    ['an unknown chain', { chain: undefined }, 'CHAIN_UNSUPPORTED'],
    ['an opaque chain', { chain: EOS, outputs: [outputTo(EOS, 'alice')] }, 'CHAIN_UNSUPPORTED'],
    ['a destination that cannot be read', { outputs: [{ addressText: 'nonsense', own: false }] }, 'ADDRESS_INVALID'],
  ] as const)('%s is rejected, not skipped', async (_, parts, code) => {
    const { ask } = await open(ALLOWED)
    const { chain, ...question } = { ...payment('t', 'ethereum', [OTHER]), ...parts }
    expect(codesOf(await ask(chain === undefined ? question : { ...question, chain }))).toEqual([code])
  })

  test('policy report approves, with the look-alike in the evidence and in the metric', async () => {
    const { ask, registry } = await open(ALLOWED, { policy: 'report' })
    expect(await ask(payment('t', 'ethereum', [FORGED]))).toMatchObject({
      outcome: 'approve',
      evidence: { compared: 1, address_book: 1, look_alikes: [{ raw: FORGED, resembles: MEANT }] },
    })
    expect(await registry.metrics()).toContain(
      'callback_quorum_sanctions_look_alikes_total{known="address-book",policy="report"} 1',
    )
  })

  test('a text is printable and short whatever was asked', async () => {
    const { ask } = await open(ALLOWED)
    const judgement = await ask(payment('t', 'ethereum', [FORGED]))
    expect(judgement.outcome === 'reject' && judgement.objections[0].text).toMatch(/^[\x20-\x7e]{1,200}$/)
  })
})
