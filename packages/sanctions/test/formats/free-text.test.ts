import { describe, expect, test } from 'vitest'
import type { FormatName } from '../../src/formats/format.ts'
import type { ListedRow } from '../../src/list/listed-row.ts'
import { euEntity, euXml, UK_HEAD, ukDesignation, ukRecord, ukXml, unParty, unXml } from './name-lists.ts'
import { BTC, ETH, faultOf, readText, TRX, valuesOf } from './reading.ts'

const row = (value: string, party: object): object => ({
  featureId: value,
  code: 'text',
  value,
  listIds: [],
  unparsed: false,
  extracted: true,
  ...party,
})

const byValue = (rows: readonly ListedRow[]): ListedRow[] => rows.toSorted((a, b) => (a.value < b.value ? -1 : 1))

describe('the EU list', () => {
  const read = (text: string): ReturnType<typeof readText> => readText(text, 'eu-fsf')
  const PARTY = { partyId: 'EU.27.28', partyName: 'Some Body', programs: ['CYB'], designatedOn: '2020-07-30' }

  test('addresses in remarks, attributes and between elements are found', () => {
    const content = `<remark>wallet ${BTC}</remark><identification number="${ETH}"/>mixed ${TRX} <remark/>`
    const list = read(euXml(euEntity('EU.27.28', content) + euEntity('EU.1', '')))
    expect(byValue(list.rows)).toEqual([row(ETH, PARTY), row(BTC, PARTY), row(TRX, PARTY)])
    expect(list).toMatchObject({ dateOfIssue: '2024-12-11', entities: 2, codes: ['text'] })
  })

  test('CDATA and references are text, and a prefix changes nothing', () => {
    const text = euXml(euEntity('EU.1', `<remark><![CDATA[${BTC.slice(0, 9)}]]>${BTC.slice(9, -1)}&#104;</remark>`))
    expect(valuesOf(read(text))).toEqual([BTC])
    expect(valuesOf(read(text.replaceAll(/<(\/?)(?=[a-z])/g, '<$1e:').replace('xmlns=', 'xmlns:e=')))).toEqual([BTC])
  })

  test('one address under two entities is two rows', () => {
    const remark = `<remark>${BTC}</remark>`
    expect(read(euXml(euEntity('EU.1', remark) + euEntity('EU.2', remark))).rows.map(({ partyId }) => partyId)).toEqual(
      ['EU.1', 'EU.2'],
    )
  })
})

describe('the UN list', () => {
  test('addresses in comments are found, of persons and of entities', () => {
    const list = readText(
      unXml(unParty('INDIVIDUAL', 'CDi.001', `uses ${BTC}.`), unParty('ENTITY', 'CDe.001', ETH)),
      'un-consolidated',
    )
    const party = { partyName: 'ERIC BADEGE', programs: ['DRC'], designatedOn: '2012-12-31' }
    expect(list.rows).toEqual([row(BTC, { ...party, partyId: 'CDi.001' }), row(ETH, { ...party, partyId: 'CDe.001' })])
    expect(list).toMatchObject({ dateOfIssue: '2026-09-07', entities: 2 })
  })

  test('a list without any address is read, with the number of its entities', () => {
    expect(readText(unXml(unParty('INDIVIDUAL', 'a', ''), ''), 'un-consolidated')).toMatchObject({
      entities: 1,
      rows: [],
      codes: [],
    })
  })
})

describe('the UK list', () => {
  const PARTY = { partyId: 'CYB0001', partyName: 'Some BODY', programs: ['Cyber'], designatedOn: '2012-06-29' }

  test('CSV: the records of a designation are one party, its addresses are found once', () => {
    const own = {
      'Unique ID': 'CYB0001',
      'OFSI Group ID': '12703',
      'Regime Name': 'Cyber',
      'Date Designated': '29/06/2012',
      'Other Information': `Wallets: ${BTC}, "${ETH}"\nmore`,
    }
    const list = readText(
      UK_HEAD +
        ukRecord({ ...own, 'Name 6': 'ALIAS', 'Name type': 'Alias' }) +
        ukRecord({ 'Unique ID': 'RUS0001', 'Name 6': 'OTHER', 'Name type': 'Primary Name' }) +
        ukRecord({ ...own, 'Name 1': 'Some', 'Name 6': 'BODY', 'Name type': 'Primary Name' }),
      'uk-sanctions',
    )
    expect(byValue(list.rows)).toEqual([row(ETH, PARTY), row(BTC, PARTY)])
    expect(list).toMatchObject({ dateOfIssue: '2026-10-08', entities: 2, codes: ['text'] })
  })

  test('XML', () => {
    const list = readText(ukXml(ukDesignation('CYB0001', `BTC ${BTC}`)), 'uk-sanctions')
    expect(list.rows).toEqual([row(BTC, PARTY)])
    expect(list).toMatchObject({ dateOfIssue: '2026-10-08', entities: 1 })
  })
})

describe('a list of names that cannot be trusted is refused whole', () => {
  const eu = euXml(euEntity('EU.1', BTC))
  const un = unXml(unParty('INDIVIDUAL', 'a', BTC), '')
  const uk = UK_HEAD + ukRecord({ 'Unique ID': 'A' })
  const xml = ukXml(ukDesignation('A', BTC))
  const cases: readonly (readonly [format: FormatName, defect: string, text: string, fault: RegExp])[] = [
    ['eu-fsf', 'cut', eu.slice(0, -9), /MALFORMED .*unclosed/],
    ['eu-fsf', 'another root', eu.replaceAll('export', 'html'), /MALFORMED the root element is html/],
    ['eu-fsf', 'no entity', euXml(''), /STRUCTURE the list has no sanctionEntity/],
    ['eu-fsf', 'no date', euXml(euEntity('EU.1', ''), ''), /STRUCTURE "" is not a date/],
    [
      'eu-fsf',
      'an entity without id',
      eu.replace(/euReferenceNumber="EU.1"|logicalId="13"/g, ''),
      /STRUCTURE a sanctionEntity without/,
    ],
    ['eu-fsf', 'a document type', eu.replace('<export', '<!DOCTYPE a><export'), /MALFORMED .*document type/],
    ['un-consolidated', 'cut', un.slice(0, -9), /MALFORMED .*unclosed/],
    [
      'un-consolidated',
      'another root',
      un.replaceAll('CONSOLIDATED_LIST', 'LIST'),
      /MALFORMED the root element is LIST/,
    ],
    ['un-consolidated', 'no entity', unXml('', ''), /STRUCTURE the list has no INDIVIDUAL or ENTITY/],
    ['un-consolidated', 'no date', un.replace(/ dateGenerated="[^"]*"/, ''), /STRUCTURE "" is not a date/],
    [
      'un-consolidated',
      'an entity without id',
      un.replaceAll(/REFERENCE_NUMBER|DATAID/g, 'X'),
      /STRUCTURE INDIVIDUAL without/,
    ],
    [
      'un-consolidated',
      'an entity inside another',
      un.replace('<COMMENTS1>', `<ENTITIES>${unParty('ENTITY', 'b', '')}</ENTITIES><COMMENTS1>`),
      /STRUCTURE ENTITY inside another/,
    ],
    ['uk-sanctions', 'XML, cut', xml.slice(0, -9), /MALFORMED .*unclosed/],
    ['uk-sanctions', 'HTML', '<html></html>', /MALFORMED the root element is html/],
    ['uk-sanctions', 'XML without a designation', ukXml(''), /STRUCTURE the list has no Designation/],
    ['uk-sanctions', 'XML without a date', ukXml(ukDesignation('A', ''), '2026'), /STRUCTURE no DateGenerated/],
    ['uk-sanctions', 'XML without an id', ukXml(ukDesignation('', '')), /STRUCTURE a Designation without UniqueID/],
    ['uk-sanctions', 'no first record', uk.replace('Report Date: 08-Oct-2026\r\n', ''), /STRUCTURE the first record/],
    ['uk-sanctions', 'an impossible report date', uk.replace('08-Oct', '31-Sep'), /STRUCTURE the first record/],
    ['uk-sanctions', 'no Unique ID column', uk.replace('Unique ID', 'ID'), /STRUCTURE no column "Unique ID"/],
    ['uk-sanctions', 'no designation', UK_HEAD, /STRUCTURE the list has no designation/],
    ['uk-sanctions', 'a record without id', UK_HEAD + ukRecord({}), /STRUCTURE record 3 has no Unique ID/],
    ['uk-sanctions', 'a cell split in two', uk.replace(',A,', ',A,,'), /STRUCTURE record 3 has 59 cells; expected 58/],
    ['uk-sanctions', 'cut inside quotes', `${uk.slice(0, -9)}"`, /MALFORMED record 3/],
    ['uk-sanctions', 'nothing', '', /MALFORMED the file is empty/],
  ]
  test.each(cases)('%s: %s', async (format, _, text, fault) => {
    expect(await faultOf(() => readText(text, format))).toMatch(fault)
  })
})
