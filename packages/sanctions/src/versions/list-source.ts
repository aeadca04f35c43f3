import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AdminFault, type Logger } from '@callback-quorum/service'
import type { AddressIndex } from '../list/address-index.ts'
import type { ActiveList, ListReader } from '../list/list-reader.ts'
import { LOAD_LIMITS } from '../list/load-list.ts'
import { SanctionsFault } from '../faults.ts'
import { isStarterSha, STARTER_LIST_BANNER } from '../starter-list.ts'
import type { DatabaseTime } from './database-time.ts'
import { followUp } from './follow-up.ts'
import { readHeldRemovals } from './held-removals.ts'
import type { ListSourceOptions } from './list-source-options.ts'
import type { ListVersion } from './list-version.ts'
import { nextRefreshMs } from './next-refresh.ts'
import { logRefresh, type LoggedRefresh } from './refresh-log.ts'
import { REFRESH_RESULTS, refreshList, type Current, type RefreshResult } from './refresh-list.ts'
import { addSource, endLease, readSource, takeLease, type Lease, type SourceState } from './source-store.ts'
import { loadStoredVersion, type Reading } from './stored-version.ts'
import { readVersion } from './version-store.ts'

/** Replicas take over what another one activated within two seconds and the time of loading it. */
const POLL_INTERVAL_MS = 2_000
/** Longer than a fetch (5 min), a parse (2 min) and a store (2 min) together; after that another replica may try. */
const LEASE_MS = 15 * 60_000
/** A list from a file is there in this time; a publisher's server is not waited for by those who start the service. */
const FIRST_REFRESH_MS_MAX = 20_000
/** A fetch ends within a second; a parser thread that runs is left to end with the process. */
const STOP_MS_MAX = 5_000

interface Loaded {
  readonly revision: bigint
  readonly version: ListVersion
  /** Absent for a starter list that may not stand here. */
  readonly index?: AddressIndex
}

type Seen = Pick<LoggedRefresh, 'sha256' | 'head'>

/**
 * One configured list: what screens is what the database says is active, in every replica. A version is taken whole or not at all, and
 * whatever is wrong with a new one, the active one stays and keeps ageing. Swapping is one assignment.
 */
/** One waits a while for decisions on the version before; the next activation is not kept waiting by it. Each holds a version in memory. */
const FOLLOWING_MAX = 4

export class ListSource implements ListReader {
  readonly name: string
  readonly maxAgeMs: number | 'none'
  readonly #options: ListSourceOptions
  readonly #reading: Reading
  readonly #time: DatabaseTime
  readonly #holder = randomUUID()
  readonly #stopping = new AbortController()
  #loaded: Loaded | undefined
  #state: SourceState | undefined
  #active: ActiveList | undefined
  #syncing: Promise<void> | undefined
  #refreshing: Promise<unknown> | undefined
  readonly #following = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ListSourceOptions, time: DatabaseTime) {
    this.name = options.name
    this.maxAgeMs = options.maxAgeMs
    this.#options = options
    for (const result of [...REFRESH_RESULTS, 'failed']) options.metrics.refreshes.inc({ source: this.name, result }, 0)
    options.metrics.newCodes.inc({ source: this.name }, 0)
    this.#time = time
    const { database, log, format, policy, directory } = options
    const { reportOnlyListIds } = policy
    const limits = options.loadLimits ?? LOAD_LIMITS
    this.#reading = { database, log, format, limits, reportOnlyListIds, directory }
  }

  active(): ActiveList | undefined {
    return this.#active
  }

  /** What the database said last; undefined before `start`. */
  state(): SourceState | undefined {
    return this.#state
  }

  /** Loads what screens, and fetches if it is time to. Throws ServiceFault when the database does not answer; without a list the source stays absent. */
  async start(): Promise<void> {
    await addSource(this.#options.database, this.name)
    await this.sync()
    const interval = this.#options.pollIntervalMs ?? POLL_INTERVAL_MS
    if (interval > 0) this.#timer = setInterval(() => void this.#tick(), interval).unref()
    const first = this.#refreshIfDue()
    await Promise.race([first, sleep(FIRST_REFRESH_MS_MAX, undefined, { ref: false })])
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopping.abort()
    const rest = Promise.allSettled([this.#syncing, this.#refreshing, ...this.#following])
    await Promise.race([rest, sleep(STOP_MS_MAX, undefined, { ref: false })])
  }

  /** Brings this process up to what the database says. Throws ServiceFault or SanctionsFault; what was loaded before stays. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  /**
   * Fetches now, whether or not it is time to; resolves when it began, with the promise of its result, which never rejects.
   * Throws AdminFault 409 while a replica is at it.
   */
  async refresh(): Promise<{ readonly result: Promise<RefreshResult | 'failed'> }> {
    const lease = await this.#lease(true)
    if (lease === undefined) throw new AdminFault(409, `${this.name} is being refreshed already`)
    return { result: this.#run(lease) }
  }

  /** Fetches if it is time to and no other replica does. Never rejects. */
  async #refreshIfDue(): Promise<void> {
    try {
      const { nextRefreshAt, isLeased, now } = this.#state ?? {}
      const isDue = nextRefreshAt === undefined || (now !== undefined && nextRefreshAt <= now)
      if (this.#refreshing !== undefined || isLeased === true || !isDue) return
      const lease = await this.#lease(false)
      if (lease !== undefined) await this.#run(lease)
    } catch (err) {
      this.#options.log.error({ err, source: this.name }, 'no refresh could begin')
    }
  }

  async #lease(isForced: boolean): Promise<Lease | undefined> {
    if (this.#refreshing !== undefined || this.#stopping.signal.aborted) return undefined
    const askedAtMs = performance.now()
    const { database } = this.#options
    const lease = await takeLease(database, this.name, { holder: this.#holder, leaseMs: LEASE_MS, isForced })
    if (lease !== undefined) this.#time.note(lease.takenAt, askedAtMs)
    return lease
  }

  #run(lease: Lease): Promise<RefreshResult | 'failed'> {
    const result = this.#refresh(lease)
    this.#refreshing = result.finally(() => {
      this.#refreshing = undefined
    })
    return result
  }

  async #refresh(lease: Lease): Promise<RefreshResult | 'failed'> {
    const { database, delivery, log, metrics } = this.#options
    let result: RefreshResult | 'failed' = 'failed'
    let fault: unknown
    let seen: Seen = {}
    try {
      const refreshing = {
        ...this.#options,
        current: () => this.#current(),
        onDelivered: (sha256: string, head: Uint8Array) => {
          seen = { sha256, head }
        },
      }
      result = await refreshList(refreshing, lease, this.#stopping.signal)
    } catch (error) {
      fault = error
      await this.#recordFailure(error, seen)
    }
    metrics.refreshes.inc({ source: this.name, result })
    try {
      await endLease(database, this.name, lease.holder, nextRefreshMs(delivery.everyMs, fault))
      await this.sync()
    } catch (err) {
      log.error({ err, source: this.name }, 'the state of the list could not be brought up to date after a refresh')
    }
    return result
  }

  async #recordFailure(error: unknown, seen: Seen): Promise<void> {
    const { database, log } = this.#options
    const code = error instanceof SanctionsFault ? error.code : 'ERR_SANCTIONS_LIST_UNREADABLE'
    const text = error instanceof Error ? error.message : String(error)
    const kept = this.#loaded?.version.sha256
    log.error(
      { err: error, code, source: this.name, kept },
      kept === undefined ? 'no list could be loaded' : 'new list refused, the active one stays',
    )
    await logRefresh(database, this.name, { result: 'failed', code, text, ...seen }).catch((err: unknown) => {
      log.error({ err, source: this.name }, 'a failed refresh could not be recorded')
    })
  }

  async #current(): Promise<Current | undefined> {
    // Twice: one that was under way may have asked before.
    await this.sync()
    await this.sync()
    if (this.#loaded === undefined) return undefined
    const { version, index } = this.#loaded
    const now = await readVersion(this.#options.database, version.id)
    return { version: now, ...(index === undefined ? {} : { index }) }
  }

  async #tick(): Promise<void> {
    try {
      await this.sync()
    } catch (err) {
      this.#options.log.error({ err, source: this.name }, 'the list could not be compared with the database')
      return
    }
    void this.#refreshIfDue()
    this.#followUp()
  }

  async #sync(): Promise<void> {
    const askedAtMs = performance.now()
    const state = await readSource(this.#options.database, this.name)
    this.#time.note(state.now, askedAtMs)
    this.#state = state
    if (state.activeVersion === undefined) return
    const loaded =
      this.#loaded?.revision === state.revision ? this.#loaded : await this.#load(state.activeVersion, state.revision)
    const { index, version } = loaded
    // From here on every decision sees the other version; there is no moment in between.
    this.#loaded = loaded
    if (index === undefined) return
    const checkedAtMs = state.checkedAt?.getTime()
    this.#active = Object.freeze({
      index,
      isStarter: isStarterSha(version.sha256),
      syncedAtMs: state.now.getTime(),
      ...(checkedAtMs === undefined ? {} : { checkedAtMs }),
    })
  }

  async #load(id: bigint, revision: bigint): Promise<Loaded> {
    const { database, isStarterAllowed, log } = this.#options
    const version = await readVersion(database, id)
    if (isStarterSha(version.sha256) && !isStarterAllowed) {
      log.error({ source: this.name }, 'the database knows the starter list only, which is not allowed here')
      return { revision, version }
    }
    const before = this.#loaded
    const { index } = await loadStoredVersion(this.#reading, version, this.#time.nowMs(), async () =>
      (await readHeldRemovals(database, this.name)).map(({ row }) => row),
    )
    announce(log, index, before?.version.sha256)
    return { revision, version, index }
  }

  #followUp(): void {
    const { onActivated, log } = this.#options
    if (onActivated === undefined || this.#following.size >= FOLLOWING_MAX || this.#state?.hasFollowUp !== true) return
    const { version, index } = this.#loaded ?? {}
    const loaded = version === undefined || index === undefined ? undefined : { versionId: version.id, index }
    const following = followUp(this.#reading, this.name, loaded, onActivated)
      .catch((err: unknown) => {
        log.error({ err, source: this.name }, 'what follows an activation failed; it is done again')
      })
      .finally(() => {
        this.#following.delete(following)
      })
    this.#following.add(following)
  }
}

function announce(log: Logger, index: AddressIndex, replaces: string | undefined): void {
  const { source, versionSha, canonicalSetSha, dateOfIssue, rows, parties, unparsed, opaque, heldRows: held } = index
  if (versionSha === replaces) {
    log.info({ source, versionSha, held }, 'removals or rows of the active list changed')
    return
  }
  log.info({ source, versionSha, canonicalSetSha, dateOfIssue, rows, parties, held, replaces }, 'list activated')
  if (isStarterSha(versionSha)) log.warn({ source }, STARTER_LIST_BANNER)
  if (unparsed + opaque > 0) log.warn({ source, unparsed, opaque }, 'listed values that match as exact strings only')
}
