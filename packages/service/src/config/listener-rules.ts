import type { CommonConfig } from './common-config.ts'
import { isLoopbackHost, type ListenAddress } from './listen-address.ts'
import { type ConfigPath, formatPath, type Problem } from './problem.ts'

interface Listener {
  readonly path: ConfigPath
  readonly listen: ListenAddress
  readonly tls: boolean
  readonly plaintext: boolean
}

/** Who may reach a listener, over what, and that no two of them want the same place. */
export function checkListenerRules(config: CommonConfig): readonly Problem[] {
  const listeners = listenersOf(config)
  return [
    ...listeners.flatMap((listener) => checkTransport(listener, config.profile)),
    ...listeners.flatMap((listener, index) => checkPlace(listener, listeners.slice(0, index))),
    ...config.callback.flatMap((entry, index) => checkUnsignedDialect(entry, ['callback', index])),
  ]
}

function listenersOf(config: CommonConfig): readonly Listener[] {
  const listeners = config.callback.map(({ listen, tls, plaintext }, index) => ({
    path: ['callback', index],
    listen,
    tls: tls !== undefined,
    plaintext: plaintext !== undefined,
  }))
  const others = (['admin', 'metrics'] as const).flatMap((block) => {
    const entry = config[block]
    return entry === undefined
      ? []
      : [{ path: [block], listen: entry.listen, tls: false, plaintext: entry.plaintext !== undefined }]
  })
  return [...listeners, ...others]
}

function checkTransport(
  { path, listen, tls, plaintext }: Listener,
  profile: CommonConfig['profile'],
): readonly Problem[] {
  if (tls && plaintext) {
    return [{ path: [...path, 'plaintext'], problem: 'stands beside tls', expected: 'one of the two' }]
  }
  if (tls || isLoopbackHost(listen.host)) return []
  // Metrics name no transaction and prove nothing to anybody; in production what asks and what commands goes over TLS.
  const mayBePlaintext = profile !== 'production' || path[0] === 'metrics'
  if (plaintext && mayBePlaintext) return []
  const safe = path[0] === 'callback' ? 'tls' : 'a loopback address'
  return [
    {
      path: [...path, 'listen'],
      problem: 'is reachable from beyond this machine without TLS',
      expected: mayBePlaintext ? `${safe}, or plaintext: acknowledged` : `${safe}, in profile production`,
      ...(path[0] === 'callback' ? { example: 'tls: { cert: tls/server.pem, key: tls/server.key }' } : {}),
    },
  ]
}

function checkPlace({ path, listen }: Listener, earlier: readonly Listener[]): readonly Problem[] {
  const taken = earlier.find(
    (other) => listen.port !== 0 && other.listen.port === listen.port && overlap(other.listen, listen),
  )
  if (taken === undefined) return []
  return [
    {
      path: [...path, 'listen'],
      problem: `takes the port of ${formatPath(taken.path)}`,
      expected: 'a port of its own',
    },
  ]
}

function overlap(a: ListenAddress, b: ListenAddress): boolean {
  return a.host === b.host || [a.host, b.host].some((host) => host === '0.0.0.0' || host === '::')
}

/** fireblocks-json has no signature: who sent it is known by the socket alone, so it shares its listener with nothing. */
function checkUnsignedDialect(entry: CommonConfig['callback'][number], path: ConfigPath): readonly Problem[] {
  if (!entry.dialects.includes('fireblocks-json')) return []
  const problems: Problem[] = []
  if (entry.dialects.length > 1) {
    problems.push({
      path: [...path, 'dialects'],
      problem: 'mixes fireblocks-json with others',
      expected: 'it alone on its listener',
    })
  }
  if (entry.allow_from === undefined && entry.tls?.client_ca === undefined) {
    problems.push({
      path: [...path, 'dialects'],
      problem: 'lets anybody ask in fireblocks-json',
      expected: 'allow_from or tls.client_ca',
      example: 'allow_from: [10.0.0.7/32]',
    })
  }
  return problems
}
