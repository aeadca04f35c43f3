import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { inTurn, json, RECORD, text, type BusinessServer, type Respond } from './business-server.ts'
import { connectorAt, createHttpRig, UNAVAILABLE, type HttpRig } from './http-rig.ts'

let rig: HttpRig
let silent: Server
const silentSockets = new Set<Socket>()
beforeAll(async () => {
  rig = await createHttpRig()
  // Takes connections and never says a word: a handshake without end.
  silent = createServer((socket) => void silentSockets.add(socket)).listen(0, '127.0.0.1')
})
afterEach(() => rig.clear())
afterAll(async () => {
  for (const socket of silentSockets) socket.destroy()
  silent.close()
  await rig.close()
})

const reset: Respond = (response) => void response.socket?.destroy()
const never: Respond = () => undefined
const record = json(RECORD)
const cutShort: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '400' })
  response.write('{"state":"approved"', () => response.socket?.destroy())
}
const once = { retries: 0 }

describe('B20: what may go better later defers and never finds a payment', () => {
  // prettier-ignore
  test.each([
    ['500', json(RECORD, 500), 'http_status', 3],
    ['502', json(RECORD, 502), 'http_status', 3],
    ['429', json(RECORD, 429), 'http_status', 3],
    ['408', json(RECORD, 408), 'http_status', 3],
    ['a reset connection', reset, 'transport', 3],
    ['an answer that breaks off', cutShort, 'transport', 3],
    ['no HTTP', (response) => void response.socket?.end('220 mail.test ESMTP\r\n'), 'transport', 3],
  ] satisfies readonly [string, Respond, string, number][])('B20: %s is tried again, as often as retries says', async (_, respond, kind, tries) => {
    const server = await rig.serve(respond)
    const { ask, errors } = await rig.open(server)
    expect(await ask()).toMatchObject({ ...UNAVAILABLE, text: 'the business system could not be asked' })
    expect([server.received.length, await errors(kind)]).toEqual([tries, tries])
  })

  test.each([
    ['a reset connection', reset],
    ['an answer that breaks off', cutShort],
    ['a 503', json({}, 503)],
  ])('B20: the record is found after %s', async (_, respond) => {
    const server = await rig.serve(inTurn(respond, record))
    const { ask, breakerOpen } = await rig.open(server)
    expect(await ask()).toMatchObject({ found: 'one' })
    expect([server.received.length, await breakerOpen()]).toEqual([2, 0])
  })

  test('B20: who says when he wants to be asked again is not asked before', async () => {
    const server = await rig.serve(text('{}', 429, { 'retry-after': '30' }))
    const { ask } = await rig.open(server)
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect(server.received).toHaveLength(1)
  })

  test.each([
    ['no answer', never],
    [
      'an answer that stands still',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
    [
      'an answer that drips',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 10)
        response.on('close', () => {
          clearInterval(drip)
        })
      },
    ],
    ['a "not found" that stands still', (response) => void response.writeHead(500, { 'content-length': 9 }).write('{')],
  ] satisfies readonly [string, Respond][])('B20: %s within timeout defers', async (_, respond) => {
    const { ask, errors } = await rig.open(await rig.serve(respond), { timeout: '300ms', connect_timeout: '200ms' })
    const startedAt = performance.now()
    expect(await ask()).toMatchObject(UNAVAILABLE)
    const tookMs = performance.now() - startedAt
    expect(await errors('timeout')).toBe(1)
    expect(tookMs).toBeGreaterThan(290)
    expect(tookMs).toBeLessThan(2_000)
  })

  test('B20: a handshake without end is over in the time for connecting, and tried again', async () => {
    const at = { port: (silent.address() as AddressInfo).port } as BusinessServer
    const { ask, errors } = await rig.open(at, { connect_timeout: '100ms' })
    const startedAt = performance.now()
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect(performance.now() - startedAt).toBeLessThan(2_500)
    expect(await errors('timeout')).toBe(3)
  })

  test('B20: a name that nobody knows and a port where nobody listens defer', async () => {
    const server = await rig.serve()
    rig.names.delete('payouts.test')
    const { ask, errors } = await rig.open(server, once)
    expect(await ask()).toMatchObject(UNAVAILABLE)
    rig.names.set('payouts.test', ['127.0.0.1'])
    await server.close()
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect(await errors('transport')).toBe(2)
  })

  test('B20: the deadline of the caller comes before the timeout, whatever is going on', async () => {
    const at = { port: (silent.address() as AddressInfo).port } as BusinessServer
    const { ask, errors } = await rig.open(at, { timeout: '10s', connect_timeout: '10s' })
    const startedAt = performance.now()
    expect(await ask({ signal: AbortSignal.timeout(100) })).toMatchObject(UNAVAILABLE)
    expect(performance.now() - startedAt).toBeLessThan(1_500)
    expect(await errors('timeout')).toBe(1)
  })

  test('B20: who comes without any time left is not asked for', async () => {
    const server = await rig.serve()
    const { ask } = await rig.open(server)
    expect(await ask({ signal: AbortSignal.abort() })).toMatchObject(UNAVAILABLE)
    expect(server.connections).toBe(0)
  })
})

describe('B20: the breaker', () => {
  const fragile = { retries: 0, breaker: { failures: 3, open_for: '10s' } }

  test('B20: opens after so many look-ups in a row: then nobody is asked, and it shows', async () => {
    const server = await rig.serve(json(RECORD, 500))
    const { ask, errors, breakerOpen, connector } = await rig.open(server, fragile)
    for (let asked = 0; asked < 3; asked += 1) expect(await ask()).toMatchObject(UNAVAILABLE)
    server.respond = record
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect([server.received.length, await errors('breaker'), await breakerOpen()]).toEqual([3, 1, 1])
    expect(await connector.problems()).toEqual(['the business system only failed and is left alone'])
  })

  test('lets one look-up through after its time; an answer closes it', async () => {
    const server = await rig.serve(json({}, 500))
    const { ask, breakerOpen, connector } = await rig.open(server, fragile)
    for (let asked = 0; asked < 3; asked += 1) await ask()
    rig.nowMs += 9_999
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect(server.received).toHaveLength(3)
    rig.nowMs += 1
    // Ready again before the answer: a checker that is not ready is not asked, and would not find out.
    expect(await connector.problems()).toEqual([])
    server.respond = record
    expect(await ask()).toMatchObject({ found: 'one' })
    expect([await breakerOpen(), await connector.problems()]).toEqual([0, []])
  })

  test('a look-up that fails after its time opens it for as long again', async () => {
    const server = await rig.serve(json({}, 500))
    const { ask, connector } = await rig.open(server, fragile)
    for (let asked = 0; asked < 3; asked += 1) await ask()
    rig.nowMs += 10_000
    await ask()
    server.respond = record
    expect(await ask()).toMatchObject(UNAVAILABLE)
    expect([server.received.length, (await connector.problems()).length]).toEqual([4, 1])
  })

  test.each([
    ['403', json({}, 403)],
    ['404', json({}, 404)],
    ['no JSON', text('{')],
  ])('stays closed by %s: the business system is there', async (_, respond) => {
    const server = await rig.serve(inTurn(json({}, 500), json({}, 500), respond, json({}, 500), record))
    const { ask, breakerOpen } = await rig.open(server, fragile)
    for (let asked = 0; asked < 4; asked += 1) await ask()
    expect([await breakerOpen(), (await ask()).found]).toEqual([0, 'one'])
  })

  test('stays closed by callers that give up early', async () => {
    const server = await rig.serve(never)
    const { ask, breakerOpen } = await rig.open(server, { ...fragile, timeout: '10s' })
    for (let asked = 0; asked < 3; asked += 1) await ask({ signal: AbortSignal.timeout(50) })
    expect(await breakerOpen()).toBe(0)
  })

  test('opens when nothing answers in time', async () => {
    const server = await rig.serve(never)
    const { ask, breakerOpen } = await rig.open(server, { ...fragile, timeout: '100ms', connect_timeout: '100ms' })
    for (let asked = 0; asked < 3; asked += 1) await ask()
    expect(await breakerOpen()).toBe(1)
  })
})

test('200 questions at once: never more than 16 of them at the server, and all are answered', async () => {
  let inFlight = 0
  let mostInFlight = 0
  let held: (() => void)[] = []
  const server = await rig.serve((response, received) => {
    inFlight += 1
    mostInFlight = Math.max(mostInFlight, inFlight)
    held.push(() => {
      inFlight -= 1
      record(response, received)
    })
    // All that may come have come; a seventeenth would have some time to come too.
    if (held.length % 16 !== 0 && server.received.length < 200) return
    const release = held
    held = []
    setTimeout(() => {
      for (const answer of release) answer()
    }, 20)
  })
  const { ask } = await rig.open(server, { timeout: '20s' })
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => ask({ reference: `WD-${index}` })))
  expect(new Set(answers.map(({ found }) => found))).toEqual(new Set(['one']))
  expect(new Set(server.received.map(({ path }) => path)).size).toBe(200)
  expect(mostInFlight).toBe(16)
  expect(server.connections).toBeLessThanOrEqual(16)
})

test('who waits for a place longer than its deadline is answered, and its question never asked', async () => {
  const server = await rig.serve(never)
  const { ask } = await rig.open(server, { concurrency: 1, timeout: '400ms', connect_timeout: '400ms' })
  const first = ask({ reference: 'WD-1' })
  expect(await ask({ reference: 'WD-2', signal: AbortSignal.timeout(50) })).toMatchObject(UNAVAILABLE)
  await first
  expect(server.received.map(({ path }) => path)).toEqual(['/v1/withdrawals/WD-1'])
})

test('logs and answers hold nothing that was sent or received', async () => {
  const server = await rig.serve(inTurn(text('{"secret-word": 1', 200), json({ 'secret-word': 1 }, 500)))
  const { ask } = await rig.open(server, { ...once, ...connectorAt(server) })
  const answers = [await ask({ reference: 'WD-77' }), await ask({ reference: 'WD-77' })]
  const lines = rig.logged.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  expect(lines).toMatchObject([
    { level: 'error', connector: 'http', kind: 'malformed', code: 'CONNECTOR_BAD_RESPONSE' },
    { level: 'warn', connector: 'http', kind: 'http_status', code: 'CONNECTOR_UNAVAILABLE', status: 500 },
  ])
  for (const text of [...rig.logged, JSON.stringify(answers)]) expect(text).not.toMatch(/secret-word|WD-77/)
})
