import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SanctionsFault } from '../src/faults.ts'
import { LOAD_LIMITS } from '../src/list/load-list.ts'
import { parseListFile } from './list/parse-list-file.ts'
import type { ListedRow, ParsedFile } from '../src/list/listed-row.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../src/formats/read-list-file.ts'
import { STARTER_LIST } from '../src/starter-list.ts'
import { advancedXml, detail } from './advanced-xml.ts'
import { V0304, V0321, V11 } from './lists.ts'

const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const LISTED_PART = { party: '1', detail: detail(BTC) }
const LISTED = [LISTED_PART]

let directory: string
let serial = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sanctions-parse-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function parse(content: string | Uint8Array, ending = 'xml'): Promise<ParsedFile> {
  serial += 1
  const file = join(directory, `${String(serial)}.${ending}`)
  await writeFile(file, content)
  return readListFile(file, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX)
}

async function faultOf(parsing: Promise<unknown>): Promise<string> {
  const outcome = await parsing.then(
    () => 'parsed',
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(SanctionsFault)
  return outcome instanceof SanctionsFault ? `${outcome.code} ${outcome.message}` : 'not a fault'
}

const counts = ({ rows }: ParsedFile): object => ({
  rows: rows.length,
  unparsed: rows.filter(({ unparsed }) => unparsed).length,
  pairs: new Set(rows.map(({ code, value }) => `${code} ${value}`)).size,
  addresses: new Set(rows.map(({ value }) => value)).size,
  parties: new Set(rows.map(({ partyId }) => partyId)).size,
})

const countOf = ({ rows }: ParsedFile, code: string): number => rows.filter((row) => row.code === code).length

describe('the published lists', () => {
  test('the list of 2025-11-19 has 761 rows, 758 pairs, 745 addresses and 79 parties', async () => {
    const list = await parseListFile(V11, { format: 'ofac-advanced' })
    expect(counts(list)).toEqual({ rows: 761, unparsed: 0, pairs: 758, addresses: 745, parties: 79 })
    expect([list.dateOfIssue, list.sha256]).toEqual([STARTER_LIST.dateOfIssue, STARTER_LIST.sha256])
    const figures = { XBT: 519, USDT: 93, ETH: 77, TRX: 29, LTC: 11, XMR: 8, BCH: 7, ZEC: 3, DASH: 3, USDC: 2, SOL: 1 }
    expect(Object.fromEntries(Object.keys(figures).map((code) => [code, countOf(list, code)]))).toEqual(figures)
    expect(list.codes).toHaveLength(19)
  })

  test('a row holds party, programs, lists, designation date and the comment that widens it', async () => {
    const { rows } = await parseListFile(V11, { format: 'ofac-advanced' })
    const row = (featureId: string): ListedRow | undefined => rows.find((one) => one.featureId === featureId)
    expect(row('93748')).toEqual({
      featureId: '93748',
      code: 'USDT',
      value: 'TA3941uFAvmVibSkQ6fMJXxmaSNovX86mz',
      partyId: '22985',
      partyName: 'CHEIL CREDIT BANK',
      programs: ['DPRK4'],
      listIds: ['1550'],
      designatedOn: '2017-09-26',
      unparsed: false,
    })
    expect(row('38213')?.comment).toBe('This address is associated with only one fork: BCH.')
    expect(rows.find(({ value }) => value === BTC)?.partyName).toBe('YAN Xiaobing')
    expect(rows.filter(({ comment }) => comment !== undefined)).toHaveLength(18)
    expect(rows.filter(({ programs, listIds }) => programs.length === 0 || listIds.length === 0)).toEqual([])
  })

  test('the delisting between two versions removes 90 ETH rows of one party and nothing else', async () => {
    const [before, after] = [
      await parseListFile(V0304, { format: 'ofac-advanced' }),
      await parseListFile(V0321, { format: 'ofac-advanced' }),
    ]
    expect(counts(before)).toMatchObject({ rows: 717, parties: 65 })
    expect(counts(after)).toMatchObject({ rows: 627, parties: 64 })
    const kept = new Set(after.rows.map(({ featureId, value }) => `${featureId} ${value}`))
    const removed = before.rows.filter(({ featureId, value }) => !kept.has(`${featureId} ${value}`))
    expect(new Set(removed.map(({ partyId, partyName, code }) => `${partyId} ${partyName} ${code}`))).toEqual(
      new Set(['39796 TORNADO CASH ETH']),
    )
    expect(removed).toHaveLength(90)
  })

  test('[S23] the opaque XMR value is kept as it is published', async () => {
    const { rows } = await parseListFile(V11, { format: 'ofac-advanced' })
    expect(
      rows.filter(({ value }) => value === '5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320'),
    ).toMatchObject([{ code: 'XMR', unparsed: false }])
  })
})

describe('what a feature says', () => {
  test('several values in one VersionDetail become one row each, and prose becomes unparsed rows', async () => {
    const second = '1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL'
    const { rows } = await parse(
      advancedXml([{ party: '1', detail: detail(`${BTC}; alt. ${second},\n see &amp; note`) }]),
    )
    expect(rows.map(({ value, unparsed }) => [value, unparsed])).toEqual([
      [BTC, false],
      [second, false],
      ['alt.', true],
      ['see', true],
      ['&', true],
      ['note', true],
    ])
  })

  test('a feature without any text is kept as an unparsed row', async () => {
    const { rows } = await parse(
      advancedXml([
        { party: '1', detail: '' },
        { party: '2', detail: '<VersionDetail DetailReferenceID="9" />' },
        ...LISTED.map((one) => ({ ...one, party: '3' })),
      ]),
    )
    expect(rows.map(({ partyId, value, unparsed }) => [partyId, value, unparsed])).toEqual([
      ['1', '', true],
      ['2', '', true],
      ['3', BTC, false],
    ])
  })

  test('text in pieces, CDATA and references is one value', async () => {
    const { rows } = await parse(
      advancedXml([
        { party: '1', detail: detail(`<![CDATA[12QtD5BFwRsdNsAZY]]><!-- here --> `.trim() + '76UVE1xyCGNTojH9&#104;') },
      ]),
    )
    expect(rows.map(({ value }) => value)).toEqual([BTC])
  })

  test('[S22] a code that was never seen before is read like any other', async () => {
    const value = 'f00'.repeat(13) + 'a'
    const list = await parse(
      advancedXml([{ party: '1', type: '9', detail: detail(value) }], {
        types: { '9': 'Digital Currency Address - FOO' },
      }),
    )
    expect(list.codes).toEqual(['FOO'])
    expect(list.rows).toMatchObject([{ code: 'FOO', value, unparsed: false }])
  })

  test('another namespace and a prefix change nothing', async () => {
    const text = advancedXml(LISTED)
      .replaceAll(/<(\/?)(?=[A-Z])/g, '<$1s:')
      .replace('xmlns=', 'xmlns:s=')
      .replace(/https:[^"]+/, 'http://www.un.org/sanctions/1.0')
    expect((await parse(text)).rows).toHaveLength(1)
  })

  test('features that are no address are left out', async () => {
    const { rows } = await parse(advancedXml([...LISTED, { party: '1', type: '25', detail: detail('Male') }]))
    expect(rows).toHaveLength(1)
  })

  test('a list whose parties have no address is read, with their number', async () => {
    const list = await parse(advancedXml([{ party: '1', type: '25', detail: detail('Male') }]))
    expect([list.rows, list.entities]).toEqual([[], 1])
  })
})

describe('[S19] a list that cannot be trusted is refused whole', () => {
  const good = advancedXml(LISTED)
  /** The list with a copy of its own element before the first such tag: what it held there would be lost. */
  const inside = (tag: string, element: string): string =>
    good.replace(tag, `${new RegExp(`<${element} .*?</${element}>`, 's').exec(good)?.[0] ?? ''}${tag}`)
  const cases: readonly (readonly [defect: string, content: string | Uint8Array, fault: RegExp])[] = [
    ['cut at 60 %', good.slice(0, good.length * 0.6), /LIST_MALFORMED .*unclosed/],
    ['without its closing root', good.replace('</Sanctions>', ''), /LIST_MALFORMED .*unclosed tag: Sanctions/],
    ['with a second root', `${good}<Sanctions/>`, /LIST_MALFORMED/],
    ['HTML', '<html><body>Service unavailable</body></html>', /LIST_MALFORMED .*root element is html/],
    ['HTML with a document type', '<!DOCTYPE html><html></html>', /LIST_MALFORMED .*document type/],
    [
      'an entity declaration',
      good.replace('<Sanctions', '<!DOCTYPE Sanctions [<!ENTITY a "1">]><Sanctions'),
      /LIST_MALFORMED .*document type/,
    ],
    ['an undefined entity', good.replace(BTC, '&a;'), /LIST_MALFORMED .*entity/],
    ['empty', '', /LIST_MALFORMED/],
    ['another encoding', good.replace('utf-8', 'utf-16'), /LIST_MALFORMED .*utf-16/],
    [
      'bytes that are not UTF-8',
      Buffer.from(good.replace('Somebody', 'Jos\u00e9'), 'latin1'),
      /LIST_MALFORMED .*UTF-8/,
    ],
    ['no digital currency type', advancedXml([], { types: { '25': 'Gender' } }), /LIST_STRUCTURE no feature type/],
    [
      'a type in other words',
      advancedXml(LISTED, {
        types: { '344': 'Digital Currency Address - XBT', '345': 'Digital currency address: ETH' },
      }),
      /LIST_STRUCTURE .*unknown form/,
    ],
    ['a feature of an undefined type', advancedXml([{ ...LISTED_PART, type: '999' }]), /LIST_STRUCTURE .*type 999/],
    ['a type defined twice', good.replace('ID="345"', 'ID="344"'), /LIST_STRUCTURE .*defined twice/],
    [
      'a party before the map',
      good.replace(/(<ReferenceValueSets>.*<\/ReferenceValueSets>)\n(<DistinctParties>.*<\/DistinctParties>)/, '$2$1'),
      /LIST_STRUCTURE a party comes before/,
    ],
    [
      'a party after the sanctions entries',
      good.replace(/(<DistinctParties>.*<\/DistinctParties>)\n(<SanctionsEntries>.*<\/SanctionsEntries>)/, '$2$1'),
      /LIST_STRUCTURE a party comes after/,
    ],
    [
      'a file of changes',
      good.replace('<DistinctParty ', '<DistinctParty DeltaAction="Add" '),
      /LIST_STRUCTURE a file of changes/,
    ],
    [
      'a second map after the parties',
      good.replace(
        '<SanctionsEntries>',
        '<FeatureType ID="7">Digital Currency Address - NEW</FeatureType><SanctionsEntries>',
      ),
      /LIST_STRUCTURE a feature type after/,
    ],
    ['a feature without an id', good.replace('ID="11"', 'ID=""'), /LIST_STRUCTURE Feature without ID/],
    ['an element inside a value', good.replace(BTC, `<b/>${BTC}`), /LIST_STRUCTURE b inside VersionDetail/],
    [
      'a value outside its version',
      good.replace(/<FeatureVersion[^>]*>/, '').replace('</FeatureVersion>', ''),
      /LIST_STRUCTURE VersionDetail inside Feature/,
    ],
    ['a party inside a party', inside('</Profile>', 'DistinctParty'), /LIST_STRUCTURE DistinctParty inside Profile/],
    ['a feature inside a feature', inside('<Comment>', 'Feature'), /LIST_STRUCTURE Feature inside FeatureVersion/],
    [
      'a version inside a version',
      inside('<Comment>', 'FeatureVersion'),
      /LIST_STRUCTURE FeatureVersion inside Feature/,
    ],
    [
      'a version inside something else than a feature',
      good.replace('<Feature ', '<Trait ').replace('</Feature>', '</Trait>'),
      /LIST_STRUCTURE FeatureVersion inside Trait/,
    ],
    ['no date of issue', good.replace(/<DateOfIssue>.*<\/DateOfIssue>/, ''), /LIST_STRUCTURE no date of issue/],
    ['an impossible date of issue', advancedXml(LISTED, { day: '31' }), /LIST_STRUCTURE .*not a date/],
    [
      'nesting without end',
      good.replace('<DistinctParties>', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}<DistinctParties>`),
      /LIST_STRUCTURE .*deeper/,
    ],
  ]
  test.each(cases)('%s', async (_, content, fault) => {
    expect(await faultOf(parse(content))).toMatch(fault)
  })

  test('the real list, cut at 60 % before and after packing', async () => {
    const packed = await readFile(V11)
    const text = gunzipSync(packed)
    expect(await faultOf(parse(gzipSync(text.subarray(0, text.length * 0.6)), 'xml.gz'))).toMatch(/LIST_MALFORMED/)
    expect(await faultOf(parse(packed.subarray(0, packed.length * 0.6), 'xml.gz'))).toMatch(
      /LIST_UNREADABLE .*unexpected end/,
    )
  })

  test('the worker thread tells the fault of a broken file as it is', async () => {
    const file = join(directory, 'cut.xml')
    await writeFile(file, good.slice(0, -20))
    expect(await faultOf(parseListFile(file, { format: 'ofac-advanced' }))).toMatch(/LIST_MALFORMED .*unclosed/)
  })

  test('a missing file', async () => {
    expect(await faultOf(parseListFile(join(directory, 'missing.xml'), { format: 'ofac-advanced' }))).toMatch(
      /LIST_UNREADABLE .*ENOENT/,
    )
  })

  test('more bytes than the cap after unpacking, but not exactly as many', async () => {
    const size = gunzipSync(await readFile(V11)).length
    await expect(
      parseListFile(V11, { format: 'ofac-advanced' }, { ...LOAD_LIMITS, unpackedBytesMax: size }),
    ).resolves.toMatchObject({
      dateOfIssue: '2025-11-19',
    })
    expect(
      await faultOf(parseListFile(V11, { format: 'ofac-advanced' }, { ...LOAD_LIMITS, unpackedBytesMax: size - 1 })),
    ).toMatch(/LIST_TOO_LARGE/)
  })

  test('a parser that runs past its time or its memory', async () => {
    expect(await faultOf(parseListFile(V11, { format: 'ofac-advanced' }, { ...LOAD_LIMITS, timeoutMs: 1 }))).toMatch(
      /PARSER_STOPPED .*1 ms/,
    )
    const bomb = advancedXml(LISTED).replace('Somebody', 'a'.repeat(30_000_000))
    const file = join(directory, 'bomb.xml')
    await writeFile(file, bomb)
    expect(
      await faultOf(parseListFile(file, { format: 'ofac-advanced' }, { ...LOAD_LIMITS, heapMegabytesMax: 16 })),
    ).toMatch(/PARSER_STOPPED/)
  })
})
