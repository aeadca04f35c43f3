import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig } from './gateway-rig.ts'
import { payment } from './payment.ts'

/** More than the connections of the gateway's pool, so that there is always a transaction under way. */
const ASKING_SIDE_BY_SIDE = 24

let rig: GatewayRig
beforeEach(async () => {
  rig = await startGatewayRig()
})
afterEach(() => rig.close())

const admin = (path: string, token: string, body: object = { reason: 'a test' }): Promise<Response> =>
  fetch(`${rig.gateway.adminUrl ?? ''}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const look = (token: string): Promise<Response> =>
  fetch(`${rig.gateway.adminUrl ?? ''}/v1/freeze`, { headers: { authorization: `Bearer ${token}` } })

test('comes about at once however many requests are under way, and nothing is approved after it', async () => {
  const ids = Array.from({ length: ASKING_SIDE_BY_SIDE }, (_, index) => `load-${String(index)}`)
  for (const id of ids) expect(await rig.ask(payment(id))).toMatchObject({ result: 'approve' })
  let [isOver, isFrozen, asked] = [false, false, 0]
  const startedFrozen: string[] = []
  const asking = ids.map(async (id) => {
    while (!isOver) {
      const wasFrozen = isFrozen
      const { result } = await rig.ask(payment(id))
      asked += 1
      if (wasFrozen) startedFrozen.push(result)
    }
  })
  await expect.poll(() => asked, { timeout: 15_000 }).toBeGreaterThan(ASKING_SIDE_BY_SIDE)
  const startedAt = performance.now()
  const { status } = await admin('/v1/freeze', rig.adminToken)
  const ms = performance.now() - startedAt
  isFrozen = true
  await expect.poll(() => startedFrozen.length, { timeout: 15_000 }).toBeGreaterThan(ASKING_SIDE_BY_SIDE)
  isOver = true
  await Promise.all(asking)
  expect(status).toBe(200)
  expect(ms).toBeLessThan(2_000)
  expect(new Set(startedFrozen)).toEqual(new Set(['no_answer']))
})

test('may be seen by a viewer, and changed neither by a viewer nor without a token', async () => {
  expect((await look(rig.viewerToken)).status).toBe(200)
  expect((await look('cqadm_wrong')).status).toBe(401)
  for (const path of ['/v1/freeze', '/v1/unfreeze']) {
    expect((await admin(path, rig.viewerToken)).status).toBe(403)
    expect((await admin(path, 'cqadm_wrong')).status).toBe(401)
  }
  expect(await (await look(rig.viewerToken)).json()).toMatchObject({ frozen: false })
})

test('needs a reason, and leaves who and why in a history that nobody can change', async () => {
  for (const body of [{}, { reason: '' }, { reason: 'x', more: 1 }, { reason: 'x'.repeat(501) }])
    expect((await admin('/v1/freeze', rig.adminToken, body)).status).toBe(400)
  await admin('/v1/freeze', rig.adminToken, { reason: 'a leak' })
  await admin('/v1/unfreeze', rig.adminToken, { reason: 'none after all' })
  expect(
    await rig.database.query({ text: 'select frozen, who, reason from freeze_history order by history_id' }),
  ).toEqual([
    { frozen: true, who: 'alice', reason: 'a leak' },
    { frozen: false, who: 'alice', reason: 'none after all' },
  ])
  await expect(rig.database.query({ text: `update freeze_history set who = 'bob'` })).rejects.toThrow('append-only')
  await expect(rig.database.query({ text: 'delete from freeze_history' })).rejects.toThrow('append-only')
})

test('during the fan-out lets a rejection be given', async () => {
  rig.double('alpha').setBehaviour({ behave: 'late', delayMs: 400, then: 'reject' })
  const asking = rig.ask(payment('r1'))
  await expect.poll(() => rig.double('alpha').requests.length).toBe(1)
  await admin('/v1/freeze', rig.adminToken)
  expect(await asking).toMatchObject({ result: 'reject' })
})
