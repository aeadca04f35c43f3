import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { pid } from 'node:process'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import type { Logger } from '../log.ts'

export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
}

export interface MetricsServerOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly registry: Registry
  readonly isReady: () => Promise<Readiness>
  readonly log: Logger
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/** A probe sends a request line and a few headers; whoever takes longer is not a probe. */
const REQUEST_TIMEOUT_MS = 5_000

type Page = (ctx: Koa.Context, o: MetricsServerOptions) => Promise<void>

const PAGES: Readonly<Record<string, Page>> = {
  '/metrics': answerMetrics,
  '/healthz': answerAlive,
  '/readyz': answerReady,
}

/**
 * Serves GET /metrics (Prometheus text), /healthz (200 while the process turns its event loop) and /readyz (200, or 503 with
 * the reasons). It reads no bodies and shows nothing that is not in the registry or in the reasons.
 */
export async function startMetricsServer(o: MetricsServerOptions): Promise<MetricsServer> {
  const app = new Koa()
  app.silent = true
  app.on('error', (err: unknown) => {
    o.log.error({ err }, 'metrics listener')
  })
  app.use((ctx) => answer(ctx, o))
  const handle = app.callback()
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (req, res) => {
      void handle(req, res)
    },
  )
  server.listen(o.listen.port, o.listen.host)
  await once(server, 'listening')
  return { url: urlOf(server), close: () => close(server) }
}

async function answer(ctx: Koa.Context, o: MetricsServerOptions): Promise<void> {
  const page = Object.hasOwn(PAGES, ctx.path) ? PAGES[ctx.path] : undefined
  ctx.body = ''
  ctx.set('Cache-Control', 'no-store')
  if (page === undefined) ctx.status = 404
  else if (ctx.method === 'GET') await page(ctx, o)
  else {
    ctx.status = 405
    ctx.set('Allow', 'GET')
  }
}

async function answerMetrics(ctx: Koa.Context, o: MetricsServerOptions): Promise<void> {
  const text = await o.registry.metrics()
  ctx.set('Content-Type', o.registry.contentType)
  ctx.body = text
}

function answerAlive(ctx: Koa.Context): Promise<void> {
  ctx.body = { alive: true }
  return Promise.resolve()
}

async function answerReady(ctx: Koa.Context, o: MetricsServerOptions): Promise<void> {
  const { ready, reasons } = await readinessOf(o)
  // A port may have been taken by somebody else meanwhile: whoever started this process can tell that it is the one that answers.
  ctx.set('X-Process-Id', String(pid))
  ctx.status = ready ? 200 : 503
  ctx.body = { ready, reasons }
}

async function readinessOf(o: MetricsServerOptions): Promise<Readiness> {
  try {
    return await o.isReady()
  } catch (err) {
    o.log.error({ err }, 'readiness could not be determined')
    return { ready: false, reasons: ['readiness could not be determined'] }
  }
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
