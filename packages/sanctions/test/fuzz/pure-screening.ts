import { buildAddressIndex, type AddressIndex } from '../../src/list/address-index.ts'
import type { ListedRow, ParsedFile } from '../../src/list/listed-row.ts'
import { checkGates, type MonthMaximum } from '../../src/versions/check-gates.ts'
import { diffRows } from '../../src/versions/diff-rows.ts'
import { countsOf } from '../../src/versions/load-rows.ts'
import { removalsOf, stillListed, type RemovalPolicy } from '../../src/versions/removals-of.ts'
import { NOW } from '../asking.ts'
import { GATES } from '../versions/versions-rig.ts'

export const POLICY: RemovalPolicy = { delistingHold: 'ack', reportOnlyListIds: new Set(['91507']) }

export type Outcome = 'activated' | 'unchanged' | 'quarantined' | 'failed'

/**
 * One list as it screens, without a database: what src/versions does with a delivery, by its own functions for everything that decides.
 * That the two do the same is what delivered-lists.test.ts shows.
 */
export class PureScreening {
  #rows: readonly ListedRow[] = []
  #held: readonly ListedRow[] = []
  #index: AddressIndex | undefined
  #month: MonthMaximum | undefined
  readonly #known = new Map<string, 'screened' | 'quarantined'>()

  get index(): AddressIndex {
    if (this.#index === undefined) throw new Error('nothing was delivered yet')
    return this.#index
  }

  async deliver(file: ParsedFile): Promise<Outcome> {
    const { sha256, rows } = file
    const next = await buildAddressIndex('fuzzed', file, NOW.getTime())
    if (next.rows === 0) return 'failed'
    if (sha256 === this.#index?.versionSha) return 'unchanged'
    const counts = countsOf(next)
    const active = this.#index === undefined ? {} : { active: countsOf(this.#index) }
    const month = this.#month === undefined ? {} : { month: this.#month }
    const before = this.#known.get(sha256)
    const history = before === undefined ? {} : { before }
    if (checkGates({ next: counts, ...active, ...month, ...history }, GATES).length > 0) {
      if (before === undefined) this.#known.set(sha256, 'quarantined')
      return 'quarantined'
    }
    const removals = await removalsOf(await diffRows(this.#rows, rows), rows, POLICY)
    const relisted = await stillListed(this.#held, rows, POLICY)
    const removed = removals.flatMap(({ row, state }) => (state === 'held' ? [{ ...row, removedBy: sha256 }] : []))
    this.#held = [...this.#held.filter((row) => !relisted.has(row)), ...removed]
    this.#rows = rows
    this.#index = this.#held.length === 0 ? next : await buildAddressIndex('fuzzed', file, NOW.getTime(), this.#held)
    this.#known.set(sha256, 'screened')
    this.#month = maximumOf(counts, this.#month)
    return 'activated'
  }
}

function maximumOf(next: MonthMaximum, before: MonthMaximum | undefined): MonthMaximum {
  const rowsByCode = { ...before?.rowsByCode }
  for (const [code, rows] of Object.entries(next.rowsByCode)) rowsByCode[code] = Math.max(rowsByCode[code] ?? 0, rows)
  return { rows: Math.max(next.rows, before?.rows ?? 0), rowsByCode }
}
