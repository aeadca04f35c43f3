import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pid } from 'node:process'
import Router from '@koa/router'
import Koa from 'koa'
import type { Database, ListenAddress, Logger, MigrationSet } from '@callback-quorum/service'
import { addApiRoutes, type ApiTokens } from './api-routes.ts'
import { isForUs } from './own-origin.ts'
import { addPageRoutes } from './page-routes.ts'
import { createWithdrawalStore } from './withdrawal-store.ts'

export const BUSINESS_SYSTEM_MIGRATIONS: MigrationSet = {
  name: 'business-system',
  directory: new URL('../../migrations/', import.meta.url),
}

/** Forms and look-ups are small, and everybody is on this machine. */
const REQUEST_TIMEOUT_MS = 10_000

export interface BusinessSystemOptions {
  readonly listen: ListenAddress
  readonly tokens: ApiTokens
  readonly database: Database
  readonly log: Logger
}

export interface OpenBusinessSystem {
  readonly url: string
  close(): Promise<void>
}

/** The payout system of the demonstration: a page for people, an API for machines, `/readyz` for whoever started it. */
export async function openBusinessSystem(o: BusinessSystemOptions): Promise<OpenBusinessSystem> {
  const store = createWithdrawalStore(o.database)
  const router = new Router()
  router.get('/readyz', (ctx) => answerReady(ctx, o.database))
  addPageRoutes(router, store)
  addApiRoutes(router, store, o.tokens)
  const app = new Koa()
  app.silent = true
  app.use((ctx, next) => guard(ctx, next, o.log))
  app.use(router.routes())
  const handle = app.callback()
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (req, res) => void handle(req, res),
  )
  server.listen(o.listen.port, o.listen.host)
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}/`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Nothing runs in the page, nothing is loaded from elsewhere, no other site may frame it or send it forms. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // Not no-referrer: browsers would then send their own forms from the origin null.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

async function guard(ctx: Koa.Context, next: Koa.Next, log: Logger): Promise<void> {
  ctx.set(HEADERS)
  if (!isForUs(ctx)) {
    ctx.status = 421
    ctx.body = 'expected a Host of this machine\n'
    return
  }
  try {
    await next()
  } catch (err) {
    log.error({ err, method: ctx.method }, 'request failed')
    ctx.status = 500
    ctx.body = 'it failed; the log of the business system says why\n'
  }
}

async function answerReady(ctx: Koa.Context, database: Database): Promise<void> {
  // Whoever started this process can tell that it is the one that answers.
  ctx.set('X-Process-Id', String(pid))
  const reasons = await database.ping().then(
    () => [],
    () => ['the database does not answer'],
  )
  ctx.status = reasons.length === 0 ? 200 : 503
  ctx.body = { ready: reasons.length === 0, reasons }
}
