import { ServiceFault } from '../faults.ts'
import { IDLE_IN_TRANSACTION_MS_MAX, LOCK_MS_MAX, STATEMENT_MS_MAX } from './time-limits.ts'

const SESSION_SETTINGS = [
  ['search_path', 'public'],
  ['timezone', 'UTC'],
  ['statement_timeout', STATEMENT_MS_MAX],
  ['lock_timeout', LOCK_MS_MAX],
  ['idle_in_transaction_session_timeout', IDLE_IN_TRANSACTION_MS_MAX],
] as const

/**
 * The URL with the settings of our sessions in its `options`. They come after the operator's own and so win: pg lets every
 * parameter of a URL override what its caller configured.
 */
export function sessionUrl(url: string): string {
  const parsed = parseDatabaseUrl(url)
  const ours = SESSION_SETTINGS.map(([name, value]) => `-c ${name}=${value}`).join(' ')
  const theirs = parsed.searchParams.get('options')
  for (const [name] of SESSION_SETTINGS) parsed.searchParams.delete(name)
  parsed.searchParams.set('options', theirs === null ? ours : `${theirs} ${ours}`)
  return parsed.href
}

/** The parts of a postgres:// URL. The message of the fault does not repeat the text: it holds a password. */
export function parseDatabaseUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new ServiceFault('ERR_SERVICE_DATABASE_URL', 'the database URL must read postgres://user@host:port/database')
  }
  return parsed
}
