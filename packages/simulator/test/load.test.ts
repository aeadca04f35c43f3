import { afterAll, describe, expect, it } from 'vitest'
import { makeV2KeySign, runLoad } from '../src/index.ts'
import { closeAll, NOW_MS, openDouble, openNode, serverOf, TO } from './constellation.ts'

afterAll(closeAll)

const makePackage = (index: number) => makeV2KeySign({ to: TO, amount: '1', seed: index, createdAtMs: NOW_MS })

describe('load', () => {
  it('sends each package once and counts what came back', async () => {
    const double = await openDouble()
    const ids = Array.from({ length: 20 }, (_, index) => makePackage(index).request_id ?? '')
    double.setBehaviour(({ requestId }) => {
      const index = ids.indexOf(requestId)
      return index < 3 ? 'reject' : index < 5 ? 'http-500' : 'approve'
    })
    const { node } = openNode([serverOf(double)])
    const report = await runLoad({ node, concurrency: 4, requests: 20, makePackage })
    expect(report).toMatchObject({ requests: 20, approved: 15, rejected: 3, failed: 2 })
    expect(double.requests.map(({ requestId }) => requestId).sort()).toEqual([...ids].sort())
    expect(report.p99Ms).toBeGreaterThanOrEqual(report.p50Ms)
    expect(report.perSecond).toBeCloseTo(20 / report.seconds)
  })

  it('never has more requests in flight than asked for', async () => {
    const double = await openDouble({ behaviour: { behave: 'late', delayMs: 30, then: 'approve' } })
    let inFlight = 0
    let most = 0
    double.setBehaviour(() => {
      most = Math.max(most, ++inFlight)
      return { behave: 'late', delayMs: 30, then: 'approve' }
    })
    const { node } = openNode([serverOf(double)], { onExchange: () => (inFlight -= 1) })
    await runLoad({ node, concurrency: 3, requests: 12, makePackage })
    expect(most).toBe(3)
  })

  it.each([0, -1, 1.5])('refuses %d as a number of requests or of workers', async (count) => {
    const { node } = openNode([])
    await expect(runLoad({ node, concurrency: count, requests: 1, makePackage })).rejects.toThrow(RangeError)
    await expect(runLoad({ node, concurrency: 1, requests: count, makePackage })).rejects.toThrow(RangeError)
  })
})
