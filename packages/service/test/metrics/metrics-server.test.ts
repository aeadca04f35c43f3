import { connect } from 'node:net'
import { once } from 'node:events'
import { Counter } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import {
  createMetricsRegistry,
  type MetricsServer,
  type Readiness,
  startMetricsServer,
} from '../../src/metrics/index.ts'

const servers: MetricsServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const READY: Readiness = { ready: true, reasons: [] }

async function start(isReady: () => Promise<Readiness> = () => Promise.resolve(READY), host = '127.0.0.1') {
  const lines: string[] = []
  const log = createLogger({
    name: 'test',
    level: 'info',
    format: 'json',
    destination: { write: (line) => void lines.push(line) },
  })
  const registry = createMetricsRegistry('limits')
  const server = await startMetricsServer({ listen: { host, port: 0 }, registry, isReady, log })
  servers.push(server)
  return { server, registry, lines, get: (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init) }
}

describe('/metrics', () => {
  test('serves the registry in the text of Prometheus, labelled with the service', async () => {
    const { registry, get } = await start()
    new Counter({ name: 'callback_quorum_things_total', help: 'Things.', registers: [registry] }).inc(3)
    const response = await get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    expect(text).toContain('callback_quorum_things_total{service="limits"} 3')
    expect(text).toMatch(/^callback_quorum_process_cpu_seconds_total\{service="limits"\} /m)
  })

  test('has no series without the prefix of the project', async () => {
    const names = (await (await start()).get('/metrics').then((response) => response.text()))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !name.startsWith('callback_quorum_'))).toEqual([])
  })

  test('that cannot be collected is a 500 without details', async () => {
    const { registry, get, lines } = await start()
    new Counter({
      name: 'callback_quorum_broken_total',
      help: 'Broken.',
      registers: [registry],
      collect: () => {
        throw new Error('inner detail')
      },
    })
    const response = await get('/metrics')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('inner detail')
    expect(lines.join('')).toContain('inner detail')
  })

  test('of two services in one process are apart', async () => {
    const registry = createMetricsRegistry('a')
    new Counter({ name: 'callback_quorum_only_here_total', help: 'x', registers: [registry] })
    expect(await createMetricsRegistry('b').metrics()).not.toContain('only_here')
  })
})

test('/healthz is 200, also when the service is not ready', async () => {
  const { get } = await start(() => Promise.resolve({ ready: false, reasons: ['database'] }))
  const response = await get('/healthz')
  expect([response.status, await response.json()]).toEqual([200, { alive: true }])
})

describe('/readyz', () => {
  test('is 200 when ready', async () => {
    const response = await (await start()).get('/readyz')
    expect([response.status, await response.json()]).toEqual([200, { ready: true, reasons: [] }])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('is 503 with the reasons when not', async () => {
    const { get } = await start(() => Promise.resolve({ ready: false, reasons: ['database', 'stale list'] }))
    const response = await get('/readyz')
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, reasons: ['database', 'stale list'] },
    ])
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('inner detail'))],
    [
      'throws',
      () => {
        throw new Error('inner detail')
      },
    ],
  ])('is 503 when the question itself %s, without telling why to strangers', async (_, isReady) => {
    const { get, lines } = await start(isReady)
    const response = await get('/readyz')
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, reasons: ['readiness could not be determined'] },
    ])
    expect(lines.join('')).toContain('inner detail')
  })
})

test.each(['/', '/metrics/', '/METRICS', '/metricsx', '//metrics', '/constructor', '/__proto__', '/healthz/../x'])(
  '%s is 404',
  async (path) => {
    const { server } = await start()
    const { hostname, port } = new URL(server.url)
    // A socket, because fetch would rewrite the path.
    const socket = connect(Number(port), hostname)
    socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString()).toMatch(/^HTTP\/1\.1 404 /)
  },
)

test.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s is 405', async (method) => {
  const response = await (await start()).get('/metrics', { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('GET')
})

test('a query is no part of the path', async () => {
  expect((await (await start()).get('/healthz?verbose')).status).toBe(200)
})

test('a port that is taken is an error and not a server', async () => {
  const { server } = await start()
  const port = Number(new URL(server.url).port)
  const registry = createMetricsRegistry('x')
  const log = createLogger({ name: 'x', level: 'silent' })
  const second = startMetricsServer({
    listen: { host: '127.0.0.1', port },
    registry,
    isReady: () => Promise.resolve(READY),
    log,
  })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('closing ends connections that are kept alive and frees the port', async () => {
  const { server, get } = await start()
  await (await get('/healthz')).text()
  servers.length = 0
  await server.close()
  await expect(get('/healthz')).rejects.toThrow('fetch failed')
})
