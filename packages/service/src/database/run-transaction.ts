import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient, QueryResult } from 'pg'
import { ServiceFault } from '../faults.ts'
import { runStatement, type Acquire } from './connection.ts'
import type { Statement, Transaction, TransactionOptions } from './database.ts'
import { breaksConnection, databaseFault, databaseTimeout, isConflict } from './database-fault.ts'
import { withDeadline } from './deadline.ts'
import { ACQUIRE_MS_MAX, LOCK_MS_MAX, SILENCE_MS_MAX, STATEMENT_MS_MAX, TRANSACTION_MS_MAX } from './time-limits.ts'

const ATTEMPTS_MAX = 2

/**
 * Before the second run. A lock that the victim of a deadlock gave up is free for whoever comes first, and a victim that is back
 * before the other one woke up takes it again and meets the same deadlock.
 */
const PAUSE_MS_MIN = 20
const PAUSE_MS_MAX = 60

interface Limits {
  readonly lockMs: number
  readonly statementMs: number
  readonly wholeMs: number
  /** Monotonic time at which everything must be over. */
  readonly endsAtMs: number
}

function limitsOf(options: TransactionOptions): Limits {
  const statementMs = wholeMs(options.timeoutMs ?? STATEMENT_MS_MAX)
  const total = wholeMs(options.timeoutMs ?? TRANSACTION_MS_MAX)
  const lockMs = Math.min(wholeMs(options.lockTimeoutMs ?? LOCK_MS_MAX), statementMs)
  return { lockMs, statementMs, wholeMs: total, endsAtMs: performance.now() + total }
}

// PostgreSQL reads 0 as "no limit", so a limit that rounds to nothing is a mistake and not an unbounded wait.
function wholeMs(limitMs: number): number {
  if (!(limitMs >= 1)) throw new RangeError(`a time limit of ${limitMs} ms is not possible`)
  return Math.floor(limitMs)
}

/** See `Database.transaction`. */
export async function runTransaction<T>(
  acquire: Acquire,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const limits = limitsOf(options)
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) await sleep(randomInt(PAUSE_MS_MIN, PAUSE_MS_MAX))
    const client = await acquire(Math.min(ACQUIRE_MS_MAX, remainingMs(limits)))
    const session = new Session(client, limits)
    try {
      return await session.run(work)
    } catch (error) {
      if (!session.hadConflict || attempt === ATTEMPTS_MAX) throw error
    } finally {
      client.release(session.isBroken)
    }
  }
}

const remainingMs = (limits: Limits): number => limits.endsAtMs - performance.now()
const tooLong = (limits: Limits): Error => databaseTimeout('a database transaction took too long', limits.wholeMs)

class Session implements Transaction {
  readonly #client: PoolClient
  readonly #limits: Limits
  #last: Promise<unknown> = Promise.resolve()
  #isOpen = true
  #conflict: ServiceFault | undefined
  isBroken = false

  constructor(client: PoolClient, limits: Limits) {
    this.#client = client
    this.#limits = limits
  }

  get hadConflict(): boolean {
    return this.#conflict !== undefined
  }

  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { lockMs, statementMs } = this.#limits
    try {
      await this.#send({
        text: `begin isolation level read committed; set local lock_timeout = ${lockMs}; set local statement_timeout = ${statementMs}`,
      })
      const value = await withDeadline(work(this), remainingMs(this.#limits), () => tooLong(this.#limits))
      this.#isOpen = false
      await this.#commit()
      return value
    } catch (error) {
      this.#isOpen = false
      await this.#rollback()
      throw error
    }
  }

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    if (!this.#isOpen) throw new Error('this transaction is over: its statement was not run')
    return (await this.#send<Row>(statement)).rows
  }

  async clockNow(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>({ name: 'clock_now', text: 'select clock_now() as now' })
    if (row === undefined) throw new Error('clock_now() returned no row')
    return row.now
  }

  // One statement at a time, in the order of the calls: a connection has no more than one answer under way.
  #send<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    const answer = this.#last.then(() => this.#sendNow<Row>(statement))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async #sendNow<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    const remaining = remainingMs(this.#limits)
    if (remaining <= 0 || this.isBroken) throw tooLong(this.#limits)
    try {
      const timeoutMs = Math.min(this.#limits.statementMs + SILENCE_MS_MAX, remaining)
      return await runStatement<Row>(this.#client, statement, timeoutMs)
    } catch (error) {
      this.isBroken ||= breaksConnection(error)
      const fault = databaseFault(error)
      if (isConflict(error) && fault instanceof ServiceFault) this.#conflict = fault
      throw fault
    }
  }

  async #commit(): Promise<void> {
    const { command } = await this.#send({ text: 'commit' })
    if (command === 'COMMIT') return
    // PostgreSQL answers ROLLBACK, without an error, when a statement failed before: `work` caught that error and went on.
    throw (
      this.#conflict ??
      new Error('a statement of the transaction failed and its error was ignored: nothing was committed')
    )
  }

  async #rollback(): Promise<void> {
    await this.#last
    if (this.isBroken) return
    try {
      await runStatement(this.#client, { text: 'rollback' }, SILENCE_MS_MAX)
    } catch {
      // The connection is thrown away instead, which rolls back as well.
      this.isBroken = true
    }
  }
}
