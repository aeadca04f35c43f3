import { AdminFault, createTestDatabase, type AdminCall, type AdminRole, type Database } from '@callback-quorum/service'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { proposalRoutes, type ProposalKinds } from '../src/index.ts'

/** The shape that the doc comment of proposalRoutes demands of a checker's migrations. */
const TABLE = `
  create table proposal (
    proposal_id bigint generated always as identity primary key, kind text not null, body jsonb not null, reason text not null,
    proposed_by text not null, proposed_at timestamptz not null,
    state text not null default 'open' check (state in ('open', 'applied', 'refused')),
    decided_by text check (decided_by <> proposed_by), decided_at timestamptz,
    check ((state = 'open') = (decided_by is null)), check ((decided_by is null) = (decided_at is null)))`

const schema = z.strictObject({ kind: z.enum(['open', 'shut']), door: z.string(), reason: z.string() })
type Written = z.output<typeof schema>

let database: Database
let drop: () => Promise<void>
const told: unknown[] = []
beforeEach(async () => {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [], { clock: 'fixed' })
  drop = () => testDatabase.drop()
  database = await testDatabase.open()
  await database.query({ text: TABLE })
  await database.query({ text: 'create table door (name text)' })
  told.length = 0
})
afterEach(() => drop())

const doors = (more: Partial<ProposalKinds<Written, 'draught'>> = {}) =>
  proposalRoutes<Written, 'draught'>({
    database,
    kinds: ['open', 'shut'],
    schema,
    prepare: (_tx, { door }) => Promise.resolve({ door, state: 'applied', id: '7' }),
    apply: async (tx, { kind, body }, approver) => {
      await tx.query({
        text: 'insert into door values ($1)',
        values: [`${kind} ${String(body['door'])} by ${approver}`],
      })
      return { effect: { door: String(body['door']) }, alarms: ['draught'] }
    },
    onApplied: ({ state, decidedBy }, { alarms }) => told.push([state, decidedBy, alarms]),
    ...more,
  })

type Answered = { readonly status?: number; readonly body: object }
function call(
  routes: ReturnType<typeof doors>,
  name: string,
  path: string,
  more: Partial<AdminCall> = {},
): Promise<Answered> {
  const route = routes.find((one) => `${one.method} ${one.path}` === path)
  if (route === undefined) throw new Error(`there is no route ${path}`)
  const role: AdminRole = 'approver'
  return route.handle({ who: { name, role }, body: {}, params: {}, query: {}, ...more })
}
const propose = (routes: ReturnType<typeof doors>, name = 'olga', kind = 'open') =>
  call(routes, name, 'POST /v1/proposals', { body: { kind, door: 'front', reason: 'ticket 7' } })
const approve = (routes: ReturnType<typeof doors>, name = 'anna') =>
  call(routes, name, 'POST /v1/proposals/:id/approve', { params: { id: '1' } })
const refusal = (status: number, text: RegExp) =>
  expect.objectContaining({ name: 'AdminFault', status, message: expect.stringMatching(text) as string }) as AdminFault
const done = async () =>
  (await database.query<{ name: string }>({ text: 'select name from door' })).map(({ name }) => name)

test('roles: whoever looks is a viewer, whoever proposes an operator, whoever decides an approver', () => {
  expect(doors().map(({ method, path, role }) => `${role} ${method} ${path}`)).toEqual([
    'operator POST /v1/proposals',
    'viewer GET /v1/proposals',
    'approver POST /v1/proposals/:id/approve',
    'approver POST /v1/proposals/:id/refuse',
  ])
})

test('a proposal is applied by another person, in the transaction that closes it, and told after it', async () => {
  const routes = doors()
  // What a body says of its own state or id is not believed.
  expect(await propose(routes)).toMatchObject({
    status: 201,
    body: { id: '1', state: 'open', door: 'front', decided_by: null },
  })
  await expect(approve(routes, 'olga')).rejects.toEqual(refusal(403, /^olga proposed it/))
  expect(await done()).toEqual([])
  expect(told).toEqual([])
  expect(await approve(routes)).toMatchObject({
    body: { id: '1', state: 'applied', decided_by: 'anna', effect: { door: 'front' } },
  })
  expect(await done()).toEqual(['open front by anna'])
  expect(told).toEqual([['applied', 'anna', ['draught']]])
  await expect(approve(routes, 'axel')).rejects.toEqual(refusal(409, /^the proposal is applied already, by anna/))
})

test('what cannot be applied stays open and leaves nothing behind', async () => {
  await propose(doors())
  const failing = doors({
    apply: async (tx) => {
      await tx.query({ text: "insert into door values ('half')" })
      throw new AdminFault(409, 'the door is gone')
    },
  })
  await expect(approve(failing)).rejects.toEqual(refusal(409, /^the door is gone/))
  expect(await done()).toEqual([])
  expect(told).toEqual([])
  expect((await approve(doors())).body).toMatchObject({ state: 'applied' })
})

test('a checker may take no proposals for now, and then prepares nothing', async () => {
  const closed = doors({
    beforePropose: () => Promise.reject(new AdminFault(409, 'not now')),
    prepare: () => Promise.reject(new Error('was prepared')),
  })
  await expect(propose(closed)).rejects.toEqual(refusal(409, /^not now/))
  expect(await call(closed, 'vera', 'GET /v1/proposals')).toEqual({ body: { proposals: [], next: null } })
})

test('a kind that this process does not know is shown, and may be refused, but is never applied', async () => {
  await database.query({
    text: "insert into proposal (kind, body, reason, proposed_by, proposed_at) values ('burn', '{}', 'x', 'olga', clock_now())",
  })
  const routes = doors()
  expect((await call(routes, 'vera', 'GET /v1/proposals')).body).toMatchObject({ proposals: [{ kind: 'burn' }] })
  await expect(approve(routes)).rejects.toEqual(refusal(409, /^this process knows no proposals of the kind burn/))
  expect(await call(routes, 'anna', 'POST /v1/proposals/:id/refuse', { params: { id: '1' } })).toMatchObject({
    body: { state: 'refused', decided_by: 'anna' },
  })
  expect(await done()).toEqual([])
})
