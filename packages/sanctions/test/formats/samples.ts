import type { FormatOptions } from '../../src/formats/format.ts'
import { advancedXml, detail } from '../advanced-xml.ts'
import { enhancedXml, entityXml, featureXml, valueXml } from './enhanced-xml.ts'
import { euEntity, euXml, UK_HEAD, ukDesignation, ukRecord, ukXml, unParty, unXml } from './name-lists.ts'
import { BECH32, BTC, ETH, TRX } from './reading.ts'

const ADDRESSES = [BTC, ETH, TRX, BECH32]
const SIMPLE_HEAD = '"id","schema","name","aliases","identifiers","dataset","last_seen"\n'

const ftm = (id: string, publicKey: string): string =>
  `${JSON.stringify({ id, schema: 'CryptoWallet', properties: { publicKey: [publicKey] } })}\n`

export interface Sample {
  readonly name: string
  readonly options: FormatOptions
  readonly text: string
  /** A list of lines: one that was cut between two of them looks whole, which is for the gates to see. */
  readonly isLines: boolean
}

const xml = (name: string, format: FormatOptions['format'], text: string): Sample => ({
  name,
  options: { format },
  text,
  isLines: false,
})
const lines = (name: string, options: FormatOptions, text: string): Sample => ({ name, options, text, isLines: true })

/** One small list of every format, with the same four addresses. */
export const SAMPLES: readonly Sample[] = [
  xml(
    'ofac-advanced',
    'ofac-advanced',
    advancedXml(ADDRESSES.map((value, position) => ({ party: String(position + 1), detail: detail(value) }))),
  ),
  xml(
    'ofac-enhanced',
    'ofac-enhanced',
    enhancedXml(ADDRESSES.map((value, position) => entityXml(String(position + 1), featureXml('1', valueXml(value))))),
  ),
  xml(
    'eu-fsf',
    'eu-fsf',
    euXml(ADDRESSES.map((value) => euEntity(`EU.${value.slice(0, 3)}`, `<remark>${value}</remark>`)).join('')),
  ),
  xml(
    'un-consolidated',
    'un-consolidated',
    unXml(ADDRESSES.map((value) => unParty('INDIVIDUAL', value.slice(0, 3), value)).join(''), ''),
  ),
  xml(
    'uk-sanctions, XML',
    'uk-sanctions',
    ukXml(ADDRESSES.map((value) => ukDesignation(value.slice(0, 3), value)).join('')),
  ),
  lines(
    'uk-sanctions, CSV',
    { format: 'uk-sanctions' },
    UK_HEAD +
      ADDRESSES.map((value) =>
        ukRecord({ 'Unique ID': value.slice(0, 3), 'Other Information': `"${value}", seized` }),
      ).join(''),
  ),
  lines(
    'opensanctions-ftm',
    { format: 'opensanctions-ftm' },
    ADDRESSES.map((value) => ftm(value.slice(0, 3), value)).join(''),
  ),
  lines(
    'opensanctions-simple',
    { format: 'opensanctions-simple' },
    SIMPLE_HEAD +
      ADDRESSES.map((value) => `"${value.slice(0, 3)}","Person","A","","${value}","x","2026-01-02"\n`).join(''),
  ),
  lines('plain, lines', { format: 'plain' }, ADDRESSES.map((value) => `${value}\n`).join('')),
  xml('plain, lines with a declared number', 'plain', `# rows: 4\n${ADDRESSES.map((value) => `${value}\n`).join('')}`),
  lines(
    'plain, table',
    { format: 'plain', columns: { address: 2, party: 1 }, header: true },
    `party,address\n${ADDRESSES.map((value) => `"some, body",${value}\n`).join('')}`,
  ),
]
