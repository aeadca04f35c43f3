import { expect, test } from 'vitest'
import { startServiceRig } from './service-rig.ts'

test('whoever balances load is told from the first moment of a stop on', async () => {
  const rig = await startServiceRig()
  const { service } = rig
  const readiness = async (): Promise<readonly [number, unknown]> => {
    const response = await fetch(`${service.metricsUrl ?? ''}/readyz`)
    return [response.status, await response.json()]
  }
  try {
    expect(await readiness()).toEqual([200, { ready: true, reasons: [] }])
    const [listeners] = service.parts
    // The first part are the listeners: what follows is stopped after them.
    const stopping = listeners?.stop()
    expect(await readiness()).toEqual([503, { ready: false, reasons: ['it is stopping'] }])
    await stopping
  } finally {
    await rig.close()
  }
})
