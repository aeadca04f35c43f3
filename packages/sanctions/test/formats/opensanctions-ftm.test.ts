import { describe, expect, test } from 'vitest'
import { BTC, ETH, faultOf, readText, TRX, valuesOf } from './reading.ts'

type Properties = Readonly<Record<string, unknown>>

/** One line of entities.ftm.json. Members and properties: followthemoney's schema, and OpenSanctions' crawler of the Israeli orders. */
const line = (id: string, schema: string, properties: Properties, more: object = {}): string =>
  `${JSON.stringify({ id, schema, properties, datasets: ['il_mod_crypto'], last_seen: '2026-09-15T13:11:55', ...more })}\n`
const wallet = (id: string, properties: Properties): string => line(id, 'CryptoWallet', properties)
const sanction = (id: string, entity: string, properties: Properties): string =>
  line(id, 'Sanction', { entity: [entity], ...properties })
const read = (...lines: string[]): ReturnType<typeof readText> => readText(lines.join(''), 'opensanctions-ftm')

const WALLET = wallet('w1', {
  publicKey: [TRX],
  currency: ['USDT'],
  holder: ['p1'],
  topics: ['crime.terror'],
  managingExchange: ['Binance'],
})
const HOLDER = line('p1', 'Person', { name: ['Somebody Else'] }, { caption: 'Somebody' })
const ORDER = sanction('s1', 'w1', { authorityId: ['ASO 16/25'], authority: ['NBCTF'], startDate: ['2025-03-04'] })
const OTHER = sanction('s2', 'p1', { programId: ['IL-ASO'], program: ['Seizure'], startDate: ['2024-01-01'] })

const ROW = {
  featureId: 'w1',
  code: 'USDT',
  value: TRX,
  partyId: 'p1',
  partyName: 'Somebody',
  programs: ['NBCTF', 'IL-ASO', 'crime.terror'],
  listIds: ['il_mod_crypto'],
  designatedOn: '2024-01-01',
  comment: 'Binance',
  unparsed: false,
}

describe('wallets', () => {
  test('are joined with holder and sanctions, in whatever order the entities come', () => {
    const lines = [WALLET, HOLDER, ORDER, OTHER]
    for (const order of [lines, lines.toReversed(), [HOLDER, OTHER, WALLET, ORDER]])
      expect(read(...order).rows).toEqual([ROW])
    const { dateOfIssue, codes } = read(...lines)
    expect([dateOfIssue, codes]).toEqual(['2026-09-15', ['USDT']])
  })

  test('are listed whatever their topics and data sets say, also without holder and sanction', () => {
    expect(read(wallet('w', { publicKey: [BTC] })).rows).toEqual([
      {
        featureId: 'w',
        code: 'any',
        value: BTC,
        partyId: 'w',
        partyName: '',
        programs: [],
        listIds: ['il_mod_crypto'],
        unparsed: false,
      },
    ])
  })

  test('with several holders are a row for each of them', () => {
    const { rows } = read(wallet('w', { publicKey: [BTC], holder: ['p1', 'p2'] }), HOLDER)
    expect(rows.map(({ partyId, partyName }) => [partyId, partyName])).toEqual([
      ['p1', 'Somebody'],
      ['p2', ''],
    ])
  })

  test('accounts at an exchange are exact strings, spaces and all', () => {
    const { rows } = read(wallet('w', { publicKey: [BTC, '35128278'], accountId: ['user 17', 'f00'.repeat(10)] }))
    expect(rows.map(({ value, unparsed }) => [value, unparsed])).toEqual([
      [BTC, false],
      ['35128278', true],
      ['user 17', true],
      ['f00'.repeat(10), false],
    ])
  })

  test('several addresses in one key are all kept', () => {
    expect(valuesOf(read(wallet('w', { publicKey: [`${BTC}, ${ETH}`] })))).toEqual([BTC, ETH])
  })

  test('without a key are listed by their name, and without a name counted', () => {
    expect(valuesOf(read(wallet('w', { name: [ETH] })))).toEqual([ETH])
    expect(read(wallet('w', {})).rows).toMatchObject([{ value: '', unparsed: true }])
  })

  test('with an id that is there twice are two rows', () => {
    expect(valuesOf(read(wallet('w', { publicKey: [BTC] }), wallet('w', { publicKey: [ETH] })))).toEqual([BTC, ETH])
  })

  test('a currency that is no short code does not become one', () => {
    expect(read(wallet('w', { publicKey: [BTC], currency: [ETH] })).rows[0]?.code).toBe('any')
  })
})

describe('the end of a listing', () => {
  const ended = (id: string, endDate: string): string => sanction(id, 'w', { endDate: [endDate] })
  const untilOf = (...lines: string[]): string | undefined => read(...lines).rows[0]?.until
  const PLAIN = wallet('w', { publicKey: [BTC], holder: ['p1'] })

  test('is the last day of the last sanction of the wallet', () => {
    expect(untilOf(PLAIN, HOLDER, ended('s', '2025-05-06'), ended('t', '2025-07-08'))).toBe('2025-07-08')
    expect(untilOf(PLAIN, ended('s', '2026'))).toBe('2026-12-31')
    expect(untilOf(PLAIN, ended('s', '2028-02'))).toBe('2028-02-29')
    expect(untilOf(PLAIN, ended('s', '2026-01-02T03:04:05'))).toBe('2026-01-02')
  })

  test.each([
    ['there is no sanction', [PLAIN]],
    ['a sanction has no end', [PLAIN, ended('s', '2025-05-06'), sanction('t', 'w', {})]],
    ['an end cannot be read', [PLAIN, ended('s', '2025-05-06'), ended('t', 'in May')]],
    ['an end is no day', [PLAIN, ended('s', '2025-02-30')]],
    [
      'the wallet still has a topic',
      [wallet('w', { publicKey: [BTC], topics: ['sanction'] }), ended('s', '2025-05-06')],
    ],
    ['a holder is under a sanction', [PLAIN, HOLDER, OTHER, ended('s', '2025-05-06')]],
  ])('is open when %s', (_, lines) => {
    expect(read(...lines).rows).toHaveLength(1)
    expect(untilOf(...lines)).toBeUndefined()
  })
})

describe('a file that cannot be trusted is refused whole', () => {
  const raw = `{"id":"w","schema":"CryptoWallet","properties":{"publicKey":["${BTC}"],"publicKey":["${ETH}"]}}\n`
  const cases: readonly (readonly [defect: string, text: string, fault: RegExp])[] = [
    ['cut inside a line', `${HOLDER}${WALLET}`.slice(0, -30), /MALFORMED the last line has no end/],
    ['cut inside a line, ended', `${WALLET.slice(0, -30)}\n`, /MALFORMED line 1 is not JSON/],
    ['a member that is there twice', raw, /MALFORMED line 1 is not JSON/],
    ['an empty line', `${WALLET}\n`, /MALFORMED line 2 is not JSON/],
    ['HTML', '<html></html>\n', /MALFORMED line 1 is not JSON/],
    ['a JSON array', '[]\n', /STRUCTURE line 1 is not an entity/],
    ['an entity without id', line('', 'Person', {}), /STRUCTURE line 1 has no id/],
    ['an entity without schema', line('a', '', {}), /STRUCTURE line 1 has no schema/],
    ['an entity without properties', '{"id":"a","schema":"Person"}\n', /STRUCTURE line 1 has no properties/],
    [
      'nested entities',
      wallet('w', { publicKey: [BTC], holder: [{ id: 'p1' }] }),
      /STRUCTURE line 1: holder .*nothing is nested/,
    ],
    ['a key that is no list', wallet('w', { publicKey: BTC }), /STRUCTURE line 1: publicKey is not a list/],
    ['no wallet', HOLDER, /STRUCTURE the file has no CryptoWallet/],
    ['a line without end', 'a'.repeat(5_000_000), /MALFORMED a line of more than/],
  ]
  test.each(cases)('%s', async (_, text, fault) => {
    expect(await faultOf(() => read(text))).toMatch(fault)
  })
})
