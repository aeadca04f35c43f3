import { COBO_CHECK_PATHS, type CoboDialect } from '@callback-quorum/protocol'
import { isLoopbackHost, type CommonConfig, type ConfigFile } from '@callback-quorum/service'

const EVERY_ADDRESS = ['0.0.0.0', '::']

type Listener = CommonConfig['callback'][number]

export interface Address {
  readonly serviceAddress: string
  readonly warnings: readonly string[]
}

export interface AddressOptions {
  /** What the node shall use; of the listener when it is left out. */
  readonly url?: string
  readonly dialect: CoboDialect
  readonly isPlaintextAcknowledged: boolean
}

/** Where the node asks a service, with the path of the dialect. A problem names what to write. */
export function addressOf(
  { value, path }: ConfigFile<CommonConfig>,
  { url, dialect, isPlaintextAcknowledged }: AddressOptions,
): Address | { readonly problem: string } {
  const { service_name: name } = value
  const serving = value.callback.filter(({ dialects }) => dialects.includes(dialect))
  if (serving.length === 0)
    return {
      problem: `${path}: no callback listener serves ${dialect}; expected dialects: [${dialect}] at one of them`,
    }
  const example = `--url ${name}=https://${name}.example.internal:11443`
  const listener = serving.length === 1 ? serving[0] : undefined
  const written = url ?? (listener === undefined ? undefined : urlOf(listener))
  if (written === undefined)
    return {
      problem: `${path}: its listener does not say under which address the node reaches it; expected ${example}`,
    }
  const paths = new Set(serving.map(({ base_path: base = '' }) => `${base}${COBO_CHECK_PATHS[dialect]}`))
  const address = withPath(written, dialect, paths)
  if (address === undefined)
    return {
      problem: `--url ${name}=${written}: is no address of ${dialect}; expected an origin, or the whole address with ${[...paths].join(' or ')}; example ${example}`,
    }
  const isPlain = address.protocol === 'http:'
  if (isPlain && !isLoopbackHost(address.hostname.replace(/^\[|\]$/g, '')) && !isPlaintextAcknowledged)
    return {
      problem: `${address.href}: is plain HTTP beyond loopback; expected https://, or --plaintext acknowledged`,
    }
  if (isPlain && listener?.tls !== undefined)
    return { problem: `${address.href}: is plain HTTP, and the listener of ${path} speaks TLS only; expected https://` }
  return { serviceAddress: address.href, warnings: warningsOf(name, address, serving) }
}

function urlOf({ listen: { host, port }, tls }: Listener): string | undefined {
  if (EVERY_ADDRESS.includes(host) || port === 0) return undefined
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** `paths`: where its listeners serve the dialect. Two of them leave open which one an origin means. */
function withPath(text: string, dialect: CoboDialect, paths: ReadonlySet<string>): URL | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined
  const [path, other] = paths
  if (url.pathname === '/' && path !== undefined && other === undefined) url.pathname = path
  // A proxy may serve it beneath a prefix of its own; then the whole address is given.
  return url.pathname.endsWith(COBO_CHECK_PATHS[dialect]) ? url : undefined
}

function warningsOf(name: string, { protocol }: URL, serving: readonly Listener[]): readonly string[] {
  const asksForCertificate = serving.every(({ tls }) => tls?.client_ca !== undefined)
  const endsBefore = protocol === 'https:' && serving.every(({ tls }) => tls === undefined)
  return [
    ...(asksForCertificate
      ? [
          `${name} demands a client certificate (tls.client_ca), and no documented setting lets a node show one: put a proxy that does beside the node, or give the node a listener without client_ca.`,
        ]
      : []),
    ...(endsBefore ? [`${name} speaks plain HTTP itself: TLS has to end in front of it, on the same machine.`] : []),
  ]
}
