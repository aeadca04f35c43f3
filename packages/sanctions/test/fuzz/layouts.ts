import type { FormatOptions } from '../../src/formats/format.ts'
import { advancedXml, detail } from '../advanced-xml.ts'
import { enhancedXml, entityXml, featureXml, valueXml } from '../formats/enhanced-xml.ts'
import { euEntity, euXml, UK_HEAD, ukDesignation, ukRecord, ukXml, unParty, unXml } from '../formats/name-lists.ts'
import type { Markup } from './disguise.ts'

/** One listed address as it is to be written into a file. */
export interface Part {
  readonly party: string
  /** 0 or 1: which of the two codes a list has, where it has any. */
  readonly code: 0 | 1
  /** Escaped for the markup. */
  readonly written: string
}

/** How a format writes a list of parts. */
export interface Layout {
  readonly name: string
  readonly options: FormatOptions
  readonly markup: Markup
  readonly write: (parts: readonly Part[]) => string
  /** Finds the parts of a written list that hold an address each, with all that says so. */
  readonly record: RegExp
  /** Finds what all records rest on: without it unchanged, nothing is required of them. */
  readonly context?: RegExp
}

const TYPES = ['344', '345'] as const
const WORDS = ['Digital Currency Address - XBT', 'Digital Currency Address - ETH'] as const
const LINE = /[^\n]*\n/g

const grouped = (parts: readonly Part[]): (readonly [party: string, parts: readonly Part[]])[] =>
  [...new Set(parts.map(({ party }) => party))].map((party) => [party, parts.filter((part) => part.party === party)])

const json = (id: string, schema: string, properties: string): string =>
  `{"id":"${id}","caption":"${id}","schema":"${schema}","properties":{${properties}},"datasets":["us_ofac_sdn"],"last_seen":"2026-01-04T06:00:00"}\n`

const ftm = (parts: readonly Part[]): string =>
  [
    ...grouped(parts).flatMap(([party, own]) => [
      json(`p${party}`, 'Person', `"name":["Somebody ${party}"]`),
      ...own.map(({ written, code }, position) =>
        json(
          `w${party}-${String(position)}`,
          'CryptoWallet',
          `"publicKey":["${written}"],"currency":["${code === 0 ? 'XBT' : 'ETH'}"],"holder":["p${party}"]`,
        ),
      ),
      json(`s${party}`, 'Sanction', `"entity":["p${party}"],"programId":["CYBER2"],"startDate":["2020-03-02"]`),
    ]),
  ].join('')

const SIMPLE_HEAD = '"id","schema","name","aliases","identifiers","dataset","last_seen"\n'
const simple = (parts: readonly Part[]): string =>
  SIMPLE_HEAD +
  parts
    .map(({ party, code, written }) => {
      const schema = code === 0 ? 'Person' : 'CryptoWallet'
      return `"id-${party}","${schema}","Some ""B."" Body","S. Body","${written};passport 12345","us_ofac_sdn","2026-01-04"\n`
    })
    .join('')

const UNTIL = ['', '2030-12-31', '2024-01-01']
const table = (parts: readonly Part[]): string =>
  'party,address,code,until\n' +
  parts
    .map(
      ({ party, code, written }) =>
        `"Body, No. ${party}","${written}",${code === 0 ? 'XBT' : 'ETH'},${UNTIL[Number(party) % 3] ?? ''}\n`,
    )
    .join('')

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'ofac-advanced',
    options: { format: 'ofac-advanced' },
    markup: 'xml',
    write: (parts) =>
      advancedXml(parts.map(({ party, code, written }) => ({ party, type: TYPES[code], detail: detail(written) }))),
    record: /<Feature .*?<\/Feature>/gs,
    context: /<ReferenceValueSets>.*?<\/ReferenceValueSets>/s,
  },
  {
    name: 'ofac-enhanced',
    options: { format: 'ofac-enhanced' },
    markup: 'xml',
    write: (parts) =>
      enhancedXml(
        grouped(parts).map(([party, own]) =>
          entityXml(
            party,
            own
              .map(({ code, written }, at) =>
                featureXml(`${party}${String(at)}`, valueXml(written), TYPES[code], WORDS[code]),
              )
              .join(''),
          ),
        ),
      ),
    record: /<feature id.*?<\/feature>/gs,
  },
  {
    name: 'eu-fsf',
    options: { format: 'eu-fsf' },
    markup: 'xml',
    write: (parts) =>
      euXml(parts.map(({ party, written }) => euEntity(`EU.${party}`, `<remark>a ${written} b</remark>`)).join('\n')),
    record: /<sanctionEntity .*?<\/sanctionEntity>/gs,
  },
  {
    name: 'un-consolidated',
    options: { format: 'un-consolidated' },
    markup: 'xml',
    write: (parts) => {
      const write = (code: 0 | 1): string =>
        parts
          .filter((part) => part.code === code)
          .map(({ party, written }) => unParty(code === 0 ? 'INDIVIDUAL' : 'ENTITY', `QDi.${party}`, written))
          .join('\n')
      return unXml(write(0), write(1))
    },
    record: /<(INDIVIDUAL|ENTITY)>.*?<\/\1>/gs,
  },
  {
    name: 'uk-sanctions, XML',
    options: { format: 'uk-sanctions' },
    markup: 'xml',
    write: (parts) =>
      ukXml(parts.map(({ party, written }) => ukDesignation(`CYB${party}`, `Wallet ${written}.`)).join('\n')),
    record: /<Designation>.*?<\/Designation>/gs,
  },
  {
    name: 'uk-sanctions, CSV',
    options: { format: 'uk-sanctions' },
    markup: 'csv',
    write: (parts) =>
      UK_HEAD +
      parts
        .map(({ party, written }) =>
          ukRecord({
            'Unique ID': `CYB${party}`,
            'Other Information': `"${written}", seized`,
            'Date Designated': '02/03/2020',
          }),
        )
        .join(''),
    record: LINE,
    context: /^[^\n]*\n[^\n]*\n/,
  },
  { name: 'opensanctions-ftm', options: { format: 'opensanctions-ftm' }, markup: 'json', write: ftm, record: LINE },
  {
    name: 'opensanctions-simple',
    options: { format: 'opensanctions-simple' },
    markup: 'csv',
    write: simple,
    record: LINE,
    context: /^[^\n]*\n/,
  },
  {
    name: 'plain, lines',
    options: { format: 'plain' },
    markup: 'text',
    write: (parts) => parts.map(({ party, written }) => `${written} # of ${party}\n`).join(''),
    record: LINE,
  },
  {
    name: 'plain, lines with a declared number',
    options: { format: 'plain' },
    markup: 'text',
    write: (parts) => `# rows: ${String(parts.length)}\n${parts.map(({ written }) => `${written}\n`).join('')}`,
    record: LINE,
  },
  {
    name: 'plain, table',
    options: { format: 'plain', columns: { address: 2, party: 1, code: 3, until: 4 }, header: true },
    markup: 'csv',
    write: table,
    record: LINE,
  },
]
