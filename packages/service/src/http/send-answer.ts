import type Koa from 'koa'
import type { HttpLimits } from './http-limits.ts'
import type { WireAnswer } from './wire-answers.ts'

/** Hands an answer to Koa; silence takes the connection away from it without a byte. */
export function sendAnswer(ctx: Koa.Context, answer: WireAnswer): void {
  switch (answer.form) {
    case 'silence':
      ctx.respond = false
      ctx.req.socket.destroy()
      return
    case 'text':
      ctx.status = answer.status
      ctx.set('Content-Type', answer.type)
      ctx.set('Cache-Control', 'no-store')
      if (answer.close) ctx.set('Connection', 'close')
      ctx.body = answer.text
      return
    default:
      throw new Error(`unknown form ${String(answer satisfies never)}`)
  }
}

/**
 * Koa middleware around all others. An answer to a request whose body was not read to its end closes the connection: nobody reads
 * the rest. It is sent at once; what the sender still has under way is thrown away for a moment, because closing on it would
 * reset the connection and take the answer along.
 */
export function closeUnreadBodies(limits: HttpLimits): Koa.Middleware {
  return async (ctx, next) => {
    await next()
    if (ctx.respond === false || ctx.req.complete || !ctx.writable) return
    ctx.respond = false
    const body = textOf(ctx.body)
    ctx.set('Connection', 'close')
    ctx.length = Buffer.byteLength(body)
    ctx.res.write(body)
    endAfterRest(ctx, limits)
  }
}

function textOf(body: unknown): string {
  if (body === undefined || body === null) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function endAfterRest({ req, res }: Koa.Context, limits: HttpLimits): void {
  let discardedBytes = 0
  const end = (): void => {
    clearTimeout(timer)
    req.off('data', discard)
    res.end()
  }
  const discard = (chunk: Buffer): void => {
    discardedBytes += chunk.length
    if (discardedBytes > limits.lingerBytesMax) end()
  }
  const timer = setTimeout(end, limits.lingerMs)
  req.on('data', discard)
  req.once('end', end)
  req.once('close', end)
  req.resume()
}
