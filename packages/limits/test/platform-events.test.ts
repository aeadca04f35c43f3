import type { PlatformEvent } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recountOncePerDay } from '../src/maintenance.ts'
import { onPlatformEvent } from '../src/platform-events.ts'
import { ASSETS, LOG, payment, rulesOf, startLimitsRig, type LimitsRig, type WrittenRule } from './limits-rig.ts'

const day: WrittenRule = { id: 'day', window: { rolling: '24h' }, limit: '0.001' }

let rig: LimitsRig
beforeEach(async () => {
  rig = await startLimitsRig()
})
afterEach(() => rig.testDatabase.drop())

const alarms = async (): Promise<Readonly<Record<string, number>>> => {
  const { values } = await rig.metrics.alarms.get()
  return Object.fromEntries(
    values.filter(({ value }) => value > 0).map(({ labels, value }) => [String(labels.alarm), value] as const),
  )
}

/** What the platform says became of payment `paid`. */
const says = (status: PlatformEvent['status'], releaseOnFailure = false): Promise<void> => {
  const hear = onPlatformEvent({ releaseOnFailure, metrics: rig.metrics, log: LOG })
  const { businessKey, caller } = payment({ id: 'paid', amountAtomic: 0n })
  const event = {
    caller,
    eventType: `request.keysign.${status}`,
    status,
    kind: 'keysign' as const,
    businessKeys: [businessKey],
    recordedAt: new Date(),
  }
  return rig.inTransaction((tx) => hear(event, tx))
}

describe('L21: what the platform says after a joint approval', () => {
  beforeEach(async () => {
    const paid = payment({ id: 'paid', amountAtomic: 700n })
    await rig.claim([day], paid)
    await rig.commit(paid)
  })

  test('that it failed gives nothing back, and people are told', async () => {
    await says('failed')
    expect(await rig.used()).toEqual(['day 700'])
    expect(await alarms()).toEqual({ failed_but_counted: 1 })
  })

  test('unless the operator says so: once; and a success afterwards counts again and is told', async () => {
    await says('failed', true)
    await says('failed', true)
    expect(await rig.used()).toEqual([])
    expect(await alarms()).toEqual({})
    await says('succeeded', true)
    expect(await rig.used()).toEqual(['day 700'])
    expect(await alarms()).toEqual({ released_but_seen: 1 })
    await says('succeeded', true)
    expect(await rig.used()).toEqual(['day 700'])
  })

  test('that it succeeded, or is on its way, contradicts nothing', async () => {
    await says('created')
    await says('updated')
    await says('succeeded')
    expect(await rig.used()).toEqual(['day 700'])
    expect(await alarms()).toEqual({})
  })
})

test('something that was signed and never approved here is told', async () => {
  await rig.use({ rules: [day] })
  await says('succeeded')
  expect(await alarms()).toEqual({ succeeded_unknown: 1 })
})

describe('L40: the nightly recount', () => {
  const night = (): Promise<void> =>
    recountOncePerDay({
      database: rig.database,
      rules: rulesOf({ rules: [day] }, 1),
      assets: ASSETS,
      metrics: rig.metrics,
      log: LOG,
      recountAt: '03:00',
    })

  test('tells a counter that was changed by hand, once a day, after its hour', async () => {
    await rig.claim([day], payment({ amountAtomic: 700n }))
    await rig.database.query({ text: 'update counter set used = used + 1' })
    await night()
    expect(await alarms()).toEqual({})
    await rig.testDatabase.advance(3 * 3_600_000)
    await night()
    expect(await alarms()).toEqual({ drift: 1 })
    await night()
    expect(await alarms()).toEqual({ drift: 1 })
    await rig.testDatabase.advance(24 * 3_600_000)
    await night()
    expect(await alarms()).toEqual({ drift: 2 })
  })

  test('finds nothing where nothing is wrong', async () => {
    const first = payment({ amountAtomic: 700n })
    await rig.claim([day], first)
    await rig.release(first)
    await rig.claim([day], payment({ amountAtomic: 300n }))
    await rig.testDatabase.advance(3 * 3_600_000)
    await night()
    expect(await alarms()).toEqual({})
  })
})

test('the ledger cannot be changed, only added to', async () => {
  await rig.claim([day], payment({ amountAtomic: 700n }))
  await expect(rig.database.query({ text: 'update entry set amount = 0' })).rejects.toThrow(/append-only/)
  await expect(rig.database.query({ text: 'delete from entry' })).rejects.toThrow(/append-only/)
})

test('entries of each month have a partition of their own', async () => {
  await rig.database.query({ text: 'select limits_make_partitions(clock_now(), 14)' })
  for (let month = 0; month < 3; month += 1) {
    await rig.ask([day], { amountAtomic: 1n })
    await rig.testDatabase.advance(31 * 24 * 3_600_000)
  }
  const rows = await rig.database.query({
    text: 'select tableoid::regclass::text as partition, count(*)::text from entry group by 1 order by 1',
  })
  expect(rows).toEqual([
    { partition: 'entry_2026_01', count: '1' },
    { partition: 'entry_2026_02', count: '1' },
    { partition: 'entry_2026_03', count: '1' },
  ])
})
