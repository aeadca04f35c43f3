import type { ServiceFault } from '@callback-quorum/service'
import { findingsOf, type Finding } from './finding.ts'

const { failed } = findingsOf('database')

/** What pg or the server says when nobody is let in, and what helps. The first that matches; the texts are matched, never shown. */
const CAUSES: readonly (readonly [pattern: RegExp, found: string, fix: (url: URL) => string])[] = [
  [
    /did not answer in time|timeout|ETIMEDOUT/i,
    'accepts connections and does not answer, or is silently filtered',
    (url) =>
      `See whether PostgreSQL runs there and a firewall lets this machine in: pg_isready -h ${url.hostname} -p ${portOf(url)}`,
  ],
  [
    /ECONNREFUSED/,
    'nobody listens there',
    (url) =>
      `Start PostgreSQL, or correct host and port in database_url: pg_isready -h ${url.hostname} -p ${portOf(url)}`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    'the host name is not known',
    (url) => `Correct the host in database_url, or the name server: getent hosts ${url.hostname}`,
  ],
  [
    /does not support SSL/i,
    'the server speaks no TLS, and database_url demands it',
    () => 'Switch TLS on at the server (ssl = on, ssl_cert_file, ssl_key_file)',
  ],
  [
    /self.signed|unable to (?:verify|get)|altname|certificate/i,
    'the certificate of the server is not accepted',
    () =>
      'Add sslrootcert=/path/of/authority.pem to database_url, and use the host name that stands in the certificate',
  ],
  [
    /^28|password|authentication|no pg_hba/i,
    'the login is refused',
    () => 'Correct role and password in database_url, or pg_hba.conf of the server',
  ],
  [
    /^3D000|does not exist/i,
    'there is no such database',
    (url) =>
      `Make it: createdb -h ${url.hostname} -p ${portOf(url)}${url.pathname.replace('/', ' ')}, or correct its name in database_url`,
  ],
  [
    /^53/,
    'the server has no connection left',
    () => 'See who holds them (select * from pg_stat_activity), or raise max_connections',
  ],
]

export function loginFinding({ message, detail = '' }: ServiceFault, url: URL, name: string): Finding {
  const cause = CAUSES.find(([pattern]) => pattern.test(detail)) ?? CAUSES.find(([pattern]) => pattern.test(message))
  if (cause === undefined)
    return failed(`${name} (database_url): ${message}`, `Try it by hand: psql -h ${url.hostname} -p ${portOf(url)}`)
  return failed(`${name} (database_url): ${cause[1]}`, cause[2](url))
}

const portOf = ({ port }: URL): string => (port === '' ? '5432' : port)
