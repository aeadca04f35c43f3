import type { CommonConfig } from './common-config.ts'
import { isLoopbackHost } from './listen-address.ts'
import type { Problem } from './problem.ts'

/** The modes in which the server has to prove who it is; `require` only encrypts, towards whoever answers. */
const SSL_MODES = ['verify-full', 'verify-ca']

/** `production` keeps its state on a PostgreSQL of its own, reached over TLS unless it stands on the same machine. */
export function checkDatabaseRules(config: CommonConfig): readonly Problem[] {
  if (config.profile !== 'production') return []
  const path = ['database_url']
  if (config.database_url === '') {
    return [
      {
        path,
        problem: 'is empty, which means the embedded PostgreSQL, and that is not for profile production',
        expected: 'a postgres:// URL',
        example: 'postgres://limits@db/limits?sslmode=verify-full',
      },
    ]
  }
  const url = new URL(config.database_url)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // No host is the local socket.
  const isLocal = host === '' || isLoopbackHost(host)
  // What stands in the query wins over what stands before it, and a second sslmode over the first: neither is for production.
  const modes = url.searchParams.getAll('sslmode')
  const isVerified = modes.length === 1 && SSL_MODES.includes(modes[0] ?? '') && !url.searchParams.has('host')
  if (isLocal && !url.searchParams.has('host')) return []
  return isVerified
    ? []
    : [
        {
          path,
          problem: 'does not verify the server, which profile production demands',
          expected: 'sslmode=verify-full in it',
        },
      ]
}
