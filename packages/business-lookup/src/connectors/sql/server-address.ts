/** The parts of a `database_url`. The password is left out on purpose; see `hasPassword`. */
export interface ServerAddress {
  readonly engine: 'postgres' | 'mysql'
  /** Without the brackets of an IPv6 address; localhost when it is left out. */
  readonly host: string
  readonly port: number
  /** What is connected to instead of host and port: a socket, or its folder for PostgreSQL. */
  readonly socket: string | undefined
  readonly user: string
  readonly database: string
  /** As it is written; undefined when it is not said. */
  readonly sslMode: string | undefined
}

const ENGINES: Readonly<Record<string, 'postgres' | 'mysql'>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}
const PORTS = { postgres: 5432, mysql: 3306 } as const
/** The words for TLS, for a socket and for a user where the URL has no host; nothing else in a URL is understood. */
export const URL_PARAMETERS = {
  postgres: { sslMode: 'sslmode', socket: 'host' },
  mysql: { sslMode: 'ssl-mode', socket: 'socket' },
} as const

/** Reads a `database_url`; a text says why it cannot be used, without repeating any of it: it may hold a password. */
export function readServerAddress(text: string): ServerAddress | string {
  const url = URL.parse(text)
  const engine = url === null ? undefined : ENGINES[url.protocol]
  if (url === null || engine === undefined) return 'is not a URL that begins with postgres://, mysql:// or mariadb://'
  const words = URL_PARAMETERS[engine]
  const known: readonly string[] = [words.sslMode, words.socket, 'user']
  const names = [...url.searchParams.keys()]
  if (names.some((name) => !known.includes(name)) || new Set(names).size < names.length || url.hash !== '')
    return `has a parameter that is not one of ${known.join(', ')}, or one twice`
  const socket = url.searchParams.get(words.socket) ?? undefined
  if (socket !== undefined && (!socket.startsWith('/') || url.hostname !== ''))
    return `has a ${words.socket} that is not an absolute path, or a host beside it`
  const [user, database] = [decoded(url.searchParams.get('user') ?? url.username), decoded(url.pathname.slice(1))]
  if (user === undefined || database === undefined) return 'does not name the user and the database'
  return {
    engine,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: url.port === '' ? PORTS[engine] : Number(url.port),
    socket,
    user,
    database,
    sslMode: url.searchParams.get(words.sslMode) ?? undefined,
  }
}

/** The password of a URL, where development writes it there. */
export const passwordInUrl = (text: string): string | undefined => decoded(URL.parse(text)?.password ?? '')

/** Undefined when it is empty or not well encoded. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text) || undefined
  } catch {
    return undefined
  }
}

export function isMysql(url: string): boolean {
  const address = readServerAddress(url)
  return typeof address !== 'string' && address.engine === 'mysql'
}
