import { once } from 'node:events'
import { Agent, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { eventually, KEYGEN, KEYS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'
import { answerTo, connectTo, open, readToEnd, send } from './http-client.ts'

afterEach(stopRigs)

type Decision = { readonly answer: 'approve' }
const token = (): Promise<string> => tokenOf(KEYGEN, KEYS.nodeV2.privateKey)

test('finishes what is in flight with Connection: close and accepts nothing more', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<Decision>()
  const rig = await startRig({ decide: () => decided })
  const answered = rig.post('/v2/check', await token())
  await eventually(() => rig.asked.length).toBe(1)
  let stopped = false
  const stopping = rig.server.stop(10_000).then(() => (stopped = true))
  await refuses(rig.url)
  expect(stopped).toBe(false)
  resolve({ answer: 'approve' })
  const received = await answered
  expect(await replyOf(received)).toMatchObject({ action: 'APPROVE' })
  expect(received.headers.connection).toBe('close')
  await stopping
})

test('finishes a request whose body is still arriving', async () => {
  const rig = await startRig()
  const body = `TSS_JWT_MSG=${await token()}`
  const request = open({ url: `${rig.url}/v2/check` }, { 'content-length': String(body.length) })
  const answered = answerTo(request)
  request.write(body.slice(0, 20))
  await eventually(() => rig.metric('unverified_bodies')).toBe(1)
  const stopping = rig.server.stop(10_000)
  request.end(body.slice(20))
  expect(await replyOf(await answered)).toMatchObject({ action: 'APPROVE' })
  await stopping
})

test('closes connections that stay idle, used ones and fresh ones', async () => {
  const rig = await startRig()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await send({ url: `${rig.url}/ping`, method: 'GET', options: { agent } })
  const fresh = await connectTo(rig.url)
  const ended = readToEnd(fresh)
  await eventually(() => connectionsSeen(rig.url)).toBe(200)
  const startedMs = performance.now()
  await rig.server.stop(60_000)
  expect(performance.now() - startedMs).toBeLessThan(10_000)
  expect(await ended).toBe('')
  agent.destroy()
})

test('answers what was sent over open connections before their end was known, and says that it was the last', async () => {
  const rig = await startRig()
  const body = `TSS_JWT_MSG=${await token()}`
  const type = 'Content-Type: application/x-www-form-urlencoded'
  const post = `POST /v2/check HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`
  const [used, fresh] = [await connectTo(rig.url), await connectTo(rig.url)]
  const [allOfUsed, allOfFresh] = [readToEnd(used), readToEnd(fresh)]
  used.write(post)
  await once(used, 'data')
  // It was accepted before: connections are, in the order in which they are made.
  await eventually(() => connectionsSeen(rig.url)).toBe(200)
  const stopping = rig.server.stop(10_000)
  await refuses(rig.url)
  for (const socket of [used, fresh]) socket.write(post)
  expect(connectionHeaders(await allOfUsed)).toEqual(['keep-alive', 'close'])
  expect(connectionHeaders(await allOfFresh)).toEqual(['close'])
  expect(rig.asked).toHaveLength(3)
  await stopping
})

test('closes a connection whose answer had promised to keep it, once that answer is complete', async () => {
  const { promise: response, resolve } = Promise.withResolvers<ServerResponse>()
  const rig = await startRig({
    routes: (router) => {
      router.get('/long', (ctx) => {
        ctx.respond = false
        ctx.res.setHeader('Content-Length', 4)
        ctx.res.write('ab')
        resolve(ctx.res)
      })
    },
  })
  const answered = send({ url: `${rig.url}/long`, method: 'GET', options: { agent: new Agent({ keepAlive: true }) } })
  const started = await response
  const startedMs = performance.now()
  const stopping = rig.server.stop(60_000)
  started.end('cd')
  expect((await answered).headers.connection).toBe('keep-alive')
  await stopping
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})

test('destroys what is not finished when the grace is over', async () => {
  const rig = await startRig({ decide: () => new Promise<never>(() => undefined) })
  const socket = await connectTo(rig.url)
  const all = readToEnd(socket)
  const body = `TSS_JWT_MSG=${await token()}`
  const type = 'Content-Type: application/x-www-form-urlencoded'
  socket.write(`POST /v2/check HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`)
  await eventually(() => rig.asked.length).toBe(1)
  await rig.server.stop(50)
  expect(await all).toBe('')
})

test('waits for the decision of a caller that has hung up', async () => {
  const { promise: decided, resolve } = Promise.withResolvers<Decision>()
  const rig = await startRig({ decide: () => decided })
  const request = open({ url: `${rig.url}/v2/check` }, { 'transfer-encoding': 'chunked' })
  request.on('error', () => undefined)
  request.end(`TSS_JWT_MSG=${await token()}`)
  await eventually(() => rig.asked.length).toBe(1)
  request.destroy()
  await new Promise((resolve) => request.once('close', resolve))
  let stopped = false
  const stopping = rig.server.stop(10_000).then(() => (stopped = true))
  // One turn of the server through its event loop, connections included, would be enough to stop.
  await refuses(rig.url)
  expect(stopped).toBe(false)
  resolve({ answer: 'approve' })
  await stopping
})

test('may be asked to stop twice', async () => {
  const rig = await startRig()
  await Promise.all([rig.server.stop(10), rig.server.stop(10)])
  await rig.server.stop(10)
})

async function connectionsSeen(url: string): Promise<number> {
  return (await send({ url: `${url}/ping`, method: 'GET' })).status
}

const connectionHeaders = (text: string): readonly (string | undefined)[] =>
  [...text.matchAll(/HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*?connection: (\S+)\r$/gim)].map(([, value]) => value)

/** Who is already on the way is still taken. */
const refuses = (url: string): Promise<void> =>
  eventually(() =>
    connectTo(url).then(
      (socket) => {
        socket.destroy()
        return 'accepted'
      },
      (error: unknown) => String(error),
    ),
  ).toContain('ECONNREFUSED')
