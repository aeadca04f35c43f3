import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallbackDouble, createTssNode, type Exchange } from '../src/index.ts'
import { closeAll, nodeKeys, openDouble, openNode, serverOf } from './constellation.ts'

let limits: CallbackDouble
let sanctions: CallbackDouble
beforeAll(async () => {
  limits = await openDouble()
  sanctions = await openDouble({ name: 'sanctions' })
})
afterAll(closeAll)

describe('monitoring', () => {
  it('pings each server in the dialect of its path', async () => {
    const v1 = { ...serverOf(limits), serviceAddress: limits.checkUrls['cobo-v1'] }
    const { node } = openNode([v1, serverOf(sanctions)])
    const exchanges = await node.ping()
    expect(exchanges.map(({ result, status }) => [result, status])).toEqual([
      ['status', 0],
      ['status', 0],
    ])
    const contents = [limits, sanctions].map((double) =>
      Buffer.from(double.requests.at(-1)?.verified?.content ?? []).toString(),
    )
    expect(contents).toEqual(['{}', '{"request_type":0}'])
  })

  it('pings at once, then after every interval, until stopped', async () => {
    const seen: Exchange[] = []
    let wakeUp: () => void = () => undefined
    const waits: number[] = []
    const asleep: (() => void)[] = []
    const nextSleep = (): Promise<void> => new Promise((resolve) => asleep.push(resolve))
    const { node } = openNode([serverOf(limits)], {
      monitorIntervalMs: 3_600_000,
      onExchange: (exchange) => seen.push(exchange),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          waits.push(ms)
          wakeUp = resolve
          signal?.addEventListener('abort', () => reject(new Error('aborted')))
          asleep.shift()?.()
        }),
    })
    const first = nextSleep()
    const monitoring = node.startMonitoring()
    await first
    expect(seen).toHaveLength(1)
    const second = nextSleep()
    wakeUp()
    await second
    expect(seen.map(({ status }) => status)).toEqual([0, 0])
    expect(waits).toEqual([3_600_000, 3_600_000])
    await monitoring.stop()
    expect(seen).toHaveLength(2)
  })

  it('needs an interval', () => {
    const node = createTssNode({ name: 'n', privateKey: nodeKeys.privateKey, servers: [] })
    expect(() => node.startMonitoring()).toThrow(RangeError)
  })
})
