import { createHash } from 'node:crypto'
import { createReadStream, unwatchFile, watchFile } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Clock, Logger } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'
import type { SanctionsMetrics } from '../metrics.ts'
import { STARTER_LIST, STARTER_LIST_BANNER } from '../starter-list.ts'
import type { AddressIndex } from './address-index.ts'
import { manifestPathOf, readDeliveryManifest } from '../delivery/delivery-manifest.ts'
import type { ActiveList, ListReader } from './list-reader.ts'
import { LOAD_LIMITS, loadIndex, type LoadLimits } from './load-list.ts'

/** Polling, because change events are missed where it matters: a Kubernetes ConfigMap swap replaces a symlinked folder. */
const POLL_INTERVAL_MS = 5_000

export interface FileSourceOptions {
  readonly name: string
  /** Absolute path, `.xml` or `.xml.gz`. */
  readonly file: string
  /** Only a file of exactly these bytes is accepted, if given. */
  readonly sha256?: string
  readonly maxAgeMs: number | 'none'
  readonly isStarterAllowed: boolean
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Pick<SanctionsMetrics, 'refreshes' | 'newCodes'>
  readonly pollIntervalMs?: number
  readonly loadLimits?: LoadLimits
}

type RefreshResult = 'activated' | 'unchanged' | 'failed'

/**
 * A list in a file that somebody else delivers. It ages from `<file>.manifest.json`, never from being read again. A version is
 * taken whole or not at all: whatever is wrong with a new file, the active version stays, and keeps ageing.
 */
export class FileSource implements ListReader {
  readonly name: string
  readonly maxAgeMs: number | 'none'
  readonly #options: FileSourceOptions
  #active: ActiveList | undefined
  #loading: Promise<void> = Promise.resolve()
  #onChange: (() => void) | undefined

  constructor(options: FileSourceOptions) {
    this.name = options.name
    this.maxAgeMs = options.maxAgeMs
    this.#options = options
  }

  active(): ActiveList | undefined {
    return this.#active
  }

  /** Loads once and then on every change of the file or its manifest. Does not throw: without a list the source stays absent. */
  async start(): Promise<void> {
    const onChange = (): void => void this.reload()
    this.#onChange = onChange
    for (const path of this.#watched())
      watchFile(path, { interval: this.#options.pollIntervalMs ?? POLL_INTERVAL_MS, persistent: false }, onChange)
    await this.reload()
  }

  async stop(): Promise<void> {
    if (this.#onChange !== undefined) for (const path of this.#watched()) unwatchFile(path, this.#onChange)
    this.#onChange = undefined
    await this.#loading
  }

  /** One load after the other; resolves when the one asked for here is through. */
  reload(): Promise<void> {
    this.#loading = this.#loading.then(async () => {
      const result = await this.#refresh()
      this.#options.metrics.refreshes.inc({ source: this.name, result })
    })
    return this.#loading
  }

  #watched(): readonly string[] {
    return [this.#options.file, manifestPathOf(this.#options.file)]
  }

  async #refresh(): Promise<RefreshResult> {
    const { log, file } = this.#options
    try {
      const next = await this.#load()
      const before = this.#active
      this.#active = next
      if (before?.index === next.index) return 'unchanged'
      this.#announce(next, before)
      return 'activated'
    } catch (error) {
      const code = error instanceof SanctionsFault ? error.code : 'ERR_SANCTIONS_LIST_UNREADABLE'
      const kept = this.#active?.index.versionSha
      log.error(
        { err: error, code, source: this.name, file, kept },
        kept === undefined ? 'no list could be loaded' : 'new list refused, the active one stays',
      )
      return 'failed'
    }
  }

  async #load(): Promise<ActiveList> {
    const { clock, file, maxAgeMs, loadLimits } = this.#options
    const sha256 = await this.#hashFile()
    const isStarter = sha256 === STARTER_LIST.sha256
    this.#requireAllowed(sha256, isStarter)
    const manifest = maxAgeMs === 'none' ? undefined : await readDeliveryManifest(file, clock.nowMs())
    if (manifest !== undefined && manifest.sha256 !== sha256)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_HASH', `the file is ${sha256}, its manifest says ${manifest.sha256}`)
    const checked = manifest === undefined ? {} : { checkedAtMs: manifest.checkedAtMs }
    if (this.#active?.index.versionSha === sha256)
      return Object.freeze({ index: this.#active.index, isStarter, ...checked })
    return Object.freeze({ index: await this.#build(file, sha256, loadLimits ?? LOAD_LIMITS), isStarter, ...checked })
  }

  async #hashFile(): Promise<string> {
    const { file } = this.#options
    const hash = createHash('sha256')
    try {
      if (!(await stat(file)).isFile()) throw new Error('not a regular file')
      await pipeline(createReadStream(file), hash)
    } catch (error) {
      throw new SanctionsFault(
        'ERR_SANCTIONS_LIST_UNREADABLE',
        `${file}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
    return hash.digest('hex')
  }

  #requireAllowed(sha256: string, isStarter: boolean): void {
    const { isStarterAllowed, maxAgeMs, sha256: expected } = this.#options
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

  async #build(file: string, sha256: string, limits: LoadLimits): Promise<AddressIndex> {
    const index = await loadIndex(
      {
        from: 'file',
        path: file,
        options: { format: 'ofac-advanced' },
        source: this.name,
        loadedAtMs: this.#options.clock.nowMs(),
      },
      limits,
    )
    if (index.versionSha !== sha256)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_HASH', 'the file changed while it was read')
    if (index.rows === 0) throw new SanctionsFault('ERR_SANCTIONS_LIST_EMPTY', 'the list has no address at all')
    return index
  }

  #announce({ index, isStarter }: ActiveList, before: ActiveList | undefined): void {
    const { log, metrics } = this.#options
    const { versionSha, canonicalSetSha, dateOfIssue, rows, parties, unparsed, opaque } = index
    log.info(
      {
        source: this.name,
        versionSha,
        canonicalSetSha,
        dateOfIssue,
        rows,
        parties,
        replaces: before?.index.versionSha,
      },
      'list activated',
    )
    if (isStarter) log.warn({ source: this.name }, STARTER_LIST_BANNER)
    if (unparsed + opaque > 0)
      log.warn({ source: this.name, unparsed, opaque }, 'listed values that match as exact strings only')
    const newCodes = before === undefined ? [] : index.codes.filter((code) => !before.index.codes.includes(code))
    if (newCodes.length === 0) return
    metrics.newCodes.inc({ source: this.name }, newCodes.length)
    log.warn({ event: 'new_code', source: this.name, codes: newCodes }, 'the list has new codes')
  }
}
