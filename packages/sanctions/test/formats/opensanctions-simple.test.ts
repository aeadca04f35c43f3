import { describe, expect, test } from 'vitest'
import { BTC, ETH, faultOf, readText, TRX } from './reading.ts'

/** The columns as OpenSanctions' exporter of targets.simple.csv names them (zavod/exporters/simplecsv.py, with program_ids of 2025). */
const HEADER =
  '"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones","emails","program_ids","dataset","first_seen","last_seen","last_change"\n'
const record = (id: string, schema: string, name: string, identifiers: string, aliases = ''): string =>
  `${[
    id,
    schema,
    name,
    aliases,
    '',
    'ru',
    '',
    identifiers,
    'Reason; text',
    '',
    '',
    'US-CYBER2;US-X',
    'US OFAC SDN List',
    '2024-01-01T00:00:00',
    '2026-09-15T13:11:55',
    '2026-01-01',
  ]
    .map((cell) => `"${cell.replaceAll('"', '""')}"`)
    .join(',')}\n`
const read = (...records: string[]): ReturnType<typeof readText> =>
  readText(HEADER + records.join(''), 'opensanctions-simple')

describe('targets.simple.csv', () => {
  test('addresses among the identifiers are found by their checksums, other identifiers are not listed', () => {
    const list = read(
      record('NK-1', 'Person', 'Somebody', `7701234567;${BTC};IMO9422964;${ETH.toLowerCase()};A1234567`),
    )
    expect(list.rows).toEqual([
      {
        featureId: 'NK-1',
        code: 'any',
        value: BTC,
        partyId: 'NK-1',
        partyName: 'Somebody',
        programs: ['US-CYBER2', 'US-X'],
        listIds: ['US OFAC SDN List'],
        unparsed: false,
        extracted: true,
      },
      expect.objectContaining({ value: ETH.toLowerCase(), extracted: true }),
    ])
    expect([list.dateOfIssue, list.entities, list.codes]).toEqual(['2026-09-15', 1, ['any']])
  })

  test('an address with a wrong checksum is no address', () => {
    expect(read(record('NK-1', 'Person', 'Somebody', BTC.replace('Q', 'R'))).rows).toEqual([])
  })

  test('a wallet is listed whole, also what no chain reads', () => {
    const opaque = '5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320'
    const { rows } = read(record('W-1', 'CryptoWallet', TRX, `"quoted; id";${TRX};${opaque};17`, BTC))
    expect(rows.map(({ value, unparsed, extracted }) => [value, unparsed, extracted])).toEqual([
      ['quoted; id', true, true],
      [TRX, false, true],
      [opaque, false, true],
      ['17', true, true],
      [BTC, false, true],
    ])
  })

  test('a file without any address is read, with the number of its entities', () => {
    expect(read(record('NK-1', 'Person', 'A', ''), record('NK-2', 'Person', 'B', ''))).toMatchObject({
      rows: [],
      entities: 2,
      codes: [],
    })
  })

  const good = record('NK-1', 'Person', 'Somebody', BTC)
  const cases: readonly (readonly [defect: string, text: string, fault: RegExp])[] = [
    ['no entity', HEADER, /STRUCTURE the file has no entity/],
    ['no column of identifiers', (HEADER + good).replace('identifiers', 'ids'), /STRUCTURE no column "identifiers"/],
    [
      'two columns of identifiers',
      (HEADER + good).replace('phones', 'identifiers'),
      /STRUCTURE more than one column "identifiers"/,
    ],
    ['a record without id', HEADER + record('', 'Person', 'A', ''), /STRUCTURE record 2 has no id/],
    ['a cell split in two', HEADER + good.replace('Somebody', 'Some","body'), /STRUCTURE record 2 has 17 cells/],
    ['the last record without an end', (HEADER + good).slice(0, -1), /MALFORMED record 2: .*no line end/],
    [
      'identifiers that are cut inside quotes',
      HEADER + record('a', 'Person', 'A', '"open'),
      /MALFORMED .*inside quotes/,
    ],
    ['HTML', '<html></html>\n', /STRUCTURE no column "id"/],
  ]
  test.each(cases)('%s is refused whole', async (_, text, fault) => {
    expect(await faultOf(() => readText(text, 'opensanctions-simple'))).toMatch(fault)
  })
})
