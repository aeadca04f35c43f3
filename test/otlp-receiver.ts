import { once } from 'node:events'
import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** One span as a collector was told it (OTLP, opentelemetry/proto/trace/v1/trace.proto in its JSON mapping). */
export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly kind: number
  readonly startNs: bigint
  readonly endNs: bigint
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

/** `silent`: takes the body and never answers. A number: that status. */
type Behaviour = 'take' | 'silent' | number

export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  readonly headers: readonly IncomingMessage['headers'][]
  behave(how: Behaviour): void
  /** Closes the connections that wait for their next request, without a word before. */
  hangUp(): void
  close(): Promise<void>
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

interface WireSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number }
  readonly attributes: readonly Attribute[]
}

interface Attribute {
  readonly key: string
  readonly value: Value
}

interface Value {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values?: readonly Value[] }
}

const ERROR = 2

/** A collector that understands OTLP/HTTP with JSON at /v1/traces, and nothing else. */
export async function startOtlpReceiver(
  tls?: { readonly cert: string | Buffer; readonly key: string | Buffer },
  port = 0,
): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const headers: IncomingMessage['headers'][] = []
  let behaviour: Behaviour = 'take'
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = (await json(req)) as Body
    headers.push(req.headers)
    if (behaviour === 'silent') return
    const isTraces =
      req.method === 'POST' && req.url === '/v1/traces' && req.headers['content-type'] === 'application/json'
    const status = behaviour === 'take' ? (isTraces ? 200 : 400) : behaviour
    if (status === 200) spans.push(...spansOf(body))
    res.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }
  const listener: RequestListener = (req, res) => void handle(req, res).catch(() => req.socket.destroy())
  const server = tls === undefined ? createHttp(listener) : createHttps(tls, listener)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${taken}/v1/traces`,
    spans,
    headers,
    behave(how) {
      behaviour = how
    },
    hangUp() {
      server.closeIdleConnections()
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function spansOf({ resourceSpans }: Body): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(service, span)))
  })
}

const spanOf = (service: string, span: WireSpan): ReceivedSpan => ({
  service,
  name: span.name,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? '',
  kind: span.kind,
  startNs: BigInt(span.startTimeUnixNano),
  endNs: BigInt(span.endTimeUnixNano),
  isError: span.status.code === ERROR,
  attributes: valuesOf(span.attributes),
})

const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))

function valueOf({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Value): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(valueOf)
  return stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue))
}
