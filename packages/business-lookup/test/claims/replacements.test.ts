import { expect, test } from 'vitest'
import { asks, openClaimsRig } from './claims-rig.ts'

/** A small generator (mulberry32), so that a seed repeats a run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const SLOTS = ['o:1', 'o:2', 'o:3', 'o:4']
const common = (sets: readonly (readonly string[])[]): readonly string[] =>
  SLOTS.filter((slot) => sets.every((set) => set.includes(slot)))

test.each([1, 2, 3, 4, 5])(
  'B16: of 20 at once that exclude one another only in part, those that are approved all share a slot [seed %i]',
  async (seed) => {
    const { claim, claims } = await openClaimsRig()
    const random = randomOf(seed)
    const subset = (): readonly string[] => SLOTS.filter(() => random() < 0.6)
    await claim(asks('first', { slots: SLOTS }))
    const replacements = Array.from({ length: 20 }, (_, n) => asks(`t${String(n)}`, { slots: subset() }))
    const results = await Promise.all(replacements.map((replacement) => claim(replacement)))
    const joined = replacements.filter((_, index) => results[index] === 'replaced')
    expect(new Set(results.filter((result) => result !== 'replaced'))).toEqual(new Set(['REF_ALREADY_USED']))
    expect(joined.length).toBeGreaterThan(0)
    expect(joined.length).toBeLessThan(20)
    const shared = common(joined.map(({ slots }) => slots))
    expect(shared).not.toEqual([])
    // Whoever was refused does not share a slot with all of them.
    for (const [index, { slots }] of replacements.entries())
      if (results[index] !== 'replaced') expect(common([shared, slots])).toEqual([])
    const [line] = await claims()
    expect(line).toContain(`[${shared.join(',')}]`)
  },
)

test('whatever is asked, given back and asked again in any order, what is held at any time shares a slot', async () => {
  const { claim, release, database } = await openClaimsRig()
  const random = randomOf(6)
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }
  // What each holder signed since it holds: all of it may still become final.
  const signed = new Map<string, (readonly string[])[]>()
  let replaced = 0
  for (let step = 0; step < 200; step += 1) {
    const key = pick(['a', 'b', 'c', 'd', 'e'])
    if (random() < 0.2) {
      await release(key)
      signed.delete(key)
      continue
    }
    const slots = SLOTS.filter(() => random() < 0.7)
    // Alone, a holder's second signature is checker-kit's to judge.
    const isAlone = signed.size === 1 && signed.has(key)
    if (isAlone && common([...(signed.get(key) ?? []), slots]).length === 0) continue
    const result = await claim(asks(key, { slots }))
    if (result === 'claimed') expect(signed.size).toBe(0)
    if (result === 'replaced') replaced += 1
    if (result === 'claimed' || result === 'replaced' || result === 'again')
      signed.set(key, [...(signed.get(key) ?? []), slots])
    const all = [...signed.values()].flat()
    if (all.length > 1) expect(common(all)).not.toEqual([])
    const held = await database.query({ text: `select 1 from claim where state = 'held'` })
    expect(held).toHaveLength(signed.size === 0 ? 0 : 1)
  }
  expect(replaced).toBeGreaterThan(10)
})
