import { resolve } from 'node:path'
import { readBearerToken, type Clock } from '@callback-quorum/service'
import { basicCredentials } from './basic-credentials.ts'
import type { HttpAuthConfig } from './http-auth-config.ts'
import type { OauthTokens } from './oauth-tokens.ts'
import { HMAC_SECRET_LENGTH_MIN, readSecret } from './read-secret.ts'
import { signRequest, type SignedRequest } from './sign-request.ts'

export type AuthHeaders = Readonly<Record<string, string>>

/** How the checker says who it is. Files are read again each time, so that they can be exchanged under a running service. */
export interface HttpAuth {
  /** Throws ConfigError for a file that cannot be used, HttpFault when no token can be had, and the reason of `signal`. */
  headersFor(request: SignedRequest, signal: AbortSignal): Promise<AuthHeaders>
  /** After a 401 to these headers: whether other ones can be had at once. */
  renew(refused: AuthHeaders): boolean
  /** Throws ConfigError for a file that cannot be used. */
  readFiles(): Promise<void>
}

export interface HttpAuthOptions {
  readonly auth: HttpAuthConfig
  readonly directory: string
  readonly clock: Clock
  /** Of kind oauth2. */
  readonly tokens?: OauthTokens | undefined
}

/** Makes what `connector.auth` says. */
export function createHttpAuth({ auth, directory, clock, tokens }: HttpAuthOptions): HttpAuth {
  switch (auth.kind) {
    case 'none':
      return fixed(() => Promise.resolve({}))
    case 'bearer':
      return fixed(async () => bearer(await readBearerToken(resolve(directory, auth.token_file))))
    case 'basic':
      return fixed(async () => ({
        authorization: basicCredentials(auth.username, await readSecret(resolve(directory, auth.password_file))),
      }))
    case 'hmac':
      return fixed(async (request) => {
        const secret = await readSecret(resolve(directory, auth.secret_file), HMAC_SECRET_LENGTH_MIN)
        return signRequest(request, { keyId: auth.key_id, secret, nowMs: clock.nowMs() })
      })
    case 'oauth2': {
      if (tokens === undefined) throw new Error('invariant: oauth2 has a token server')
      return {
        headersFor: async (_, signal) => bearer(await tokens.current(signal)),
        renew: ({ authorization }) => {
          tokens.forget((token) => bearer(token).authorization === authorization)
          return true
        },
        readFiles: () => tokens.readFiles(),
      }
    }
    default:
      throw new Error(`invariant: unknown auth ${JSON.stringify(auth satisfies never)}`)
  }
}

const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })

function fixed(headersOf: (request: SignedRequest) => Promise<AuthHeaders>): HttpAuth {
  return {
    headersFor: headersOf,
    renew: () => false,
    readFiles: async () => {
      await headersOf({ method: 'GET', path: '/' })
    },
  }
}
