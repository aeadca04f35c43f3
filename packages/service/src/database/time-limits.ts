// All in milliseconds. A callback is answered within 8 s (Cobo's node gives up at 10 s), so nothing here may wait longer than that
// in the ordinary case.

/** Longest wait for a row or table lock. */
export const LOCK_MS_MAX = 2_000
/** Longest run of one statement. */
export const STATEMENT_MS_MAX = 5_000
/** Longest run of a whole transaction, from its first wait for a connection on. */
export const TRANSACTION_MS_MAX = 10_000
/** A transaction that does nothing for this long is ended by the server: its process may hang while it holds locks. */
export const IDLE_IN_TRANSACTION_MS_MAX = 10_000
/** Longest wait for a connection: a free one of the pool, or a new one. */
export const ACQUIRE_MS_MAX = 3_000
/** The server cancels a statement cleanly at its own limit; only when it is silent for this much longer the connection is cut. */
export const SILENCE_MS_MAX = 1_000
/** Longest wait of `ping()`. */
export const PING_MS_MAX = 2_000
/** Longest wait of `close()`: a transaction at its limit may end first. */
export const CLOSE_MS_MAX = 12_000
