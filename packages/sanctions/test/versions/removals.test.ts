import { beforeEach, describe, expect, test } from 'vitest'
import type { ListSource } from '../../src/versions/list-source.ts'
import { advancedXml, detail } from '../advanced-xml.ts'
import { valueAt } from './small-lists.ts'
import { HOUR_MS, openVersionsRig, refreshed, type VersionsRig } from './versions-rig.ts'

let rig: VersionsRig
let source: ListSource
beforeEach(async () => {
  rig = await openVersionsRig()
})

/** `1:a` is address a of party 1. */
const list = (...parts: readonly string[]): string =>
  advancedXml(
    parts.map((part) => {
      const [party = '', letter = ''] = part.split(':')
      return { party, feature: part, detail: detail(valueAt(letter.charCodeAt(0))) }
    }),
  )

async function start(first: string, options: Parameters<VersionsRig['source']>[0] = {}): Promise<void> {
  await rig.deliver(first)
  source = rig.source(options)
  await source.start()
}

/** Delivers a list; it must be activated. */
async function next(text: string): Promise<string> {
  await rig.advance(HOUR_MS)
  const sha = await rig.deliver(text)
  expect(await refreshed(source)).toBe('activated')
  return sha
}

/** Who lists an address, with an exclamation mark where it is a held removal. */
const parties = (letter: string): readonly string[] =>
  (source.active()?.index.find(valueAt(letter.charCodeAt(0)), []) ?? []).map(
    ({ row }) => `${row.partyId}${row.removedBy === undefined ? '' : '!'}`,
  )
const states = async (): Promise<readonly string[]> =>
  (
    await rig.database.query<{ line: string }>({
      text: `select row->>'featureId' || ' ' || state as line from list_removal order by removal_id`,
    })
  ).map(({ line }) => line)

describe('a removal', () => {
  test('[S24] of one of two parties changes nothing that blocks', async () => {
    await start(list('1:a', '2:a', '3:b'))
    await next(list('2:a', '3:b'))
    expect([parties('a'), await states()]).toEqual([['2'], ['1:a listed']])
    // The last listing of the address is held on its own.
    await next(list('3:b'))
    expect([parties('a'), await states()]).toEqual([['2!'], ['1:a listed', '2:a held']])
  })

  test('is closed when the address is listed again, under whatever party', async () => {
    await start(list('1:a', '3:b'))
    await next(list('3:b'))
    expect(parties('a')).toEqual(['1!'])
    await next(list('3:b', '2:a'))
    expect([parties('a'), await states()]).toEqual([['2'], ['1:a relisted']])
    await next(list('3:b', '4:c'))
    expect([parties('a'), await states()]).toEqual([['2!'], ['1:a relisted', '2:a held']])
  })

  test('holds nothing where nothing is to be held, and stands in the record', async () => {
    await start(list('1:a', '3:b'), { policy: { delistingHold: 'none', reportOnlyListIds: new Set() } })
    await next(list('3:b'))
    expect([parties('a'), await states()]).toEqual([[], ['1:a free']])
  })

  test('that was acknowledged stays so, and a later one waits for its own acknowledgement', async () => {
    await start(list('1:a', '2:b', '3:c'))
    const first = await next(list('2:b', '3:c'))
    const second = await next(list('3:c'))
    const acknowledge = (sha: string): Promise<number> =>
      rig.database.transaction((tx) => rig.actions.acknowledgeRemovals(tx, 'ofac-sdn', sha, 'ann and bob'))
    expect(await acknowledge(first)).toBe(1)
    await source.sync()
    expect([parties('a'), parties('b')]).toEqual([[], ['2!']])
    expect(await states()).toEqual(['1:a acknowledged', '2:b held'])
    expect(await acknowledge(second)).toBe(1)
    await source.sync()
    expect(parties('b')).toEqual([])
  })

  test('is never changed or deleted behind the back of the record', async () => {
    await start(list('1:a', '3:b'))
    await next(list('3:b'))
    const run = (text: string): Promise<unknown> => rig.database.query({ text })
    await expect(run(`update list_removal set row = '{}'`)).rejects.toThrow(/closed once/)
    await expect(run('delete from list_removal')).rejects.toThrow(/never deleted/)
    await run(`update list_removal set state = 'acknowledged', closed_at = clock_now(), closed_by = 'x'`)
    await expect(run(`update list_removal set state = 'held', closed_at = null, closed_by = null`)).rejects.toThrow(
      /closed once/,
    )
    for (const table of ['list_bytes', 'list_activation', 'list_refresh']) {
      await expect(run(`delete from ${table}`)).rejects.toThrow(/append-only/)
      await expect(run(`truncate ${table} cascade`)).rejects.toThrow(/append-only/)
    }
  })
})

test('the first time an address screened is kept, through delisting and listing again', async () => {
  await start(list('1:a', '3:b'))
  const from = rig.nowMs()
  await next(list('3:b'))
  await next(list('3:b', '1:a'))
  const rows = await rig.database.query<{ at: Date }>({ text: 'select at from first_seen order by at' })
  expect(rows.map(({ at }) => at.getTime() - from)).toEqual([0, 0])
})
