import { describe, expect, test } from 'vitest'
import type { ListedRow } from '../../src/list/listed-row.ts'
import { diffRows } from '../../src/versions/diff-rows.ts'
import { removalsOf, stillListed, type RemovalPolicy } from '../../src/versions/removals-of.ts'
import { indexOf, V0304, V0321 } from '../lists.ts'

const row = (more: Partial<ListedRow> = {}): ListedRow => ({
  featureId: 'f1',
  code: 'XBT',
  value: '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
  partyId: '1',
  partyName: 'One',
  programs: ['CYBER2', 'DPRK3'],
  listIds: ['1550'],
  unparsed: false,
  ...more,
})
const HOLD: RemovalPolicy = { delistingHold: 'ack', reportOnlyListIds: new Set(['91507']) }

async function statesOf(
  before: readonly ListedRow[],
  after: readonly ListedRow[],
  policy = HOLD,
): Promise<readonly string[]> {
  return (await removalsOf(await diffRows(before, after), after, policy)).map(({ state }) => state)
}

describe('the difference of two versions', () => {
  test('[S30] V0304 to V0321 is 90 removed of party 39796 and nothing added; the 8 addresses of party 44718 lose a program', async () => {
    const [before, after] = [await indexOf(V0304), await indexOf(V0321)]
    const diff = await diffRows(before.rowsAll(), after.rowsAll())
    expect([diff.removed.length, diff.added.length, diff.moved.length]).toEqual([90, 0, 0])
    expect(new Set(diff.removed.map(({ partyId, code }) => `${partyId} ${code}`))).toEqual(new Set(['39796 ETH']))
    expect(
      new Set(
        diff.changed.map(({ before: { partyId, programs }, after: now }) =>
          [partyId, ...programs, ...now.programs].join(' '),
        ),
      ),
    ).toEqual(new Set(['44718 CYBER2 DPRK3 DPRK3']))
    expect(diff.changed).toHaveLength(8)
    const back = await diffRows(after.rowsAll(), before.rowsAll())
    expect([back.removed.length, back.added.length]).toEqual([0, 90])
  })

  test('of a version and itself is nothing, in whatever order its rows and sets stand', async () => {
    const rows = [row(), row({ code: 'ETH' }), row(), row({ partyId: '2' })]
    const shuffled = [row({ partyId: '2' }), row({ programs: ['DPRK3', 'CYBER2'] }), row(), row({ code: 'ETH' })]
    expect(await diffRows(rows, shuffled)).toEqual({ added: [], removed: [], moved: [], changed: [] })
  })

  test('counts each occurrence: a value twice in one party and then once is one removal', async () => {
    const diff = await diffRows([row(), row({ featureId: 'f2' })], [row({ featureId: 'f2' })])
    expect(diff).toEqual({ added: [], removed: [row()], moved: [], changed: [] })
  })

  test('tells a move to another party from a change of what stands beside', async () => {
    const [moved, renamed] = [row({ partyId: '2', partyName: 'Two' }), row({ code: 'ETH', partyName: 'Uno' })]
    expect(await diffRows([row(), row({ code: 'ETH' })], [moved, renamed])).toEqual({
      added: [],
      removed: [],
      moved: [{ before: row(), after: moved }],
      changed: [{ before: row({ code: 'ETH' }), after: renamed }],
    })
  })

  test('of no version is everything added', async () => {
    expect(await diffRows([], [row()])).toEqual({ added: [row()], removed: [], moved: [], changed: [] })
  })

  const CHANGES: readonly Partial<ListedRow>[] = [
    { featureId: 'f9' },
    { partyName: 'Uno' },
    { programs: ['CYBER2'] },
    { listIds: ['1550', '91512'] },
    { designatedOn: '2020-01-01' },
    { comment: 'also BCH' },
    { unparsed: true },
    { until: '2027-01-01' },
    { extracted: true },
  ]
  test.each(CHANGES)('sees %o', async (change) => {
    expect((await diffRows([row()], [row(change)])).changed).toEqual([{ before: row(), after: row(change) }])
  })
})

describe('what is held', () => {
  test('is a row that is gone, unless nobody wants it held', async () => {
    expect(await statesOf([row()], [])).toEqual(['held'])
    expect(await statesOf([row()], [], { ...HOLD, delistingHold: 'none' })).toEqual(['free'])
  })

  test('[S24] is not a row whose address another party still has', async () => {
    expect(await statesOf([row(), row({ partyId: '2' })], [row({ partyId: '2' })])).toEqual(['listed'])
    expect(await statesOf([row()], [row({ partyId: '2' })])).toEqual(['listed'])
    expect(await statesOf([row()], [row({ code: 'BCH' })])).toEqual(['listed'])
  })

  test('is a row whose address is left on a list that only reports', async () => {
    expect(await statesOf([row()], [row({ listIds: ['91507'] })])).toEqual(['held'])
    expect(await statesOf([row()], [row({ partyId: '2', listIds: ['91507'] })])).toEqual(['held'])
    expect(await statesOf([row({ listIds: ['91507'] })], [row({ partyId: '2', listIds: ['91507'] })])).toEqual([
      'listed',
    ])
  })

  test('is a row that is given an earlier end, and not one that is given a later one', async () => {
    const until = (day?: string): ListedRow => row(day === undefined ? {} : { until: day })
    expect(await statesOf([until()], [until('2030-01-01')])).toEqual(['held'])
    expect(await statesOf([until('2030-01-01')], [until('2029-12-31')])).toEqual(['held'])
    expect(await statesOf([until('2030-01-01')], [until('2030-01-02')])).toEqual([])
    expect(await statesOf([until('2030-01-01')], [until()])).toEqual([])
  })

  test('is a row that is no longer read as an address', async () => {
    expect(await statesOf([row()], [row({ unparsed: true })])).toEqual(['held'])
    expect(await statesOf([row({ unparsed: true })], [row()])).toEqual([])
  })

  test('is not a row of which only the words around it changed', async () => {
    expect(await statesOf([row()], [row({ partyName: 'Uno', programs: [], comment: 'x' })])).toEqual([])
  })

  test('knows an EVM address in another case, and leaves the case of others alone', async () => {
    const evm = (value: string): ListedRow => row({ value, partyId: value })
    const mixed = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
    expect(await stillListed([evm(mixed)], [evm(mixed.toLowerCase())], HOLD)).toEqual(new Set([evm(mixed)]))
    expect(await stillListed([row()], [row({ value: row().value.toLowerCase() })], HOLD)).toEqual(new Set())
  })

  test('does not take a text in capitals, `0X` too, for the same address: no chain reads that', async () => {
    const evm = (value: string): ListedRow => row({ value, partyId: value })
    const lower = '0x098b716b8aaf21512996dc57eb0615e2383e2f96'
    expect(await statesOf([evm(lower)], [evm(lower.toUpperCase())])).toEqual(['held'])
  })
})
