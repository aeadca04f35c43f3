import { readFile } from 'node:fs/promises'
import type { Judgement } from '@callback-quorum/checker-kit'
import { createLogger } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { beforeEach, expect, test } from 'vitest'
import { createDesk, type Desk } from '../../src/desk/create-desk.ts'
import { listedAddress } from '../../src/rules/listed-address.ts'
import type { ScreeningPolicy } from '../../src/rules/screening-policy.ts'
import type { ListSource } from '../../src/versions/list-source.ts'
import { codesOf, paymentTo } from '../asking.ts'
import { V0304, V0321 } from '../lists.ts'
import { GATES, HOUR_MS, openVersionsRig, refreshed, type VersionsRig } from '../versions/versions-rig.ts'
import { claimAsKit } from './claim-as-kit.ts'
import { ASSETS, refusal, type Body } from './desk-rig.ts'

const TORNADO = '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc'
const STAYS = '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193'
const POLICY: ScreeningPolicy = { sameKey: 'reject', addressChecksum: 'reject' }

/** The delisting of 2025-03-21 in real versions, decided about through the desk. */
let rig: VersionsRig
let source: ListSource
let desk: Desk
let [v0304, v0321] = ['', '']

beforeEach(async () => {
  rig = await openVersionsRig()
  v0304 = await rig.deliver(await readFile(V0304))
  source = rig.source({ gates: { ...GATES, rowsMin: 500 } })
  await source.start()
  await rig.advance(HOUR_MS)
  v0321 = await rig.deliver(await readFile(V0321))
  expect(await refreshed(source)).toBe('quarantined')
  desk = createDesk({
    database: rig.database,
    log: createLogger({ level: 'silent', name: 'desk' }),
    registry: new Registry(),
    assets: ASSETS,
    lists: [source],
    policy: POLICY,
    versions: rig.actions,
  })
})

async function call(who: string, path: string, body: object, id = ''): Promise<Body> {
  const route = desk.adminRoutes.find((one) => `${one.method} ${one.path}` === path)
  if (route === undefined) throw new Error(`there is no route ${path}`)
  const answer = await route.handle({ who: { name: who, role: 'approver' }, body, params: { id }, query: {} })
  return JSON.parse(JSON.stringify(answer.body)) as Body
}
const propose = (kind: string, sha256: string): Promise<Body> =>
  call('olga', 'POST /v1/proposals', { kind, source: 'ofac-sdn', sha256, reason: 'OFAC delisted Tornado Cash' })
const approve = (who: string, { id }: Body): Promise<Body> =>
  call(who, 'POST /v1/proposals/:id/approve', {}, String(id))
const ask = async (address: string): Promise<Judgement> => {
  await source.sync()
  const rule = listedAddress({ lists: [source], ...POLICY, desk: desk.context })
  return claimAsKit(rig.database, rule, paymentTo(ASSETS.chain('ethereum'), address))
}
const versionOf = ({ evidence }: Judgement): unknown => evidence?.['lists']

test('[S16, S17, S18] a delisting waits for two people, then for two people again', async () => {
  expect(await ask(TORNADO)).toMatchObject({ outcome: 'reject', evidence: { lists: [{ versionSha: v0304 }] } })

  const activation = await propose('activate-version', v0321)
  expect(activation).toMatchObject({
    rows: 627,
    date_of_issue: '2025-03-21',
    findings: expect.arrayContaining([
      { gate: 'code_shrunk', against: 'active', code: 'ETH', rows: 63, before: 153 },
    ]) as unknown,
  })
  await expect(approve('olga', activation)).rejects.toMatchObject(refusal(403, /olga proposed it/))
  expect(await ask(STAYS)).toMatchObject({ evidence: { lists: [{ versionSha: v0304 }] } })
  expect(await approve('anna', activation)).toMatchObject({ effect: { sha256: v0321, state: 'active' } })

  const held = await ask(TORNADO)
  expect(held).toMatchObject({
    outcome: 'reject',
    objections: [
      { code: 'SANCTIONS_MATCH', text: expect.stringContaining(`removed by ${v0321.slice(0, 12)}`) as string },
    ],
    evidence: { lists: [{ versionSha: v0321 }], screened: [{ matches: [{ removed_by: v0321 }] }] },
  })

  const acknowledgement = await propose('acknowledge-removals', v0321)
  expect(acknowledgement).toMatchObject({ removals: 90, parties: ['TORNADO CASH'] })
  await expect(approve('olga', acknowledgement)).rejects.toMatchObject(refusal(403, /another person/))
  expect(codesOf(await ask(TORNADO))).toEqual(['SANCTIONS_MATCH'])
  expect(await approve('anna', acknowledgement)).toMatchObject({ effect: { removals_acknowledged: 90 } })

  const free = await ask(TORNADO)
  expect([free.outcome, versionOf(free)]).toEqual(['approve', [expect.objectContaining({ versionSha: v0321 })]])
  expect(codesOf(await ask(STAYS))).toEqual(['SANCTIONS_MATCH'])
  const by = await rig.database.query({ text: 'select by from list_activation order by activation_id' })
  expect(by).toEqual([{ by: 'system' }, { by: 'proposal 1 of olga, approved by anna: OFAC delisted Tornado Cash' }])
})

test('a version that two people refuse never screens', async () => {
  const [one, other] = [await propose('refuse-version', v0321), await propose('activate-version', v0321)]
  await expect(approve('olga', one)).rejects.toMatchObject(refusal(403, /another person/))
  expect(await approve('anna', one)).toMatchObject({ effect: { state: 'refused' } })
  await expect(approve('anna', other)).rejects.toMatchObject(refusal(409, /refused/))
  await expect(propose('activate-version', v0321)).rejects.toMatchObject(refusal(409, /is refused/))
  expect(await ask(TORNADO)).toMatchObject({ outcome: 'reject', evidence: { lists: [{ versionSha: v0304 }] } })
})

test('our own block outlives the delisting of a party', async () => {
  const block = await call('olga', 'POST /v1/proposals', {
    kind: 'block',
    party: { source: 'ofac-sdn', party_id: '39796' },
    scope: '*',
    reason: 'we keep out of mixers',
    source_ref: 'policy 4',
    review_at: new Date(rig.nowMs() + 365 * 24 * HOUR_MS).toISOString(),
  })
  expect(block).toMatchObject({ party_name: 'TORNADO CASH' })
  expect(block['addresses']).toHaveLength(90)
  await approve('anna', block)
  await approve('anna', await propose('activate-version', v0321))
  await approve('anna', await propose('acknowledge-removals', v0321))
  expect(codesOf(await ask(TORNADO))).toEqual(['INTERNAL_BLOCK'])
})

test('what cannot be decided is refused at its proposal', async () => {
  const nobody = '0'.repeat(64)
  const cases = [
    ['activate-version', nobody, 404, /no such version/],
    ['activate-version', v0304, 409, /is active; only one in quarantine/],
    ['refuse-version', v0304, 409, /is active; only one in quarantine/],
    ['acknowledge-removals', v0304, 409, /holds no removal/],
    ['acknowledge-removals', nobody, 404, /no such version/],
    ['activate-version', 'latest', 400, /sha256/],
  ] as const
  for (const [kind, sha, status, text] of cases)
    await expect(propose(kind, sha)).rejects.toMatchObject(refusal(status, text))
})
