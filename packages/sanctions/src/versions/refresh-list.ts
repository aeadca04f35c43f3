import type { AddressIndex } from '../list/address-index.ts'
import type { Delivered, DeliveredFile } from '../delivery/delivery.ts'
import { SanctionsFault } from '../faults.ts'
import { LOAD_LIMITS, loadList, type LoadedList } from '../list/load-list.ts'
import { isStarterSha } from '../starter-list.ts'
import { activateVersion } from './activate-version.ts'
import { insertBytes } from './bytes-store.ts'
import { newCodes } from './check-gates.ts'
import { diffRows } from './diff-rows.ts'
import type { GateFinding } from './gate-finding.ts'
import { gateVersion } from './gate-version.ts'
import type { ListSourceOptions } from './list-source-options.ts'
import type { ListVersion } from './list-version.ts'
import { countsOf } from './load-rows.ts'
import { isPacked, packRaw, readHead } from './raw-bytes.ts'
import { readingOf } from './reading.ts'
import { logRefresh } from './refresh-log.ts'
import { removalsOf } from './removals-of.ts'
import { recordPublished, type Lease } from './source-store.ts'
import { STORE_MS_MAX, storeReading } from './stored-version.ts'
import { findVersion, insertVersion, readVersion, recordCheck, recordGates } from './version-store.ts'

/** `outdated`: bytes that screened once, with a delivery manifest older than the last check of the active version. */
export const REFRESH_RESULTS = ['activated', 'unchanged', 'quarantined', 'refused', 'outdated'] as const
export type RefreshResult = (typeof REFRESH_RESULTS)[number]

/** The active version as this process reads it. */
export interface Current {
  readonly version: ListVersion
  /** Absent for a starter list that may not stand here. */
  readonly index?: AddressIndex
}

export interface Refreshing extends ListSourceOptions {
  /** Brings this process up to what the database says, and gives what is active there. */
  readonly current: () => Promise<Current | undefined>
  /** Something came; what it begins with is kept when it turns out to be no list. */
  readonly onDelivered: (sha256: string, head: Uint8Array) => void
}

/** Other replicas and people may activate at the same time; three times in a row is something else. */
const TRIES = 3

/** One attempt, with the lease in hand. Throws SanctionsFault or ServiceFault: then the active version is what it was, and ages. */
export async function refreshList(o: Refreshing, lease: Lease, stopping: AbortSignal): Promise<RefreshResult> {
  const published = await askableVersion(o, lease)
  const delivered = await o.delivery.fetch(published?.validators, stopping)
  if (delivered.result === 'not-modified') {
    if (published === undefined)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', 'not modified, but it was not asked so')
    requireAllowed(o, published.version.sha256)
    await check(o, published.version.id, checkedAtOf(o, lease, delivered))
    return resultOf(published.version)
  }
  try {
    o.onDelivered(delivered.sha256, await readHead(delivered.path))
    return await takeIn(o, lease, delivered)
  } finally {
    await delivered.discard()
  }
}

/** The starter list is never checked by anybody, and so never gets any younger. */
const checkedAtOf = ({ maxAgeMs }: Refreshing, lease: Lease, { checkedAtMs }: Delivered): Date | undefined =>
  maxAgeMs === 'none' ? undefined : checkedAtMs === undefined ? lease.takenAt : new Date(checkedAtMs)

async function check({ database }: Refreshing, version: bigint, checkedAt: Date | undefined): Promise<void> {
  if (checkedAt !== undefined) await recordCheck(database, version, checkedAt)
}

/** The version whose "not modified" would be an answer: one in quarantine is asked for whole when it must be compared anew. */
async function askableVersion(
  { database, current }: Refreshing,
  { published }: Lease,
): Promise<
  { readonly version: ListVersion; readonly validators: NonNullable<Lease['published']>['validators'] } | undefined
> {
  if (published === undefined) return undefined
  const version = await readVersion(database, published.version)
  const isSettled =
    version.state === 'active' ||
    version.state === 'refused' ||
    (version.state === 'quarantined' && isGated(version, (await current())?.version.id))
  return isSettled ? { version, validators: published.validators } : undefined
}

const isGated = (version: ListVersion, active: bigint | undefined): boolean =>
  version.findings.length > 0 && version.gatedAgainst === active

function resultOf({ state }: ListVersion): RefreshResult {
  switch (state) {
    case 'active':
      return 'unchanged'
    case 'quarantined':
    case 'superseded':
      return 'quarantined'
    case 'refused':
      return 'refused'
    default:
      throw new Error(`invariant: ${String(state satisfies never)} is no state`)
  }
}

async function takeIn(o: Refreshing, lease: Lease, delivered: DeliveredFile): Promise<RefreshResult> {
  const { name, database } = o
  requireAllowed(o, delivered.sha256)
  const checkedAt = checkedAtOf(o, lease, delivered)
  let loaded: LoadedList | undefined
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const active = await o.current()
    const known = await findVersion(database, name, delivered.sha256)
    if (known?.state === 'superseded' && isOlderNews(delivered, active)) return 'outdated'
    if (known !== undefined && isSettled(known, active)) {
      await check(o, known.id, checkedAt)
      await recordPublished(database, name, known.id, delivered.validators)
      return resultOf(known)
    }
    loaded ??= await load(o, delivered, lease.takenAt.getTime())
    const result = await gateAndStore(o, { delivered, loaded, active, known, checkedAt })
    if (result !== 'raced') return result
  }
  throw new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', 'other versions became active all the time')
}

const isSettled = (known: ListVersion, active: Current | undefined): boolean =>
  known.state === 'active' ||
  known.state === 'refused' ||
  (known.state === 'quarantined' && isGated(known, active?.version.id))

/** A replica whose file arrives late must not bring back what the others have left behind. */
const isOlderNews = ({ checkedAtMs }: DeliveredFile, active: Current | undefined): boolean =>
  checkedAtMs !== undefined &&
  active?.version.checkedAt !== undefined &&
  checkedAtMs <= active.version.checkedAt.getTime()

function requireAllowed({ sha256: expected, isStarterAllowed, maxAgeMs }: Refreshing, sha256: string): void {
  const isStarter = isStarterSha(sha256)
  if (expected !== undefined && expected !== sha256)
    throw new SanctionsFault('ERR_SANCTIONS_LIST_HASH', `the file is ${sha256}, the configuration says ${expected}`)
  if (isStarter && !isStarterAllowed)
    throw new SanctionsFault(
      'ERR_SANCTIONS_STARTER_LIST',
      'this is the starter list; it needs profile: development or starter_list: demo',
    )
  if (!isStarter && maxAgeMs === 'none')
    throw new SanctionsFault(
      'ERR_SANCTIONS_STARTER_LIST',
      'max_age: none is for the starter list only, and this file is another one',
    )
}

async function load(o: Refreshing, delivered: DeliveredFile, loadedAtMs: number): Promise<LoadedList> {
  const { path, sha256 } = delivered
  const task = { from: 'file', path, options: o.format, source: o.name, loadedAtMs } as const
  const loaded = await loadList(task, o.loadLimits ?? LOAD_LIMITS)
  if (loaded.file.sha256 !== sha256)
    throw new SanctionsFault('ERR_SANCTIONS_LIST_HASH', 'the file changed while it was read')
  // Lists of names (EU, UN) may have no address today: whoever said so, of a file that was seen to hold parties, gets the first one at once.
  const mayBeEmpty = o.gates.rowsMin === 0 && (loaded.file.entities ?? 0) > 0
  if (loaded.index.rows === 0 && !mayBeEmpty)
    throw new SanctionsFault(
      'ERR_SANCTIONS_LIST_EMPTY',
      'the list has no address at all; a list of names needs gates.rows_min: 0',
    )
  return loaded
}

interface Candidate {
  readonly delivered: DeliveredFile
  readonly loaded: LoadedList
  readonly active: Current | undefined
  readonly known: ListVersion | undefined
  readonly checkedAt: Date | undefined
}

async function gateAndStore(o: Refreshing, candidate: Candidate): Promise<RefreshResult | 'raced'> {
  const { name, database, log, metrics } = o
  const { delivered, loaded, active, known, checkedAt } = candidate
  const { sha256 } = delivered
  // What only stood in for a list is no measure for one.
  const measure = active === undefined || isStarterSha(active.version.sha256) ? undefined : active.index
  const findings = await gateVersion(o, loaded.index, measure, known)
  const version = await store(o, candidate, findings)
  await check(o, version, checkedAt)
  await recordPublished(database, name, version, delivered.validators)
  if (findings.length > 0) {
    await logRefresh(database, name, { result: 'quarantined', sha256 })
    log.error(
      { event: 'list_quarantined', source: name, versionSha: sha256, kept: active?.version.sha256, findings },
      'new list quarantined: two people must look at it, the active one stays and ages',
    )
    return 'quarantined'
  }
  if ((await activate(o, candidate, version, measure)) === 'raced') return 'raced'
  const codes = measure === undefined ? [] : newCodes(countsOf(loaded.index), countsOf(measure))
  if (codes.length > 0) {
    metrics.newCodes.inc({ source: name }, codes.length)
    log.warn({ event: 'new_code', source: name, codes }, 'the list has new codes')
  }
  return 'activated'
}

/** Keeps the bytes and their rows, in quarantine: what follows only moves a pointer. */
function store(o: Refreshing, candidate: Candidate, findings: readonly GateFinding[]): Promise<bigint> {
  const { delivered, loaded, active, known, checkedAt } = candidate
  const { sha256, bytes, path } = delivered
  const reading = readingOf(o.format)
  return o.database.transaction(
    async (tx) => {
      const isAlreadyPacked = isPacked(await readHead(path))
      const inserted = await insertVersion(tx, {
        ...countsOf(loaded.index),
        source: o.name,
        sha256,
        format: o.format.format,
        reading,
        checkedAt,
        gatedAgainst: active?.version.id,
        findings,
        rawBytes: bytes,
        rawPacked: !isAlreadyPacked,
      })
      const id = inserted ?? known?.id ?? (await findVersion(tx, o.name, sha256))?.id
      if (id === undefined) throw new Error('invariant: a version is inserted or known')
      if (inserted === undefined) await recordGates(tx, id, active?.version.id, findings)
      else await insertBytes(tx, id, { part: 'raw' }, packRaw(path, isAlreadyPacked))
      await storeReading(tx, id, reading, loaded.file)
      return id
    },
    { timeoutMs: STORE_MS_MAX },
  )
}

async function activate(
  o: Refreshing,
  { delivered, loaded, active }: Candidate,
  version: bigint,
  measure: AddressIndex | undefined,
): Promise<'activated' | 'raced'> {
  const { rows } = loaded.file
  const diff = await diffRows(active?.index?.rowsAll() ?? [], rows)
  const policy = measure === undefined ? ({ ...o.policy, delistingHold: 'none' } as const) : o.policy
  const removals = await removalsOf(diff, rows, policy)
  return o.database.transaction(
    async (tx) => {
      const result = await activateVersion(tx, {
        source: o.name,
        version,
        sha256: delivered.sha256,
        gatedAgainst: active?.version.id,
        rows,
        added: [...diff.added, ...diff.moved.map(({ after }) => after)],
        removals,
        policy: o.policy,
        by: 'system',
      })
      if (result === 'activated') await logRefresh(tx, o.name, { result, sha256: delivered.sha256 })
      return result
    },
    { timeoutMs: STORE_MS_MAX },
  )
}
