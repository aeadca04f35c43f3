import { expect } from 'vitest'
import type { Asked } from './orders.ts'

/** What the histories were made of, so that a run that met nothing does not pass for one that found nothing. */
export class Tally {
  readonly #operations = new Map<string, number>()
  #histories = 0
  #steps = 0
  #concurrent = 0
  #reordered = 0

  history(): void {
    this.#histories += 1
  }

  /** `isAsListed`: the order in which the operations are listed explains what was seen. */
  step(asked: readonly Asked[], isAsListed: boolean): void {
    this.#steps += 1
    if (asked.length > 1) this.#concurrent += 1
    if (!isAsListed) this.#reordered += 1
    for (const { operation, outcome } of asked) {
      const name = `${operation.kind} ${outcome.replace(/:.*/s, '')}`
      this.#operations.set(name, (this.#operations.get(name) ?? 0) + 1)
    }
  }

  text(): string {
    const refused = this.#of('reserve refused')
    const asked = refused + this.#of('reserve reserved') + this.#of('reserve replayed')
    const lines = [...this.#operations].toSorted().map(([name, times]) => `${name}: ${String(times)}`)
    return [
      `histories: ${String(this.#histories)}, steps: ${String(this.#steps)}, of them concurrent: ${String(this.#concurrent)}`,
      `steps that only another order than the listed one explains: ${String(this.#reordered)}`,
      ...lines,
      `refused: ${((100 * refused) / asked).toFixed(1)} % of all reserve, ${((100 * refused) / (asked - this.#of('reserve replayed'))).toFixed(1)} % of those that are no replay`,
    ].join('\n')
  }

  assertMeaning(): void {
    expect([...this.#operations.keys()].toSorted()).toEqual([
      'commit told',
      'confirm done',
      'confirm nothing',
      'release done',
      'release nothing',
      'reserve refused',
      'reserve replayed',
      'reserve reserved',
      'reserve second-signature',
      'resign refused',
      'resign replayed',
      'resign reserved',
      'resign second-signature',
    ])
    expect(this.#concurrent, 'steps of several operations').toBeGreaterThan(this.#steps / 2)
    const fresh = this.#of('reserve refused') + this.#of('reserve reserved')
    expect(this.#of('reserve refused') / fresh, 'share refused').toBeGreaterThan(0.3)
    expect(this.#of('reserve refused') / fresh, 'share refused').toBeLessThan(0.7)
  }

  #of(name: string): number {
    return this.#operations.get(name) ?? 0
  }
}
