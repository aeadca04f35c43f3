import { isIP } from 'node:net'
import { bareHost, isLoopbackHost, type CommonConfig, type ConfigPath, type Problem } from '@callback-quorum/service'
import { createAllowedAddresses, isLoopbackRange, isNeverRange } from './allowed-addresses.ts'
import type { HttpConnectorConfig } from './http-config.ts'
import { parseUrlTemplate } from './url-template.ts'

/** One server that the connector asks, as the configuration says it. */
interface AskedServer {
  readonly path: ConfigPath
  readonly url: URL | undefined
  readonly ranges: readonly string[]
  readonly rangesPath: ConfigPath
}

/** The rules over several members of `connector` of kind http. Empty when they agree. */
export function checkHttpConnector(config: HttpConnectorConfig, profile: CommonConfig['profile']): readonly Problem[] {
  const isPlaintext = config.plaintext !== undefined
  return [
    ...serversOf(config).flatMap((server) => [...checkTransport(server, isPlaintext, profile), ...checkRanges(server)]),
    ...checkTls(config),
    ...(config.connect_timeout > config.timeout
      ? [
          {
            path: ['connector', 'connect_timeout'],
            problem: 'is longer than the whole look-up',
            expected: 'at most connector.timeout',
          },
        ]
      : []),
  ]
}

function serversOf({ url, allow_addresses: ranges, auth }: HttpConnectorConfig): readonly AskedServer[] {
  const rangesPath = ['connector', 'allow_addresses']
  const business = { path: ['connector', 'url'], url: parseUrlTemplate(url)?.origin, ranges, rangesPath }
  if (auth.kind !== 'oauth2') return [business]
  return [
    business,
    {
      path: ['connector', 'auth', 'token_url'],
      url: new URL(auth.token_url),
      ranges: auth.allow_addresses ?? ranges,
      rangesPath: auth.allow_addresses === undefined ? rangesPath : ['connector', 'auth', 'allow_addresses'],
    },
  ]
}

/** Over plain HTTP anybody on the way could approve a payment: it stays on this machine, and out of production. */
function checkTransport(
  { path, url, ranges, rangesPath }: AskedServer,
  isPlaintext: boolean,
  profile: CommonConfig['profile'],
): readonly Problem[] {
  if (url?.protocol !== 'http:') return []
  const isAllowed = isPlaintext && profile === 'development' && isLoopbackHost(bareHost(url.hostname))
  if (!isAllowed)
    return [
      {
        path,
        problem: 'is not https',
        expected: 'https; or http on a loopback host, with plaintext: acknowledged, in profile development',
      },
    ]
  return ranges.every(isLoopbackRange)
    ? []
    : [
        {
          path: rangesPath,
          problem: 'leaves this machine without TLS',
          expected: 'loopback ranges',
          example: '[127.0.0.1]',
        },
      ]
}

function checkRanges({ path, url, ranges, rangesPath }: AskedServer): readonly Problem[] {
  const problems: Problem[] = ranges.flatMap((range, index) =>
    isNeverRange(range)
      ? [
          {
            path: [...rangesPath, index],
            problem: 'begins with an address that is never asked',
            expected: 'no link-local, metadata or multicast address',
          },
        ]
      : [],
  )
  const host = bareHost(url?.hostname ?? '')
  if (isIP(host) !== 0 && !createAllowedAddresses(ranges).allows(host))
    problems.push({ path, problem: 'is at an address outside allow_addresses', expected: 'one inside' })
  return problems
}

function checkTls(config: HttpConnectorConfig): readonly Problem[] {
  const problems: Problem[] = []
  if ((config.client_cert === undefined) !== (config.client_key === undefined))
    problems.push({
      path: ['connector', config.client_cert === undefined ? 'client_key' : 'client_cert'],
      problem: 'stands alone',
      expected: 'client_cert and client_key, or neither',
    })
  const isHttps = parseUrlTemplate(config.url)?.origin.protocol === 'https:'
  if (isHttps && config.plaintext !== undefined)
    problems.push({ path: ['connector', 'plaintext'], problem: 'stands beside https', expected: 'it left out' })
  if (!isHttps)
    for (const member of ['pin_sha256', 'client_cert', 'client_key'] as const)
      if (config[member] !== undefined)
        problems.push({
          path: ['connector', member],
          problem: 'has no meaning over http',
          expected: 'https, or it left out',
        })
  return problems
}
