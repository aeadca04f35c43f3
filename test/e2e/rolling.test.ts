import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '@callback-quorum/simulator'
import { HAS_HAPROXY } from './proxy-process.ts'
import { startRollingRig, type RollingRig } from './rolling-rig.ts'
import { startTraffic } from './rolling-traffic.ts'

const without = HAS_HAPROXY ? 'behind haproxy' : "(left out: Debian's package haproxy is not installed)"

describe.runIf(HAS_HAPROXY)(`two gateways and two checkers of one kind ${without}`, () => {
  let rig: RollingRig
  beforeAll(async () => {
    rig = await startRollingRig()
  }, 300_000)
  afterAll(() => rig.close(), 60_000)

  test(
    'are restarted one after the other, and every payment is approved when it is first asked',
    { timeout: 300_000 },
    async () => {
      const traffic = startTraffic(await rig.asker('node-demo'))
      const times: number[] = []
      for (const replica of [...rig.replicas.integrity, ...rig.replicas.gateway]) times.push(await rig.restart(replica))
      const exchanges = await traffic.stop()
      console.log(
        exchanges.filter(({ result }) => result === 'approve').length,
        [...rig.said('gateway').matchAll(/ (\d+) (..) \d+\/\d+\/\d+\/\d+\/(\S+) /g)]
          .map(([, , state, retries]) => `${state} ${retries}`)
          .filter((text) => text !== '-- 0'),
      )
      console.log(exchanges.length, failed(exchanges), times)
      expect(failed(exchanges)).toEqual([])
    },
  )
})

const failed = (exchanges: readonly Exchange[]): readonly unknown[] =>
  exchanges.filter(({ result }) => result !== 'approve').map(({ body: _, ...rest }) => rest)
