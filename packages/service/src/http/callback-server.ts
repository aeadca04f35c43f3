import type { RequestListener } from 'node:http'
import type { SigningIdentity, VerificationKey } from '@callback-quorum/protocol'
import Router from '@koa/router'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { CommonConfig } from '../config/index.ts'
import type { Caller } from '../keys/index.ts'
import type { Logger } from '../log.ts'
import type { Certificates } from '../metrics/index.ts'
import { createBodyAdmission, type BodyAdmission } from './admit-body.ts'
import { createAllowList } from './allow-list.ts'
import type { Answer, DeferralForm, VerifiedCallback } from './answer.ts'
import { callbackRoutes } from './callback-routes.ts'
import { openCallbackTls } from './callback-tls.ts'
import { createCheckPath, type CheckPathContext } from './check-path.ts'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'
import { createHttpMetrics } from './metrics.ts'
import { beginAtZero } from './metrics-at-zero.ts'
import { closeUnreadBodies } from './send-answer.ts'
import { createSharedAnswers } from './shared-answers.ts'
import { createSigningPool, type SigningPool } from './signing-pool.ts'
import { createSignFireblocksReply, createSignReply } from './sign-reply.ts'
import { createStrangerLog } from './stranger-log.ts'
import { within } from './within.ts'

export interface CallbackServerOptions {
  readonly listeners: CommonConfig['callback']
  /** What the TLS paths of the listeners are relative to. */
  readonly directory: string
  readonly serviceName: string
  readonly identity: SigningIdentity
  readonly callers: readonly Caller[]
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  /** Where the expiry of what the listeners serve is kept. */
  readonly certificates?: Certificates
  /** A throw, or no answer in time, means not ready. */
  readonly isReady: () => Promise<boolean>
  /**
   * Decides a verified question; the only way to an APPROVE. Called for malformed ones too, so that they are recorded. It runs to
   * its end even when the caller has gone. A throw, or no answer in time, leaves the server as `onFault`.
   */
  readonly decide: (callback: VerifiedCallback) => Promise<Answer>
  /**
   * More paths on every listener. A POST finds its body in `ctx.request.body`, read within the same limits: an object for a form,
   * a string for text/plain and application/jwt.
   */
  readonly routes?: (router: Router) => void
  /** Checkers: the keys of the gateway that wraps bare JSON. Taken on the paths of `fireblocks-jwt`, for callers of `fireblocks-json`. */
  readonly wrapKeys?: readonly VerificationKey[]
  readonly limits?: Partial<HttpLimits>
  /** Default: `status_30`. */
  readonly onFault?: DeferralForm
  /** Default: a pool of this process's own. */
  readonly signing?: SigningPool
}

export interface CallbackServer {
  /** One per listener, in order: origin and base path without a slash at the end. */
  readonly urls: readonly string[]
  /** Accepts nothing more and finishes what is in flight, for at most `graceMs` milliseconds; decisions included. */
  stop(graceMs: number): Promise<void>
}

/** Opens every listener, or none: rejects when one of them cannot be opened. */
export async function startCallbackServer(o: CallbackServerOptions): Promise<CallbackServer> {
  const deciding = new Set<Promise<Answer>>()
  const context = createContext(o, deciding)
  const started: HttpServer[] = []
  const watches: (() => void)[] = []
  const { metrics, limits } = context
  const stopAll = async (graceMs: number): Promise<void> => {
    const deadlineMs = performance.now() + graceMs
    for (const stop of watches) stop()
    await Promise.all(started.map((server) => server.stop(graceMs)))
    await within(Math.max(0, deadlineMs - performance.now()), Promise.allSettled(deciding))
  }
  try {
    for (const listener of o.listeners) {
      const secure = await openCallbackTls(listener, { ...o, metrics, limits })
      const server = await createHttpServer({
        listen: listener.listen,
        ...(secure === undefined ? {} : { tls: secure.tls }),
        ...(listener.allow_from === undefined ? {} : { isAllowed: createAllowList(listener.allow_from) }),
        limits,
        handler: createHandler(listener, context, o),
        onRefused: (reason) => {
          metrics.refusedConnections.inc({ reason })
        },
      })
      started.push(server)
      if (secure !== undefined) watches.push(secure.follow(server))
    }
  } catch (err) {
    await stopAll(0)
    throw err
  }
  let stopped: Promise<void> | undefined
  return {
    urls: started.map(({ origin }, index) => `${origin}${prefixOf(o.listeners[index])}`),
    stop: (graceMs) => (stopped ??= stopAll(graceMs)),
  }
}

function createContext(o: CallbackServerOptions, deciding: Set<Promise<Answer>>): CheckPathContext {
  const { clock, log } = o
  const limits: HttpLimits = { ...HTTP_LIMITS, ...o.limits }
  const metrics = createHttpMetrics(o.registry)
  beginAtZero(metrics, o.listeners, o.callers)
  const pool = o.signing ?? createSigningPool({ metrics: metrics.signing })
  const signing = { identity: o.identity, clock, pool, limits }
  const sign = createSignReply(signing)
  return {
    clock,
    limits,
    log,
    metrics,
    sign,
    signFireblocks: createSignFireblocksReply(signing),
    warnOfStranger: createStrangerLog(clock, log, limits.sharedAnswerMs),
    ...(o.wrapKeys === undefined ? {} : { wrapKeys: o.wrapKeys }),
    isReady: o.isReady,
    decide: (callback) => tracked(deciding, o.decide(callback)),
    onFault: o.onFault ?? 'status_30',
    shared: createSharedAnswers(sign, clock, log, limits.sharedAnswerMs),
    admission: createBodyAdmission(limits, metrics),
  }
}

type Listener = CommonConfig['callback'][number]

function createHandler(listener: Listener, context: CheckPathContext, o: CallbackServerOptions): RequestListener {
  const app = new Koa()
  app.on('error', (err: unknown, ctx?: Koa.Context) => {
    // A client that hangs up is no error of ours.
    o.log[ctx?.req.socket.destroyed === true ? 'debug' : 'error']({ err }, 'callback listener')
  })
  const router = new Router({ prefix: prefixOf(listener), sensitive: true, strict: true })
  for (const { path, route } of callbackRoutes(listener, o.callers)) router.post(path, createCheckPath(route, context))
  router.get('/ping', (ctx) => {
    ctx.body = { server: o.serviceName, timestamp: o.clock.nowMs() }
  })
  if (o.routes !== undefined) {
    router.use(admitOtherBodies(context.admission))
    o.routes(router)
  }
  app.use(closeUnreadBodies(context.limits))
  if (listener.dialects.some((dialect) => dialect.startsWith('fireblocks-'))) app.use(collapseSlashes)
  app.use(router.routes())
  app.use(answerUnrouted)
  const handle = app.callback()
  return (req, res) => {
    void handle(req, res)
  }
}

/** Bodies of the other paths are held to the same limits; what cannot be read ends here with a plain status. */
function admitOtherBodies(bodies: BodyAdmission): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'POST') {
      await next()
      return
    }
    const { admission, release } = await bodies.admit(ctx, 'any')
    try {
      if (admission.result === 'read') {
        await next()
        return
      }
      // Set, not thrown: Koa's error answer would leave the connection open for the rest of the body.
      ctx.status = admission.result === 'turned_away' ? 503 : 400
      ctx.body = ''
    } finally {
      release()
    }
  }
}

/** A Co-signer appends to whatever URL it was given, with a slash at its end or without. */
const collapseSlashes: Koa.Middleware = (ctx, next) => {
  ctx.path = ctx.path.replace(/\/{2,}/g, '/')
  return next()
}

/** 404 for a path that is not served, 405 for one that is, but not with this method. */
const answerUnrouted: Koa.Middleware = (ctx) => {
  const matched: readonly { readonly methods: readonly string[] }[] = Array.isArray(ctx['matched'])
    ? ctx['matched']
    : []
  const methods = new Set(matched.flatMap((layer) => layer.methods))
  ctx.status = methods.size === 0 ? 404 : 405
  if (methods.size > 0) ctx.set('Allow', [...methods].join(', '))
  ctx.body = ''
}

async function tracked<T>(running: Set<Promise<T>>, work: Promise<T>): Promise<T> {
  running.add(work)
  try {
    return await work
  } finally {
    running.delete(work)
  }
}

/** `/` and nothing are the same base path. */
function prefixOf(listener: Listener | undefined): string {
  return (listener?.base_path ?? '').replace(/\/$/, '')
}
