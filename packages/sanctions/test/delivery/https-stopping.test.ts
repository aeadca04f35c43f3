import { createServer, type AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createHttpsRig, LIST_TEXT, type HttpsRig, type ListServer, type Opening } from './https-rig.ts'

let rig: HttpsRig
beforeAll(async () => {
  rig = await createHttpsRig()
})
afterEach(async () => {
  expect(await rig.left()).toEqual([])
  await rig.clear()
})
afterAll(() => rig.close())

/** Stops the asking when it has come as far as `reached` says, and requires that it ends within a second. */
async function expectStopped(server: ListServer, opening: Opening, reached: () => unknown): Promise<void> {
  const stopping = new AbortController()
  const fetching = rig.fetch(server, opening, undefined, stopping.signal)
  await vi.waitFor(async () => {
    expect(await reached()).toBe(true)
  })
  const stoppedAtMs = performance.now()
  stopping.abort()
  expect(await fetching).toEqual({ code: 'ERR_SANCTIONS_DELIVERY_STOPPED', message: 'the service is stopping' })
  expect(performance.now() - stoppedAtMs).toBeLessThan(1_000)
}

test('stops before the answer', async () => {
  const server = await rig.server(() => undefined)
  await expectStopped(server, {}, () => server.requests.length === 1)
})

test('stops in the middle of the answer', async () => {
  const server = await rig.server((_, response) => void response.write(LIST_TEXT))
  await expectStopped(server, {}, async () => (await rig.left()).length === 1)
})

// prettier-ignore
test.each([
  ['as long as the server wanted', { 'retry-after': '15' }, {}],
  ['by itself', {}, { limits: { backoffMs: 15_000 } }],
])('stops between two tries while it waits %s', async (_, headers, opening) => {
  let isOver = false
  const server = await rig.server(({ socket }, response) => {
    socket.on('close', () => { isOver = true })
    response.writeHead(503, headers).end()
  })
  await expectStopped(server, opening, () => isOver)
  expect(server.requests).toHaveLength(1)
})

test('stops while a name is looked up', async () => {
  let isAsked = false
  const lookup = (): void => {
    isAsked = true
  }
  await expectStopped(await rig.server(), { lookup }, () => isAsked)
})

test('stops in a handshake without end, and closes the connection', async () => {
  const states: string[] = []
  const silent = createServer((socket) => {
    states.push('open')
    socket
      .on('error', () => undefined)
      .on('close', () => void states.push('closed'))
      .resume()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const url = `https://list.test:${(silent.address() as AddressInfo).port}/`
  await expectStopped(await rig.server(), { url }, () => states.includes('open'))
  await vi.waitFor(() => {
    expect(states).toEqual(['open', 'closed'])
  })
  await new Promise((resolve) => silent.close(resolve))
})

test('asks nothing when it was stopped before', async () => {
  const server = await rig.server()
  const outcome = await rig.fetch(server, {}, undefined, AbortSignal.abort())
  expect(outcome).toMatchObject({ code: 'ERR_SANCTIONS_DELIVERY_STOPPED' })
  expect(server.requests).toHaveLength(0)
})

test('whenever it is stopped, it has either delivered or left nothing', async () => {
  const server = await rig.server()
  const results = new Set<string>()
  for (let turns = 0; results.size < 2 || turns < 100; turns += 1) {
    const stopping = new AbortController()
    const fetching = rig.fetch(server, {}, undefined, stopping.signal)
    for (let turn = 0; turn < turns; turn += 1) await nextTurn()
    stopping.abort()
    const outcome = await fetching
    if ('code' in outcome) results.add(outcome.code)
    else {
      results.add(outcome.result)
      if (outcome.result === 'delivered') await outcome.discard()
    }
    expect(await rig.left()).toEqual([])
  }
  expect(results).toEqual(new Set(['ERR_SANCTIONS_DELIVERY_STOPPED', 'delivered']))
})
