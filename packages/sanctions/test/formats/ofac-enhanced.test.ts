import { describe, expect, test } from 'vitest'
import { enhancedXml, entityXml, featureXml, valueXml } from './enhanced-xml.ts'
import { BECH32, BTC, ETH, faultOf, readText, valuesOf } from './reading.ts'

const read = (text: string): ReturnType<typeof readText> => readText(text, 'ofac-enhanced')
const LISTED = entityXml('12345', featureXml('36618', valueXml(BTC)))

describe('what an entity says', () => {
  test('a row holds party, programs, lists by their id, the day of listing and the comment', () => {
    const list = read(
      enhancedXml([
        entityXml('12345', featureXml('36618', valueXml(BTC), '344', undefined, '<comments>also BCH</comments>')),
      ]),
    )
    expect(list.rows).toEqual([
      {
        featureId: '36618',
        code: 'XBT',
        value: BTC,
        partyId: '12345',
        partyName: 'SOMEBODY, Else',
        programs: ['CYBER2'],
        listIds: ['1550'],
        designatedOn: '2020-03-02',
        comment: 'also BCH',
        unparsed: false,
      },
    ])
    expect(list).toMatchObject({ dateOfIssue: '2026-10-02', entities: 1, codes: ['XBT', 'ETH'] })
  })

  test('several values, prose, and an address without text are all kept', () => {
    const features = featureXml('1', valueXml(`${BTC}; alt. ${BECH32}`)) + featureXml('2', '')
    expect(read(enhancedXml([entityXml('1', features)])).rows.map(({ value, unparsed }) => [value, unparsed])).toEqual([
      [BTC, false],
      [BECH32, false],
      ['alt.', true],
      ['', true],
    ])
  })

  test('an unknown element in the feature of an address is kept as a value of it', () => {
    const feature = featureXml('1', `${valueXml(BTC)}<secondValue><text>${BECH32}</text></secondValue>`)
    expect(valuesOf(read(enhancedXml([entityXml('1', feature)])))).toEqual([BTC, BECH32])
  })

  test('[S22] a new code needs no declaration', () => {
    const list = read(
      enhancedXml([entityXml('1', featureXml('1', valueXml('f00'.repeat(13)), '7', 'Digital Currency Address - FOO'))]),
    )
    expect(list.rows).toMatchObject([{ code: 'FOO', value: 'f00'.repeat(13), unparsed: false }])
    expect(list.codes).toContain('FOO')
  })

  test('[S23] an opaque value is kept', () => {
    const value = '5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320'
    expect(valuesOf(read(enhancedXml([entityXml('1', featureXml('1', valueXml(value)))])))).toEqual([value])
  })

  test('ids that are there twice are two rows', () => {
    const list = read(enhancedXml([LISTED, LISTED.replace(BTC, ETH)]))
    expect(list.rows.map(({ partyId, featureId, value }) => [partyId, featureId, value])).toEqual([
      ['12345', '36618', BTC],
      ['12345', '36618', ETH],
    ])
  })

  test('a list without id is named by its words', () => {
    const list = read(enhancedXml([LISTED.replace('refId="1550" id', 'id')]))
    expect(list.rows[0]?.listIds).toEqual(['SDN List'])
  })

  test('CDATA, references, comments and a prefix change nothing', () => {
    const text = enhancedXml([
      entityXml('1', featureXml('1', '<value><![CDATA[12QtD5BFwRsdNsAZY]]><!-- - -->76UVE1xyCGNTojH9&#104;</value>')),
    ])
    const prefixed = text.replaceAll(/<(\/?)(?=[a-zA-Z])/g, '<$1o:').replace('xmlns=', 'xmlns:o=')
    expect(valuesOf(read(text))).toEqual([BTC])
    expect(valuesOf(read(prefixed))).toEqual([BTC])
  })

  test('features of other kinds are left out', () => {
    const list = read(enhancedXml([LISTED, entityXml('2', featureXml('9', valueXml('Male'), '25', 'Gender'))]))
    expect(valuesOf(list)).toEqual([BTC])
    expect(list.entities).toBe(2)
  })
})

describe('a list that cannot be vouched for is refused whole', () => {
  const good = enhancedXml([LISTED])
  const withFeature = (feature: string): string => enhancedXml([entityXml('1', feature)])
  const cases: readonly (readonly [defect: string, text: string, fault: RegExp])[] = [
    ['cut', good.slice(0, good.length * 0.9), /MALFORMED .*unclosed/],
    ['another root', good.replaceAll('sanctionsData', 'sdnList'), /MALFORMED the root element is sdnList/],
    ['ADVANCED.XML', good.replaceAll('sanctionsData', 'Sanctions'), /MALFORMED the root element is Sanctions/],
    [
      'a document type',
      good.replace('<sanctionsData', '<!DOCTYPE a [<!ENTITY b "c">]><sanctionsData'),
      /MALFORMED .*document type/,
    ],
    ['no entity', enhancedXml([]), /STRUCTURE the list has no entity/],
    ['no address type', enhancedXml([entityXml('1', '')], { types: '' }), /STRUCTURE no feature type/],
    [
      'a type in other words',
      withFeature(featureXml('1', valueXml(BTC), '7', 'Digital currency address: XBT')),
      /STRUCTURE .*unknown form/,
    ],
    [
      'one type id with two meanings',
      withFeature(featureXml('1', valueXml(BTC), '344', 'Gender')),
      /STRUCTURE feature type 344 is/,
    ],
    [
      'an address by reference',
      withFeature(featureXml('1', '<valueRefId>20122</valueRefId>')),
      /STRUCTURE feature 1 gives its address by reference/,
    ],
    [
      'an element inside a value',
      withFeature(featureXml('1', `<value><b/>${BTC}</value>`)),
      /STRUCTURE b inside value/,
    ],
    ['a feature without id', withFeature(featureXml('', valueXml(BTC))), /STRUCTURE .*feature without id/],
    [
      'a feature without type',
      withFeature(`<feature id="1">${valueXml(BTC)}</feature>`),
      /STRUCTURE feature 1 has no type/,
    ],
    [
      'a feature with two types',
      withFeature(featureXml('1', '<type featureTypeId="25">Gender</type>')),
      /STRUCTURE feature 1 has two types/,
    ],
    [
      'a feature in a feature',
      withFeature(featureXml('1', featureXml('2', valueXml(BTC)))),
      /STRUCTURE a feature inside another/,
    ],
    [
      'a feature outside of the entities',
      good.replace('<entities>', `${featureXml('1', valueXml(BTC))}<entities>`),
      /STRUCTURE a feature outside/,
    ],
    ['an entity without id', good.replace('<entity id="12345">', '<entity>'), /STRUCTURE an entity without id/],
    ['no date', good.replace(/<dataAsOf>.*<\/dataAsOf>/, ''), /STRUCTURE no dataAsOf/],
    ['an impossible date', enhancedXml([LISTED], { dataAsOf: '2026-13-01T00:00:00' }), /STRUCTURE .*not a date/],
  ]
  test.each(cases)('%s', async (_, text, fault) => {
    expect(await faultOf(() => read(text))).toMatch(fault)
  })
})
