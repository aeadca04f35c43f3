import { once } from 'node:events'
import { createServer } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Logger } from '../log.ts'
import { AdminFault } from './admin-fault.ts'
import type { AdminMetrics } from './admin-metrics.ts'
import { ADMIN_ROLES, type AdminIdentity, type AdminRole, type Authenticate } from './admin-tokens.ts'

/** Commands are small JSON objects. */
const BODY_LIMIT = '64kb'
const REQUEST_TIMEOUT_MS = 10_000

export interface AdminCall {
  readonly who: AdminIdentity
  readonly body: unknown
  /** What stands in the path where the route says `:name`. */
  readonly params: Readonly<Record<string, string>>
  /** Each name once: a repeated one was refused. */
  readonly query: Readonly<Record<string, string>>
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST'
  /** `/v1/proposals/:id/approve`: each `:name` is one part of the path. */
  readonly path: string
  /** The least role that may call it, in the order viewer, operator, approver. */
  readonly role: AdminRole
  /** An AdminFault becomes its status with `{ error }`; any other throw a 500 without details. Status 200 unless it says otherwise. */
  readonly handle: (call: AdminCall) => Promise<{ readonly status?: number; readonly body: object }>
}

export interface AdminServerOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly authenticate: Authenticate
  readonly routes: readonly AdminRoute[]
  readonly log: Logger
  readonly metrics?: AdminMetrics
}

export interface AdminServer {
  readonly url: string
  close(): Promise<void>
}

/** The admin listener: every call needs a bearer token of a sufficient role, and every call is logged with who made it. */
export async function startAdminServer(o: AdminServerOptions): Promise<AdminServer> {
  const router = new Router()
  for (const route of o.routes) {
    const method = route.method === 'GET' ? router.get.bind(router) : router.post.bind(router)
    method(route.path, createCall(route, o))
  }
  const app = new Koa()
  app.silent = true
  app.on('error', (err: unknown) => {
    o.log.error({ err }, 'admin listener')
  })
  app.use(async (ctx, next) => {
    await next()
    o.metrics?.answered(o.authenticate(ctx.get('authorization'))?.role, ctx.status)
  })
  app.use(router.routes())
  const answer = app.callback()
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (req, res) => void answer(req, res),
  )
  server.listen(o.listen.port, o.listen.host)
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(address) ? `[${address}]` : address}:${port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function createCall(route: AdminRoute, o: AdminServerOptions) {
  return async (ctx: Koa.Context & { readonly params: Readonly<Record<string, string>> }): Promise<void> => {
    const { path, method } = route
    const who = o.authenticate(ctx.get('authorization'))
    if (who === undefined || ADMIN_ROLES.indexOf(who.role) < ADMIN_ROLES.indexOf(route.role)) {
      ctx.status = who === undefined ? 401 : 403
      ctx.body = {
        error:
          who === undefined ? 'expected the header Authorization: Bearer <token>' : `the role ${route.role} is needed`,
      }
      o.log.warn({ path, who: who?.name ?? 'nobody' }, 'admin call refused')
      return
    }
    try {
      const query = readQuery(ctx.query)
      const { status, body } = await route.handle({ who, body: await readJson(ctx), params: ctx.params, query })
      ctx.status = status ?? 200
      ctx.body = body
    } catch (err) {
      if (!(err instanceof AdminFault)) o.log.error({ err, path, method, who: who.name }, 'admin call failed')
      ctx.status = err instanceof AdminFault ? err.status : 500
      ctx.body = { error: err instanceof AdminFault ? err.message : 'it failed; the log of the service says why' }
    }
    o.log.info({ path, method, who: who.name, status: ctx.status }, 'admin call')
  }
}

const parseJson = bodyParser({ enableTypes: ['json'], jsonLimit: BODY_LIMIT })

/** Read only now: what nobody may send is not read. Without a body, an object without members. */
async function readJson(ctx: Koa.Context): Promise<unknown> {
  try {
    await parseJson(ctx, () => Promise.resolve())
  } catch {
    throw new AdminFault(400, `the body is not a JSON object of at most ${BODY_LIMIT}`)
  }
  return ctx.request.body
}

function readQuery(query: Koa.Context['query']): Readonly<Record<string, string>> {
  const once: [name: string, value: string][] = []
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw new AdminFault(400, `the query names ${name} more than once`)
    once.push([name, value])
  }
  return Object.fromEntries(once)
}
