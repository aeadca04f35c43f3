import { afterEach, expect, test } from 'vitest'
import type { RuleSet } from '../src/index.ts'
import { scriptedRule, startCheckerRig, transfer, type CheckerRig } from './checker-rig.ts'

const ADMIN = 'admin: { listen: 127.0.0.1:0, tokens: tokens.yaml }'

let rig: CheckerRig
afterEach(() => rig.close())

const start = async (extra: string, more?: Partial<RuleSet>): Promise<void> => {
  rig = await startCheckerRig([scriptedRule('only')], extra, more)
}
const get = (path: string, token = rig.adminToken) =>
  fetch(`${rig.checker.adminUrl ?? ''}${path}`, { headers: { authorization: `Bearer ${token}` } })

test('a checker without routes of its own says under what policy and data it would answer, as its next verdict does', async () => {
  await start(ADMIN)
  const state = (await (await get('/v1/state')).json()) as Record<string, string>
  const request = transfer('t1')
  const verdict = rig.verdictOf(await rig.ask(request), request)
  expect(state).toEqual({ name: 'checker', policy_digest: verdict.policy_digest, data_version: 'data-7' })
  expect((await get('/v1/state', 'cqadm_wrong')).status).toBe(401)
})

test('the routes of the rules are served beside it, to those of a sufficient role', async () => {
  const handle = () => Promise.resolve({ body: { counted: 3 } })
  await start(ADMIN, {
    adminRoutes: [
      { method: 'GET', path: '/v1/usage', role: 'operator', handle },
      { method: 'GET', path: '/v1/secrets', role: 'approver', handle },
    ],
  })
  expect(await (await get('/v1/usage')).json()).toEqual({ counted: 3 })
  expect((await get('/v1/secrets')).status).toBe(403)
  expect((await get('/v1/state')).status).toBe(200)
})

test('without an admin block nothing listens for them', async () => {
  await start('')
  expect(rig.checker.adminUrl).toBeUndefined()
})

test('a checker whose admin listener cannot be opened does not start', async () => {
  await start(ADMIN)
  const taken = new URL(rig.checker.adminUrl ?? '').host
  const second = startCheckerRig([scriptedRule('only')], `admin: { listen: "${taken}", tokens: tokens.yaml }`)
  await expect(second).rejects.toThrow('EADDRINUSE')
})
