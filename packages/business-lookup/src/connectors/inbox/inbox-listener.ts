import {
  closeUnreadBodies,
  createHttpServer,
  readTlsFiles,
  type HttpLimits,
  type HttpServer,
} from '@callback-quorum/service'
import Router from '@koa/router'
import Koa from 'koa'
import { sendInboxAnswer, sendInboxFailure } from './inbox-answer.ts'
import type { Producer } from './inbox-producers.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import { INBOX_ROUTES, type InboxRoute } from './inbox-routes.ts'
import type { Receiver } from './receive-pushes.ts'

export interface ListenerOptions extends Receiver {
  readonly directory: string
  readonly findProducer: (authorization: string | undefined) => Producer | undefined
  readonly limits: HttpLimits
}

/** The listener of the producers: a known bearer token first, then a body, then an answer that stands after a restart. Rejects when it cannot listen. */
export async function startInboxListener(o: ListenerOptions): Promise<HttpServer> {
  const { listen, tls } = o.config
  const router = new Router({ sensitive: true, strict: true })
  for (const route of INBOX_ROUTES) router.register(route.path, [route.method], createCall(route, o))
  const app = new Koa()
  app.silent = true
  app.on('error', (err: unknown) => {
    o.log.warn({ err }, 'inbox listener')
  })
  app.use(closeUnreadBodies(o.limits))
  app.use(router.routes())
  app.use(answerUnrouted)
  const handle = app.callback()
  return createHttpServer({
    listen,
    ...(tls === undefined ? {} : { tls: await readTlsFiles(tls, o.directory) }),
    limits: o.limits,
    handler: (req, res) => void handle(req, res),
    onRefused: (reason) => {
      o.log.debug({ reason }, 'a connection to the inbox was closed')
    },
  })
}

function createCall(route: InboxRoute, o: ListenerOptions) {
  return async (ctx: Koa.Context & { readonly params: Readonly<Record<string, string>> }): Promise<void> => {
    try {
      const producer = o.findProducer(ctx.get('authorization'))
      if (producer === undefined)
        throw new InboxRefusal(401, 'authorization: expected the header Authorization: Bearer <token> of a producer', {
          field: 'authorization',
        })
      const reference = ctx.params['reference'] ?? ''
      sendInboxAnswer(ctx, await route.handle({ req: ctx.req, producer, reference, limits: o.limits }, o))
    } catch (error) {
      sendInboxFailure(ctx, error, o.metrics, o.log)
    }
  }
}

/** 404 for a path that is not served, 405 for one that is, but not with this method. */
const answerUnrouted: Koa.Middleware = (ctx) => {
  const matched: readonly { readonly methods: readonly string[] }[] = Array.isArray(ctx['matched'])
    ? ctx['matched']
    : []
  const methods = new Set(matched.flatMap((layer) => layer.methods))
  ctx.status = methods.size === 0 ? 404 : 405
  if (methods.size > 0) ctx.set('Allow', [...methods].join(', '))
  ctx.body = {
    error:
      methods.size === 0
        ? `the path: expected ${[...new Set(INBOX_ROUTES.map(({ path }) => path))].join(' or ')}`
        : `the method: expected ${[...methods].join(' or ')}`,
  }
}
