import type { Judgement } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import type { ListReader } from '../src/list/list-reader.ts'
import { listedAddress } from '../src/rules/listed-address.ts'
import { codesOf, judge, NOW, paymentTo } from './asking.ts'
import { freshList } from './lists.ts'
import { CLEAN, ETH, LAZARUS, v11 } from './rule-under-test.ts'

describe('a list that is not there or not fresh', () => {
  const DAY_MS = 24 * 3_600_000
  const ask = (list: ListReader, address: string, now = NOW): Promise<Judgement> =>
    judge(listedAddress({ lists: [list], sameKey: 'reject', addressChecksum: 'reject' }), paymentTo(ETH, address), now)

  test('[S20] a second more than the age allowed and nothing is approved', async () => {
    const list = freshList(v11, NOW.getTime())
    expect((await ask(list, CLEAN, new Date(NOW.getTime() + DAY_MS))).outcome).toBe('approve')
    expect(await ask(list, CLEAN, new Date(NOW.getTime() + DAY_MS + 1_000))).toMatchObject({
      outcome: 'unable',
      code: 'LIST_STALE',
      evidence: { lists: [{ state: 'stale' }] },
    })
  })

  test('a match and an invalid address are rejected on a stale list too', async () => {
    const list = freshList(v11, NOW.getTime() - 2 * DAY_MS)
    expect(codesOf(await ask(list, LAZARUS))).toEqual(['SANCTIONS_MATCH'])
    expect(codesOf(await ask(list, 'nonsense'))).toEqual(['ADDRESS_INVALID'])
  })

  test('a list checked in the future, or never, is stale', async () => {
    expect(await ask(freshList(v11, NOW.getTime() + DAY_MS), CLEAN)).toMatchObject({
      outcome: 'unable',
      code: 'LIST_STALE',
    })
    const never = { name: 'ofac-sdn', maxAgeMs: DAY_MS, active: () => ({ index: v11, isStarter: true }) }
    expect(await ask(never, CLEAN)).toMatchObject({ outcome: 'unable', code: 'LIST_STALE' })
    expect(
      await ask({ ...never, maxAgeMs: 'none', active: () => ({ index: v11, isStarter: false }) }, CLEAN),
    ).toMatchObject({ code: 'LIST_STALE' })
  })

  test('[S21] without any version nothing is approved', async () => {
    expect(await ask({ name: 'ofac-sdn', maxAgeMs: DAY_MS, active: () => undefined }, CLEAN)).toMatchObject({
      outcome: 'unable',
      code: 'LIST_UNAVAILABLE',
    })
  })

  test('one fresh list does not stand in for another that is missing', async () => {
    const missing = { name: 'other', maxAgeMs: DAY_MS, active: () => undefined }
    for (const lists of [
      [freshList(v11), missing],
      [missing, freshList(v11)],
    ])
      expect(
        await judge(listedAddress({ lists, sameKey: 'reject', addressChecksum: 'reject' }), paymentTo(ETH, CLEAN)),
      ).toMatchObject({ outcome: 'unable' })
  })
})
