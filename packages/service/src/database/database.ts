import type { Pool } from 'pg'

/** One SQL statement. A `name` makes it a prepared statement of the connection (hot paths): one name, one text. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * Something that runs SQL. Columns arrive as: int8 -> bigint; numeric, date and timestamp -> string; timestamptz -> Date.
 * An error of the statement itself (a violated constraint) is pg's `DatabaseError` unchanged; whatever kept the database from
 * answering is a `ServiceFault` `ERR_SERVICE_DATABASE`.
 */
export interface Sql {
  query<Row extends object>(statement: Statement): Promise<Row[]>
}

export interface Transaction extends Sql {
  /** The database's time now. Call it after taking the locks, otherwise a lock that was waited for makes it stale. */
  clockNow(): Promise<Date>
}

export interface TransactionOptions {
  /** Bounds each statement and the whole of the work, milliseconds. Default: 5 s for a statement, 10 s for the whole. */
  readonly timeoutMs?: number
  /** Longest wait for one lock, milliseconds. Default 2 s, never more than `timeoutMs`. */
  readonly lockTimeoutMs?: number
}

export interface Database extends Sql {
  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it returns, rolled back when it throws. After a deadlock or a
   * serialization failure the whole of `work` runs a second time, so it must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Resolves when the database answered a question just now, within two seconds; otherwise a retryable `ServiceFault`. */
  ping(): Promise<void>
  /** Waits for the statements in flight, closes the connections, and stops the server when it is an embedded one. */
  close(): Promise<void>
  readonly url: string
  readonly pool: Pool
}

/** A folder of numbered forward-only SQL files, `0001-what.sql`, `0002-…`. */
export interface MigrationSet {
  readonly name: string
  readonly directory: URL
}

/** A running PostgreSQL server. */
export interface PostgresServer {
  /** URL of the database `postgres`. */
  readonly url: string
  /** Where the files of the server really are. */
  readonly dataDir: string
  urlOf(database: string): string
  stop(): Promise<void>
}
