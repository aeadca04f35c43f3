import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Pool } from 'pg'

export interface DatabaseMetrics {
  /** Seconds waited for a connection, in vain or not. */
  readonly acquireSeconds: Histogram
  /** To be called once, when there is a pool to look at. */
  observe(pool: Pool): void
}

/** A free connection is there at once, a new one takes some 5 ms, over TLS 20; waiting ends after 3 s. */
const ACQUIRE_SECONDS = [0.0005, 0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3]

/** What the pool of database connections measures, declared once for a registry. */
export function createDatabaseMetrics(registry: Registry): DatabaseMetrics {
  const registers = [registry]
  return {
    acquireSeconds: new Histogram({
      name: 'callback_quorum_database_acquire_seconds',
      help: 'Waiting for a database connection, a free one or a new one; what waited in vain counts too',
      buckets: ACQUIRE_SECONDS,
      registers,
    }),
    observe: (pool) => {
      observePool(pool, registers)
    },
  }
}

function observePool(pool: Pool, registers: Registry[]): void {
  new Gauge({
    name: 'callback_quorum_database_connections',
    help: 'Open connections to the database, by whether a statement or transaction has them',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
    },
  })
  new Gauge({
    name: 'callback_quorum_database_connections_max',
    help: 'How many connections to the database may be open',
    registers,
  }).set(pool.options.max)
  new Gauge({
    name: 'callback_quorum_database_waiting',
    help: 'Statements and transactions that wait for a database connection now',
    registers,
    collect() {
      this.set(pool.waitingCount)
    },
  })
}
