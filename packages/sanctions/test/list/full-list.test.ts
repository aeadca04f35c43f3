import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadList } from '../../src/list/load-list.ts'
import { indexOf, V11 } from '../lists.ts'

const FULL = fileURLToPath(new URL('../data/sdn_advanced_2025-11-19.full.xml.gz', import.meta.url))
/** What another program read from the same publication; its `profile` and `subtype` are no columns of ours. */
const CSV = new URL('../../../chains/test/data/ofac_dca_2025-11-19.csv', import.meta.url)

/** One line of RFC 4180 without line breaks in cells. */
const cellsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  )

describe('the complete list of 2025-11-19, 121 MB', () => {
  test('yields exactly the rows of the CSV, column by column, and what its trimmed copy yields', async () => {
    const { file, index } = await loadList({
      from: 'file',
      path: FULL,
      options: { format: 'ofac-advanced' },
      source: 'ofac-sdn',
      loadedAtMs: 0,
    })
    const [header, ...lines] = readFileSync(CSV, 'utf8').trim().split('\r\n')
    expect(header).toBe('feature_id,ticker,value,party,profile,party_name,subtype,programs,entry_date')
    const expected = lines
      .map(cellsOf)
      .map(([feature, ticker, value, party, , name, , programs, entry]) =>
        [feature, ticker, value, party, name, programs, entry].join(' | '),
      )
    const rows = file.rows.map((row) =>
      [row.featureId, row.code, row.value, row.partyId, row.partyName, row.programs.join(';'), row.designatedOn].join(
        ' | ',
      ),
    )
    expect(rows).toHaveLength(761)
    expect(rows.sort()).toEqual(expected.sort())
    expect(file).toMatchObject({
      sha256: '505d5bf2da35dbf984b1289039e135c44b6faa1d0590d718af859ab4cf0d330e',
      dateOfIssue: '2025-11-19',
    })
    expect(file.rows.filter(({ unparsed, listIds }) => unparsed || listIds.join() !== '1550')).toEqual([])
    const trimmed = await indexOf(V11)
    expect(index.rowsAll()).toEqual(trimmed.rowsAll())
    expect(index.canonicalSetSha).toBe(trimmed.canonicalSetSha)
  }, 120_000)
})
