import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { canonicalizeAddress, readListedAddress } from '@callback-quorum/chains'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SanctionsFault } from '../../src/faults.ts'
import type { ListedRow, ListVersion } from '../../src/list/listed-row.ts'
import { LOAD_LIMITS, loadList, type LoadedList, type LoadLimits } from '../../src/list/load-list.ts'
import { sha256 } from '../advanced-xml.ts'
import { V0304, V0321 } from '../lists.ts'
import { evmAddresses, linesOf, rowOf } from './listed-rows.ts'

const BTC = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const VERSION: ListVersion = { sha256: sha256('a version'), dateOfIssue: '2025-11-19', codes: ['XBT', 'ETH'] }
const AS = { source: 'test-list', loadedAtMs: 7 }

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sanctions-load-'))
})
afterAll(() => rm(directory, { recursive: true }))

const loadFile = (path: string): Promise<LoadedList> =>
  loadList({ from: 'file', path, options: { format: 'ofac-advanced' }, ...AS })

interface Given {
  readonly extraRows?: readonly ListedRow[]
  readonly limits?: Partial<LoadLimits>
}

async function loadRows(
  content: string | Uint8Array,
  { extraRows = [], limits = {} }: Given = {},
): Promise<LoadedList> {
  const path = join(directory, 'rows')
  await writeFile(path, content)
  return loadList({ from: 'rows', path, version: VERSION, extraRows, ...AS }, { ...LOAD_LIMITS, ...limits })
}

const faultOf = (load: Promise<LoadedList>): Promise<string> =>
  load.then(
    () => 'loaded',
    (error: unknown) => (error instanceof SanctionsFault ? error.code : String(error)),
  )

describe('rows as they were stored', () => {
  test.each(['packed', 'not packed'])('give the index of the file they came from, %s', async (how) => {
    const { file, index } = await loadFile(V0304)
    const lines = linesOf(file.rows)
    const again = await loadRows(how === 'packed' ? gzipSync(lines) : lines)
    expect(again.file).toEqual({ ...VERSION, rows: file.rows })
    expect(again.index).toMatchObject({
      ...AS,
      versionSha: VERSION.sha256,
      codes: VERSION.codes,
      dateOfIssue: '2025-11-19',
    })
    for (const member of [
      'canonicalSetSha',
      'rowsByCode',
      'rows',
      'parties',
      'unparsed',
      'opaque',
      'ownRows',
      'heldRows',
    ] as const)
      expect([member, again.index[member]]).toEqual([member, index[member]])
    for (const { value } of file.rows)
      expect(again.index.find(value, readListedAddress(value)).map(({ strength, row }) => [strength, row])).toEqual(
        index.find(value, readListedAddress(value)).map(({ strength, row }) => [strength, row]),
      )
  })

  test.each([
    ['cut in a row', linesOf([rowOf(BTC)]).slice(0, -2), 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['cut before the end of a line', linesOf([rowOf(BTC)]).slice(0, -1), 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['of another shape', '{"value":"x"}\n', 'ERR_SANCTIONS_LIST_MALFORMED'],
    [
      'with a member that we do not write',
      `${JSON.stringify({ ...rowOf(BTC), allowed: true })}\n`,
      'ERR_SANCTIONS_LIST_MALFORMED',
    ],
    ['with an empty line', `${linesOf([rowOf(BTC)])}\n`, 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['that are not UTF-8', Buffer.from(linesOf([rowOf('\u00ff')]), 'latin1'), 'ERR_SANCTIONS_LIST_UNREADABLE'],
    ['packed and cut', gzipSync(linesOf([rowOf(BTC)])).subarray(0, -9), 'ERR_SANCTIONS_LIST_UNREADABLE'],
  ])('%s are refused whole', async (_, content, code) => {
    expect(await faultOf(loadRows(content))).toBe(code)
  })

  test('that are missing are a fault', async () => {
    const path = join(directory, 'missing')
    expect(await faultOf(loadList({ from: 'rows', path, version: VERSION, ...AS }))).toBe(
      'ERR_SANCTIONS_LIST_UNREADABLE',
    )
  })

  test('have a largest size, in rows and in bytes, and exactly that is taken', async () => {
    const lines = linesOf([rowOf(BTC), rowOf(BTC, { partyId: 'p2' })])
    expect(await faultOf(loadRows(lines, { limits: { rowsMax: 2, unpackedBytesMax: lines.length } }))).toBe('loaded')
    expect(await faultOf(loadRows(lines, { limits: { rowsMax: 1 } }))).toBe('ERR_SANCTIONS_LIST_TOO_LARGE')
    expect(await faultOf(loadRows(lines, { limits: { unpackedBytesMax: lines.length - 1 } }))).toBe(
      'ERR_SANCTIONS_LIST_TOO_LARGE',
    )
  })
})

describe('held rows', () => {
  const removed = evmAddresses(1_201).map((value) => rowOf(value, { partyId: 'gone', removedBy: 'f'.repeat(64) }))

  test('match beside those of the version, and are not counted as of it', async () => {
    const { file, index } = await loadRows(linesOf([rowOf(BTC)]), { extraRows: removed })
    const alone = await loadRows(linesOf([rowOf(BTC)]))
    expect(index).toMatchObject({ rows: 1, ownRows: 1, heldRows: 1_201, parties: 1, unparsed: 0, opaque: 0 })
    expect(index.canonicalSetSha).toBe(alone.index.canonicalSetSha)
    expect([...index.rowsByCode]).toEqual([['XBT', 1]])
    expect([file.rows, index.rowsAll()]).toEqual([[rowOf(BTC)], [rowOf(BTC)]])
    expect([index.rowAt(1), index.rowAt(1_201)]).toEqual([removed[0], removed[1_200]])
    for (const row of removed)
      expect(index.find(row.value, readListedAddress(row.value))).toMatchObject([{ strength: 'L1', row }])
  })

  test('are no keys of the version, unless the version has the address too', async () => {
    const [first = '', second = ''] = evmAddresses(2)
    const { index } = await loadRows(linesOf([rowOf(first)]), { extraRows: removed })
    const key = (text: string) => canonicalizeAddress('evm', 'mainnet', text).key
    expect([...index.keys()]).toEqual([key(first)])
    expect([index.hasKey(key(first)), index.hasKey(key(second))]).toEqual([true, false])
    expect(index.find(first, []).map(({ row: { partyId } }) => partyId)).toEqual(['p1', 'gone'])
  })

  test('of a removal between two published versions keep its 90 addresses blocked', async () => {
    const [before, after] = [await loadFile(V0304), await loadFile(V0321)]
    const kept = new Set(after.file.rows.map(({ featureId, value }) => `${featureId} ${value}`))
    const extraRows = before.file.rows.filter(({ featureId, value }) => !kept.has(`${featureId} ${value}`))
    const { index } = await loadRows(linesOf(after.file.rows), { extraRows })
    expect([index.ownRows, index.heldRows]).toEqual([627, 90])
    expect(index.canonicalSetSha).toBe(after.index.canonicalSetSha)
    const tornado = '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc'
    expect(index.find(tornado, readListedAddress(tornado))).toMatchObject([{ row: { partyName: 'TORNADO CASH' } }])
  })
})

describe('what is said of the keys', () => {
  test('they are those of the listed addresses, each once, and not the other keys of their owners', async () => {
    const { index } = await loadRows(linesOf([rowOf(BTC), rowOf(BTC), rowOf('an opaque value of a list')]))
    const { key, sameKey } = canonicalizeAddress('bitcoin', 'mainnet', BTC)
    expect([...index.keys()]).toEqual([key, 'opaque:an opaque value of a list'])
    expect(sameKey.map((other) => index.hasKey(other))).toEqual([true, false, false])
  })

  test('there is no row outside of the list', async () => {
    const { index } = await loadRows(linesOf([rowOf(BTC)]))
    for (const position of [-1, 1, 0.5]) expect(() => index.rowAt(position)).toThrow(RangeError)
  })
})
