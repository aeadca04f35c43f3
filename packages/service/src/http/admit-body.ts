import bodyParser from 'koa-bodyparser'
import type Koa from 'koa'
import type { HttpLimits } from './http-limits.ts'
import type { HttpMetrics } from './metrics.ts'
import type { BodyCause } from './outcome.ts'
import { readBytes } from './read-bytes.ts'
import { within } from './within.ts'

/** What became of a request body. `turned_away`: too many strangers at once. `gone`: the sender left. */
export type Admission =
  | { readonly result: 'read'; readonly body: unknown }
  | { readonly result: 'refused'; readonly cause: BodyCause }
  | { readonly result: 'turned_away' }
  | { readonly result: 'gone' }

/**
 * `form` reads urlencoded forms only; `any` reads text/plain and application/jwt too, as one string; `bytes` reads whatever comes, as a
 * Uint8Array and without a look at its type.
 */
type BodyTypes = 'form' | 'any' | 'bytes'

export interface BodyAdmission {
  /** Reads the body of `ctx` within all limits; never throws. `release` gives the place back; asking twice is safe. */
  admit(ctx: Koa.Context, types: BodyTypes): Promise<{ readonly admission: Admission; readonly release: () => void }>
}

/** One for all listeners of a process: what strangers may occupy is counted together. */
export function createBodyAdmission(limits: HttpLimits, metrics: HttpMetrics): BodyAdmission {
  const readers: Readonly<Record<BodyTypes, BodyReader>> = {
    form: parsedBy(createParser(limits, ['form'])),
    any: parsedBy(createParser(limits, ['form', 'text'])),
    bytes: (ctx, signal) => readWhole(ctx, limits.bodyBytesMax, signal),
  }
  const held = new Set<Koa.Context>()
  const release = (ctx: Koa.Context): void => {
    held.delete(ctx)
    metrics.unverifiedBodies.set(held.size)
  }
  return {
    async admit(ctx, types) {
      if (held.size >= limits.unverifiedBodiesMax) {
        metrics.turnedAway.inc()
        return { admission: { result: 'turned_away' }, release: () => undefined }
      }
      held.add(ctx)
      metrics.unverifiedBodies.set(held.size)
      const admission = await readBody(ctx, readers[types], types, limits)
      return {
        admission,
        release: () => {
          release(ctx)
        },
      }
    },
  }
}

type BodyReader = (ctx: Koa.Context, signal: AbortSignal) => Promise<Admission>

async function readBody(ctx: Koa.Context, read: BodyReader, types: BodyTypes, limits: HttpLimits): Promise<Admission> {
  // Inflating would let a small body become a large one, and nobody documents a compressing caller.
  const encoding = ctx.get('Content-Encoding')
  if (encoding !== '' && encoding !== 'identity') return { result: 'refused', cause: 'body_encoding' }
  if (types === 'form' && ctx.is('urlencoded') === false) return { result: 'refused', cause: 'body_type' }
  const late = new AbortController()
  const admission = await within(limits.bodyReadMs, read(ctx, late.signal))
  if (admission !== 'late') return admission
  late.abort()
  return { result: 'refused', cause: 'body_too_slow' }
}

function parsedBy(parse: Koa.Middleware): BodyReader {
  return async (ctx) => {
    try {
      await parse(ctx, () => Promise.resolve())
      return { result: 'read', body: ctx.request.body }
    } catch (err) {
      return ctx.req.socket.destroyed ? { result: 'gone' } : { result: 'refused', cause: causeOf(err) }
    }
  }
}

async function readWhole(ctx: Koa.Context, bytesMax: number, signal: AbortSignal): Promise<Admission> {
  const read = await readBytes(ctx.req, bytesMax, signal)
  if (read === 'gone') return { result: 'gone' }
  return read === 'too_large' ? { result: 'refused', cause: 'body_too_large' } : { result: 'read', body: read }
}

/** raw-body names an overrun by type; everything else that it or qs throws is a form that cannot be read. */
function causeOf(err: unknown): BodyCause {
  const type = err instanceof Error && 'type' in err ? err.type : undefined
  return type === 'entity.too.large' ? 'body_too_large' : 'form_invalid'
}

function createParser(limits: HttpLimits, enableTypes: string[]): Koa.Middleware {
  const bytesMax = String(limits.bodyBytesMax)
  const options: bodyParser.Options & { queryString: object } = {
    enableTypes,
    extendTypes: { text: ['application/jwt'] },
    formLimit: bytesMax,
    textLimit: bytesMax,
    // Read by co-body for qs. Field names are taken as they stand, and a form that exceeds the parser's limit is an error
    // instead of being cut off: a second token must never go unseen.
    queryString: {
      allowDots: false,
      depth: 0,
      parseArrays: false,
      plainObjects: true,
      parameterLimit: limits.formFieldsMax,
      throwOnLimitExceeded: true,
    },
  }
  return bodyParser(options)
}
