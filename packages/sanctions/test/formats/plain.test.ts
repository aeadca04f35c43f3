import { describe, expect, test } from 'vitest'
import type { FormatOptions } from '../../src/formats/format.ts'
import { BTC, ETH, faultOf, readPieces, TRX, valuesOf } from './reading.ts'

const LINES: FormatOptions = { format: 'plain' }
const lines = (text: string): ReturnType<typeof readPieces> => readPieces([text], LINES)

describe('one address a line', () => {
  test('comments, empty lines and both line ends', () => {
    const { rows, codes, dateOfIssue } = lines(`# our list\r\n${BTC}\r\n\n  ${ETH} # drainer, case 7\n#\n${TRX}\n`)
    expect(rows.map(({ value, comment }) => [value, comment])).toEqual([
      [BTC, undefined],
      [ETH, 'drainer, case 7'],
      [TRX, undefined],
    ])
    expect(rows[0]).toEqual({
      featureId: BTC,
      code: 'any',
      value: BTC,
      partyId: BTC,
      partyName: '',
      programs: [],
      listIds: [],
      unparsed: false,
    })
    expect([codes, dateOfIssue]).toEqual([['any'], undefined])
  })

  test('a value that is not address-shaped is kept as an exact string', () => {
    const { rows } = lines(`${BTC}\naccount-17\n`)
    expect(rows.map(({ value, unparsed }) => [value, unparsed])).toEqual([
      [BTC, false],
      ['account-17', true],
    ])
  })

  test('invisible characters inside an address neither cut nor clean it', () => {
    expect(valuesOf(lines(`12QtD5BFwRsdNsAZY\u200b76UVE1xyCGNTojH9h\n`))).toEqual([
      '12QtD5BFwRsdNsAZY\u200b76UVE1xyCGNTojH9h',
    ])
  })

  test('the same address twice is two rows', () => {
    expect(valuesOf(lines(`${BTC}\n${BTC}\n`))).toEqual([BTC, BTC])
  })

  test('a declared number of rows holds, or the list is refused', async () => {
    expect(valuesOf(lines(`# rows: 2\n${BTC}\n${ETH}\n`))).toEqual([BTC, ETH])
    expect(await faultOf(() => lines(`# rows: 2\n${BTC}\n`))).toMatch(/STRUCTURE 1 rows; the list declares 2/)
    expect(await faultOf(() => lines(`# rows: 1\n# rows: 1\n${BTC}\n`))).toMatch(/STRUCTURE line 2 declares/)
  })

  test('a first line of names is passed over when the configuration says so', () => {
    expect(valuesOf(readPieces([`address, all\n${BTC}\n`], { ...LINES, header: true }))).toEqual([BTC])
  })

  test('a first line of names that is an address was no line of names: the list is refused', async () => {
    const named = { ...LINES, header: true }
    expect(await faultOf(() => readPieces([`${BTC}\n${ETH}\n`], named))).toMatch(/STRUCTURE the first line holds/)
    const table = { ...named, columns: { address: 2 } }
    expect(await faultOf(() => readPieces([`a,${ETH}\nb,${BTC}\n`], table))).toMatch(/STRUCTURE the first line holds/)
  })
})

describe('what is no list of addresses is refused whole', () => {
  const sdn = '36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
  const comments = `22985,"Digital Currency Address - TRX ${TRX};"\n`
  const cases: readonly (readonly [defect: string, text: string, fault: RegExp])[] = [
    ['the last line without an end', `${BTC}\n${ETH}`, /MALFORMED the last line has no end/],
    ['Mac line ends', `${BTC}\r${ETH}\r`, /MALFORMED a carriage return/],
    ['a carriage return within a line', `${BTC}\r${ETH}\n`, /MALFORMED a carriage return/],
    ['HTML', `<html>\n<p>${BTC}\n`, /MALFORMED this is HTML/],
    ['JSON', `["${BTC}"]\n`, /MALFORMED this is JSON/],
    ['an error message', `Service unavailable\n`, /STRUCTURE line 1 is more than one address/],
    ['a table', `${BTC},Somebody\n`, /STRUCTURE line 1 .*needs columns/],
    ['two addresses in a line', `${BTC}\n${BTC} ${ETH}\n`, /STRUCTURE line 2 is more than one/],
    ['a quoted address', `"${BTC}"\n`, /STRUCTURE line 1 is more than one/],
    ['no address at all', 'ok\n', /STRUCTURE nothing in the list/],
    ['comments only', `# ${BTC}\n`, /STRUCTURE nothing in the list/],
    ['a line without end', 'a'.repeat(5000), /MALFORMED a line of more than 4096/],
    ['SDN.CSV of OFAC', sdn, /STRUCTURE .*CSV file of OFAC.*SDN_ADVANCED/],
    ['SDN_COMMENTS.CSV of OFAC', comments, /STRUCTURE .*CSV file of OFAC.*SDN_ADVANCED/],
  ]
  test.each(cases)('%s', async (_, text, fault) => {
    expect(await faultOf(() => lines(text))).toMatch(fault)
  })

  test('SDN.CSV with columns', async () => {
    const table = { format: 'plain', columns: { address: 12 } } as const
    expect(await faultOf(() => readPieces([sdn], table))).toMatch(/CSV file of OFAC/)
    expect(await faultOf(() => readPieces([comments], { ...table, columns: { address: 2 } }))).toMatch(
      /CSV file of OFAC/,
    )
  })
})

describe('a table', () => {
  const options: FormatOptions = {
    format: 'plain',
    columns: { party: 1, address: 2, code: 3, until: 4 },
    delimiter: ';',
    header: true,
  }
  const table = (text: string, changes: Partial<FormatOptions> = {}): ReturnType<typeof readPieces> =>
    readPieces([text], { ...options, ...changes })
  const HEADER = 'party;address;code;until\n'

  test('columns become party, code and last day', () => {
    const { rows, codes } = table(`${HEADER}"Some; ""body""";${BTC};BTC;2026-12-31\r\n;${ETH};;\r\n`)
    expect(rows).toEqual([
      {
        featureId: BTC,
        code: 'BTC',
        value: BTC,
        partyId: 'Some; "body"',
        partyName: 'Some; "body"',
        programs: [],
        listIds: [],
        unparsed: false,
        until: '2026-12-31',
      },
      {
        featureId: ETH,
        code: 'any',
        value: ETH,
        partyId: ETH,
        partyName: '',
        programs: [],
        listIds: [],
        unparsed: false,
      },
    ])
    expect(codes).toEqual(['BTC', 'any'])
  })

  test('commas, tabs, no header, one column', () => {
    const only = { columns: { address: 1 }, header: false }
    expect(valuesOf(table(`${BTC},x\n`, { ...only, delimiter: ',' }))).toEqual([BTC])
    expect(valuesOf(table(`${BTC}\tx\n`, { ...only, delimiter: '\t' }))).toEqual([BTC])
    expect(valuesOf(table(`"${BTC}"\n${ETH}\n`, only))).toEqual([BTC, ETH])
  })

  const cases: readonly (readonly [defect: string, text: string, fault: RegExp])[] = [
    ['a cell split in two', `${HEADER}Some; body;${BTC};BTC;\n`, /STRUCTURE record 2 has 5 cells; expected 4/],
    ['a cell too few', `${HEADER}a;${BTC};BTC\n`, /STRUCTURE record 2 has 3 cells/],
    ['an empty line', `${HEADER}\na;${BTC};BTC;\n`, /STRUCTURE record 2 has 1 cells/],
    ['a column that is not there', `a;b\n${BTC};c\n`, /STRUCTURE record 2: no column 3/],
    ['no address', `${HEADER}a;;BTC;\n`, /STRUCTURE record 2: no address/],
    ['two addresses in a cell', `${HEADER}a;"${BTC};${ETH}";BTC;\n`, /STRUCTURE record 2: .*several values/],
    ['prose for an address', `${HEADER}a;see annex;BTC;\n`, /STRUCTURE record 2: .*spaces/],
    ['an address for a code', `${HEADER}a;${BTC};${BTC};\n`, /STRUCTURE record 2: the code/],
    ['a day in other words', `${HEADER}a;${BTC};BTC;31.12.2026\n`, /STRUCTURE record 2: "31.12.2026" is not a day/],
    ['a day that does not exist', `${HEADER}a;${BTC};BTC;2026-02-30\n`, /STRUCTURE record 2: "2026-02-30"/],
    ['an open quote', `${HEADER}"a;${BTC};BTC;\n`, /MALFORMED record 2: the file ends inside quotes/],
    ['a quote inside a cell', `${HEADER}a"b;${BTC};BTC;\n`, /MALFORMED record 2: a quote inside a cell/],
    ['text after a quote', `${HEADER}"a"b;${BTC};BTC;\n`, /MALFORMED record 2: text after a closing quote/],
    ['the last record without an end', `${HEADER}a;${BTC};BTC;`, /MALFORMED record 2: .*no line end/],
    ['Mac line ends', `party;address;code;until\ra;${BTC};BTC;\r`, /MALFORMED record 1: a carriage return/],
    ['a CR at the end', `${HEADER}a;${BTC};BTC;\r`, /MALFORMED record 2: a carriage return/],
    ['a header alone', HEADER, /STRUCTURE nothing in the list/],
    ['HTML', `<html>\n`, /MALFORMED this is HTML/],
    ['a cell without end', `"${'a'.repeat(1_100_000)}`, /MALFORMED record 1: a cell of more than/],
    ['cells without end', ';'.repeat(2000), /MALFORMED record 1: more than 1024 cells/],
  ]
  test.each(cases)('with %s is refused whole', async (_, text, fault) => {
    expect(await faultOf(() => table(text))).toMatch(fault)
  })
})
