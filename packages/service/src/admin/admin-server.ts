import { once } from 'node:events'
import { createServer } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Logger } from '../log.ts'
import { ADMIN_ROLES, type AdminIdentity, type AdminRole, type Authenticate } from './admin-tokens.ts'

/** Commands are small JSON objects. */
const BODY_LIMIT = '64kb'
const REQUEST_TIMEOUT_MS = 10_000

export interface AdminCall {
  readonly who: AdminIdentity
  readonly body: unknown
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The least role that may call it, in the order viewer, operator, approver. */
  readonly role: AdminRole
  readonly handle: (call: AdminCall) => Promise<{ readonly status?: number; readonly body: object }>
}

export interface AdminServerOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly authenticate: Authenticate
  readonly routes: readonly AdminRoute[]
  readonly log: Logger
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
    method(route.path, async (ctx: Koa.Context) => {
      const who = o.authenticate(ctx.get('authorization'))
      if (who === undefined || ADMIN_ROLES.indexOf(who.role) < ADMIN_ROLES.indexOf(route.role)) {
        ctx.status = who === undefined ? 401 : 403
        ctx.body = {
          error:
            who === undefined
              ? 'expected the header Authorization: Bearer <token>'
              : `the role ${route.role} is needed`,
        }
        o.log.warn({ path: route.path, who: who?.name ?? 'nobody' }, 'admin call refused')
        return
      }
      const { status, body } = await route.handle({ who, body: ctx.request.body })
      ctx.status = status ?? 200
      ctx.body = body
      o.log.info({ path: route.path, method: route.method, who: who.name, status: ctx.status }, 'admin call')
    })
  }
  const app = new Koa()
  app.silent = true
  app.on('error', (err: unknown) => {
    o.log.error({ err }, 'admin listener')
  })
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: BODY_LIMIT }))
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
