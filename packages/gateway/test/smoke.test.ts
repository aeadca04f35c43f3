import { makeV2KeySign } from '@callback-quorum/simulator'
import { afterAll, expect, test } from 'vitest'
import { startGatewayRig } from './gateway-rig.ts'

const rig = await startGatewayRig()
afterAll(() => rig.close())
test('approves when all approve', async () => {
  const exchange = await rig.ask(makeV2KeySign({ to: '0x000000000000000000000000000000000000dEaD', amount: '1', organisation: 'acme' }))
  expect(exchange).toMatchObject({ result: 'approve' })
})
