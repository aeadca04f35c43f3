/** One value of a row: exact numbers, times and texts as text. A number is a float, bytes are bytes: neither can be compared exactly. */
export type SqlValue = string | number | Uint8Array | null

/** A result as it was received. Rows are lists, so that a column that comes twice is seen. */
export interface SqlResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly SqlValue[])[]
}

export interface ReplicaState {
  /** `unknown`: the server cannot say it, as MySQL. */
  readonly isReplica: boolean | 'unknown'
  /** How old what it shows may be, milliseconds; undefined when nobody knows. */
  readonly lagMs: number | undefined
}

/** A connection lent by the pool. Everything it rejects with is the client's own error or a SqlFault. */
export interface SqlConnection {
  /** Begins a read-only transaction with the settings of our sessions; each of its statements ends after `statementMs`. */
  begin(statementMs: number): Promise<void>
  replicaState(): Promise<ReplicaState>
  /** Runs the operator's query with values as parameters and reads at most `rowsMax` rows. */
  select(values: readonly (string | null)[], rowsMax: number): Promise<SqlResult>
  commit(): Promise<void>
  /** What the role may do beyond reading, each in a few words. Inside `begin`. */
  rightsToWrite(): Promise<readonly string[]>
  /** Tries to write without a lasting effect; what was not refused. Outside of a transaction. */
  writesNotRefused(): Promise<readonly string[]>
  /** Gives it back to the pool; only when it is outside of a transaction. */
  release(): void
  /** Closes the socket at once, whatever runs on it. */
  destroy(): void
}

/** One engine's pool of a few connections. */
export interface SqlDriver {
  /** Waits for a free connection, two seconds at most. */
  connect(): Promise<SqlConnection>
  close(): Promise<void>
}

/** Somebody else's database: a few connections are all it should see of us. */
export const CONNECTIONS_MAX = 4
export const CONNECT_TIMEOUT_MS = 2_000

export interface DriverOptions {
  readonly query: string
  readonly schema: string
  readonly lagQuery: string | undefined
  /** Hears of connections that broke: they are replaced by the next look-up. */
  readonly onBroken: (error: Error) => void
}
