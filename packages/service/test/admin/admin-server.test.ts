import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AdminFault, readBody, startAdminServer, type AdminCall, type AdminServer } from '../../src/admin/index.ts'
import { createLogger } from '../../src/log.ts'

const ROLES = ['viewer', 'operator', 'approver'] as const
const bodySchema = z.strictObject({ reason: z.string().min(1), amount: z.string().regex(/^[0-9]+$/) })

let server: AdminServer
let calls: AdminCall[]
let lines: string[]
beforeEach(async () => {
  calls = []
  lines = []
  const note = (call: AdminCall): Promise<{ readonly body: object }> => {
    calls.push(call)
    return Promise.resolve({ body: { done: true } })
  }
  server = await startAdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    authenticate: (header) => {
      const role = ROLES.find((each) => header === `Bearer ${each}`)
      return role === undefined ? undefined : { name: `a ${role}`, role }
    },
    routes: [
      { method: 'GET', path: '/v1/usage', role: 'viewer', handle: note },
      { method: 'POST', path: '/v1/proposals/:id/approve', role: 'approver', handle: note },
      {
        method: 'POST',
        path: '/v1/read',
        role: 'operator',
        handle: (call) => Promise.resolve({ body: readBody(bodySchema, call) }),
      },
      {
        method: 'POST',
        path: '/v1/created',
        role: 'operator',
        handle: () => Promise.resolve({ status: 201, body: {} }),
      },
      { method: 'POST', path: '/v1/fault/:status', role: 'operator', handle: fault },
      { method: 'POST', path: '/v1/bug', role: 'operator', handle: () => Promise.reject(new Error('secret detail')) },
    ],
    log: createLogger({
      name: 'admin',
      level: 'info',
      format: 'json',
      destination: { write: (line) => void lines.push(line) },
    }),
  })
})
afterEach(() => server.close())

function fault({ params: { status } }: AdminCall): Promise<never> {
  return Promise.reject(new AdminFault(status === '404' ? 404 : 409, 'what was asked for is not so'))
}

const get = (path: string, role = 'viewer') =>
  fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${role}` } })

const post = (path: string, body: string, role = 'approver') =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${role}`, 'content-type': 'application/json' },
    body,
  })

const errorOf = async (response: Response): Promise<unknown> => ((await response.json()) as { error?: unknown }).error

test('a handler gets who calls, the parts of the path, the query and the body', async () => {
  await post('/v1/proposals/a%20b/approve?dry=yes&at=2026-01-31', '{"reason":"seen"}')
  expect(calls).toEqual([
    {
      who: { name: 'a approver', role: 'approver' },
      params: { id: 'a b' },
      query: { dry: 'yes', at: '2026-01-31' },
      body: { reason: 'seen' },
    },
  ])
})

test('a parameter that is repeated in the query is refused by its name, and the handler is not called', async () => {
  const response = await get('/v1/usage?rule=a&asset=x&rule=b')
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toContain('rule')
  expect(calls).toEqual([])
})

describe('who may call', () => {
  test.each([
    ['nobody', 401],
    ['viewer', 403],
    ['operator', 403],
    ['approver', 200],
  ])('what needs an approver answers %s with %i', async (role, status) => {
    expect((await post('/v1/proposals/1/approve', '{}', role)).status).toBe(status)
    expect(calls).toHaveLength(status === 200 ? 1 : 0)
  })

  test('a stranger is refused before the body is read', async () => {
    expect((await post('/v1/read', '{broken', 'nobody')).status).toBe(401)
  })
})

describe('a body', () => {
  test('that fits comes out as its schema reads it', async () => {
    const response = await post('/v1/read', '{"reason":"x","amount":"12"}')
    expect(await response.json()).toEqual({ reason: 'x', amount: '12' })
  })

  test('is refused with every member that is wrong, and without what was written', async () => {
    const response = await post('/v1/read', '{"amount":"lots-of-it","more":1}')
    expect(response.status).toBe(400)
    const text = String(await errorOf(response))
    expect(text.split('\n')).toHaveLength(3)
    expect(text).toMatch(/^reason: is missing/m)
    expect(text).toMatch(/^amount: /m)
    expect(text).toMatch(/^more: is not a known key/m)
    expect(text).not.toContain('lots-of-it')
  })

  test.each([
    ['no JSON', '{broken'],
    ['no object', '"text"'],
    ['too long', `{"reason":"${'x'.repeat(70_000)}"}`],
  ])('that is %s is refused', async (_, body) => {
    const response = await post('/v1/read', body)
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toContain('the body')
  })

  test('that is a list is refused as a whole', async () => {
    const response = await post('/v1/read', '[]')
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toBe('the body: is a list; expected a map')
  })
})

describe('what a handler says', () => {
  test('is the status it names', async () => {
    expect((await post('/v1/created', '{}')).status).toBe(201)
  })

  test.each([404, 409])('by an AdminFault is %i with its text', async (status) => {
    const response = await post(`/v1/fault/${String(status)}`, '{}')
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toBe('what was asked for is not so')
  })

  test('by any other throw is a 500 without details, which stand in the log', async () => {
    const response = await post('/v1/bug', '{}')
    expect(response.status).toBe(500)
    expect(await errorOf(response)).not.toContain('secret detail')
    expect(lines.join('')).toContain('secret detail')
  })
})
