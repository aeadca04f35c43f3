import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outputTo, paymentTo, questionOf } from '../asking.ts'
import { CLEAN, LAZARUS } from '../rule-under-test.ts'
import { chainalysisAt, createVendorRig, ellipticAt, ETHEREUM, type VendorRig } from './vendor-rig.ts'
import { json, text } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

const clean = json({ identifications: [] })
const risky = json({ identifications: [{ category: 'sanctions', name: 'x' }] })
const broken = json({}, 500)
const MINUTE_MS = 60_000

/** `count` addresses with no meaning. */
const addresses = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, position) => `0x${(position + 1).toString(16).padStart(40, '0')}`)

const paymentToAll = (texts: readonly string[]) =>
  questionOf({ chain: ETHEREUM, outputs: texts.map((address) => outputTo(ETHEREUM, address)) })

describe('the cache', () => {
  test('serves one address for its time by the clock of the service, and no longer', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { cache: '15m' })])
    await judge()
    server.respond = risky
    rig.nowMs += 15 * MINUTE_MS - 1
    expect(await judge()).toMatchObject({
      outcome: 'approve',
      evidence: { vendors: [{ answers: [{ cached: true }] }] },
    })
    expect(server.received).toHaveLength(1)
    rig.nowMs += 1
    expect((await judge()).outcome).toBe('reject')
    expect(server.received).toHaveLength(2)
  })

  test('says when the answer came', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server)])
    const cameAt = new Date(rig.nowMs).toISOString()
    await judge()
    rig.nowMs += MINUTE_MS
    expect(await judge()).toMatchObject({
      evidence: { vendors: [{ answers: [{ cached: true, answered_at: cameAt }] }] },
    })
  })

  test('is not believed when the clock was set back', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server)])
    await judge()
    rig.nowMs -= 1
    await judge()
    expect(server.received).toHaveLength(2)
  })

  test('keeps a rejection too: the next question is rejected without asking', async () => {
    const server = await rig.serve(risky)
    const { judge } = await rig.open([chainalysisAt(server)])
    await judge()
    server.respond = clean
    expect((await judge()).outcome).toBe('reject')
    expect(server.received).toHaveLength(1)
  })

  test('keeps neither errors nor what is unknown', async () => {
    const server = await rig.serve(broken)
    const { judge } = await rig.open([chainalysisAt(server, { retries: 0 })])
    expect((await judge()).outcome).toBe('unable')
    server.respond = clean
    expect((await judge()).outcome).toBe('approve')
    const scores = await rig.serve(json({ name: 'NotInBlockchain' }, 404))
    const { judge: judgeScore } = await rig.open([ellipticAt(scores)])
    await judgeScore()
    await judgeScore()
    expect(scores.received).toHaveLength(2)
  })

  test('tells addresses, and one address on two chains, apart', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server)])
    await judge(paymentTo(ETHEREUM, CLEAN))
    await judge(paymentTo(ETHEREUM, LAZARUS))
    await judge(paymentTo({ ...ETHEREUM, id: 'polygon' }, CLEAN))
    expect(server.received).toHaveLength(3)
  })

  test('of 0s keeps nothing', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { cache: '0s' })])
    await judge()
    await judge()
    expect(server.received).toHaveLength(2)
  })
})

describe('the breaker', () => {
  const fragile = { retries: 0, cache: '0s', breaker: { failures: 3, open_for: '30s' } }

  test('opens after so many failures in a row: then nobody is asked and nothing is approved', async () => {
    const server = await rig.serve(broken)
    const { judge, isBreakerOpen, registry } = await rig.open([chainalysisAt(server, fragile)])
    for (let asked = 0; asked < 3; asked += 1) await judge()
    expect(isBreakerOpen('chainalysis')).toBe(true)
    server.respond = clean
    expect(await judge()).toMatchObject({
      outcome: 'unable',
      code: 'VENDOR_UNAVAILABLE',
      text: 'chainalysis gave no judgement: it is not asked while it only fails',
    })
    expect(server.received).toHaveLength(3)
    expect(await registry.metrics()).toContain('callback_quorum_sanctions_vendor_breaker_open{vendor="chainalysis"} 1')
  })

  test('stays closed when an answer comes in between', async () => {
    const server = await rig.serve(broken)
    const { judge, isBreakerOpen } = await rig.open([chainalysisAt(server, fragile)])
    for (const respond of [broken, broken, clean, broken, broken]) {
      server.respond = respond
      await judge()
    }
    expect(isBreakerOpen('chainalysis')).toBe(false)
  })

  test('lets one question through after its time; an answer closes it, a failure opens it for as long again', async () => {
    const server = await rig.serve(broken)
    const { judge, isBreakerOpen } = await rig.open([chainalysisAt(server, fragile)])
    for (let asked = 0; asked < 3; asked += 1) await judge()
    rig.nowMs += 30_000
    await judge(paymentToAll(addresses(5)))
    expect(server.received).toHaveLength(4)
    rig.nowMs += 29_999
    await judge()
    expect(server.received).toHaveLength(4)
    rig.nowMs += 1
    server.respond = clean
    expect((await judge()).outcome).toBe('approve')
    expect(isBreakerOpen('chainalysis')).toBe(false)
  })

  test('that opens spares the vendor the questions that are waiting', async () => {
    const server = await rig.serve(broken)
    const { judge } = await rig.open([chainalysisAt(server, { ...fragile, concurrency: 1 })])
    expect((await judge(paymentToAll(addresses(9)))).outcome).toBe('unable')
    expect(server.received).toHaveLength(3)
  })

  test('counts no answer that has no judgement: the vendor works', async () => {
    const server = await rig.serve(json({ name: 'NotInBlockchain' }, 404))
    const { judge, isBreakerOpen } = await rig.open([ellipticAt(server, fragile)])
    for (let asked = 0; asked < 4; asked += 1) expect(await judge()).toMatchObject({ code: 'VENDOR_UNKNOWN' })
    expect(isBreakerOpen('elliptic')).toBe(false)
  })
})

describe('many addresses', () => {
  test('are asked about in so many questions at once as the configuration says', async () => {
    // Each answer waits for a second question: with one at a time nothing would ever be answered.
    const held: (() => void)[] = []
    let most = 0
    const server = await rig.serve((response, received) => {
      held.push(() => clean(response, received))
      most = Math.max(most, held.length)
      if (held.length >= 2) setImmediate(() => held.splice(0).forEach((answer) => answer()))
    })
    const { judge } = await rig.open([chainalysisAt(server, { concurrency: 2 })])
    expect((await judge(paymentToAll(addresses(12)))).outcome).toBe('approve')
    expect([server.received.length, most]).toEqual([12, 2])
  })

  test('wait no longer than the decision: what was answered is kept for the next time', async () => {
    const server = await rig.serve((response, received) => {
      if (server.received.length <= 2) clean(response, received)
    })
    const { judge } = await rig.open([chainalysisAt(server, { concurrency: 1, timeout: '10s', retries: 0 })])
    expect(await judge(paymentToAll(addresses(4)), { leftMs: 900 })).toMatchObject({ code: 'VENDOR_UNAVAILABLE' })
    expect(server.received).toHaveLength(3)
    server.respond = clean
    expect((await judge(paymentToAll(addresses(4)))).outcome).toBe('approve')
    expect(server.received).toHaveLength(5)
  })

  test('beyond the limit are not asked about and never approved', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { addresses_max: 3 })])
    expect((await judge(paymentToAll(addresses(3)))).outcome).toBe('approve')
    expect(await judge(paymentToAll(addresses(4)))).toMatchObject({
      outcome: 'unable',
      text: 'chainalysis gave no judgement: the request names 4 addresses; at most 3 are asked about',
    })
    expect(server.received).toHaveLength(3)
  })

  test('leave a record that stays readable: the raw answers together have a bound', async () => {
    const server = await rig.serve(text(`{"identifications":[],"more":"${'x'.repeat(8_000)}"}`))
    const { judge } = await rig.open([chainalysisAt(server)])
    const { evidence } = await judge(paymentToAll(addresses(50)))
    expect(JSON.stringify(evidence).length).toBeLessThan(100_000)
    expect(JSON.stringify((await judge()).evidence).length).toBeGreaterThan(4_000)
  })
})

test('questions are measured by vendor and outcome, without addresses', async () => {
  const server = await rig.serve(clean)
  const { judge, registry } = await rig.open([chainalysisAt(server, { cache: '0s', retries: 0 })])
  for (const respond of [clean, risky, broken, broken]) {
    server.respond = respond
    await judge()
  }
  const metrics = await registry.metrics()
  for (const [outcome, count] of [
    ['approved', 1],
    ['rejected', 1],
    ['failed', 2],
  ] as const)
    expect(metrics).toContain(
      `callback_quorum_sanctions_vendor_seconds_count{vendor="chainalysis",outcome="${outcome}"} ${count}`,
    )
  expect(metrics.toLowerCase()).not.toContain(CLEAN.toLowerCase())
})
