import type { LookupFunction } from 'node:net'
import { resolve } from 'node:path'
import type { Clock } from '@callback-quorum/service'
import { GuardedServer } from './guarded-server.ts'
import type { HttpConnectorConfig } from './http-config.ts'
import { OauthTokens } from './oauth-tokens.ts'

export interface ServersOptions {
  readonly config: HttpConnectorConfig
  readonly origin: URL
  readonly directory: string
  readonly clock: Clock
  /** How names become addresses; for tests. */
  readonly resolveName?: LookupFunction | undefined
}

/** All that asks for tokens waits for one answer. */
const TOKEN_CONNECTIONS = 1

/** The servers that a connector asks; neither is connected to yet. */
export function openServers({ config, origin, directory, clock, resolveName }: ServersOptions): {
  readonly business: GuardedServer
  readonly tokens: OauthTokens | undefined
} {
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(directory, path)
  const { auth } = config
  const common = { connectMs: config.connect_timeout, resolve: resolveName }
  const business = new GuardedServer({
    ...common,
    origin,
    allowAddresses: config.allow_addresses,
    files: {
      ca: absolute(config.ca),
      clientCert: absolute(config.client_cert),
      clientKey: absolute(config.client_key),
    },
    pin: config.pin_sha256,
    connections: config.concurrency,
  })
  if (auth.kind !== 'oauth2') return { business, tokens: undefined }
  const url = new URL(auth.token_url)
  const tokens = new OauthTokens({
    server: new GuardedServer({
      ...common,
      origin: new URL(url.origin),
      allowAddresses: auth.allow_addresses ?? config.allow_addresses,
      files: { ca: absolute(auth.ca ?? config.ca) },
      connections: TOKEN_CONNECTIONS,
    }),
    path: `${url.pathname}${url.search}`,
    clientId: auth.client_id,
    secretFile: resolve(directory, auth.secret_file),
    scope: auth.scope,
    clock,
    timeoutMs: config.timeout,
  })
  return { business, tokens }
}
