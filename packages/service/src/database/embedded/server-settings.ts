// For one service on one machine: small memory, one local port, no replication.
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A socket's path may have at most 107 bytes (unix(7)); a data folder may be deeper.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  fsync: 'on',
  synchronous_commit: 'on',
  // The lines go to our own log through a pipe. `log` leaves out errors of statements, terse leaves out values of rows.
  logging_collector: 'off',
  log_destination: 'stderr',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
} as const

/** Twice as fast for tests, which throw the files away. */
const VOLATILE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
}

/** Command line of the server. */
export function serverSettings(options: { readonly durable: boolean; readonly maxConnections: number }): string[] {
  const settings = {
    ...SETTINGS,
    ...(options.durable ? {} : VOLATILE),
    max_connections: String(options.maxConnections),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
