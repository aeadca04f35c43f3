import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GATES, HOUR_MS, openVersionsRig, refreshed } from '../versions/versions-rig.ts'
import { isStopped, stoppedValues } from './is-stopped.ts'
import { makeDraft, textOf } from './list-draft.ts'
import { mutateDraft } from './mutate-draft.ts'
import { POLICY, PureScreening } from './pure-screening.ts'
import { Random } from './random.ts'
import { readBytes } from './read-bytes.ts'

/** As mutated-lists.test.ts says; one of 250 of its files goes this way, in which each is parsed in a thread and stored. */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 1_500) / 250
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const FILES_PER_LIST = 6

/** Delivers one list and what may come after it; gives what became of each, and how often what. */
async function fuzzSource(seed: number): Promise<{ readonly broken: readonly string[]; readonly results: string[] }> {
  const random = new Random(seed)
  const draft = makeDraft(random)
  const { name, options: format } = draft.layout
  const rig = await openVersionsRig()
  const source = rig.source({ gates: GATES, policy: POLICY, format })
  const pure = new PureScreening()
  const stopped = new Set<string>()
  const broken: string[] = []
  const results: string[] = []
  for (let file = 0; file < FILES_PER_LIST; file += 1) {
    const bytes = file === 0 ? Buffer.from(textOf(draft)) : mutateDraft(draft, random).bytes
    const read = await readBytes(join(rig.directory, 'pure'), bytes, format)
    const expected = read.result === 'read' ? await pure.deliver(read.file) : 'failed'
    await rig.advance(HOUR_MS)
    await rig.deliver(bytes)
    if (file === 0) await source.start()
    const result = file === 0 ? 'activated' : await refreshed(source)
    results.push(result)
    const index = source.active()?.index
    if (index === undefined) throw new Error(`${name}, seed ${String(seed)}: the first list was not activated`)
    const about = `${name}, seed ${String(seed)}, file ${String(file)}`
    if (result !== expected) broken.push(`${about}: ${result}; by its own functions ${expected}`)
    if (index.versionSha !== pure.index.versionSha) broken.push(`${about}: another version screens`)
    for (const value of stopped) if (!isStopped(index, value)) broken.push(`${about}: no longer stopped: ${value}`)
    for (const value of stoppedValues(index)) stopped.add(value)
  }
  return { broken, results }
}

test(
  'through a delivery, a thread and a database a mutated list does what its functions say, and takes no address away',
  { timeout: 60_000 + RUNS * 10_000 },
  async () => {
    console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS * 250)}`)
    const random = new Random(SEED)
    const broken: string[] = []
    const counts = new Map<string, number>()
    for (let run = 0; run < RUNS; run += FILES_PER_LIST) {
      const { broken: found, results } = await fuzzSource(random.seed())
      broken.push(...found)
      for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1)
    }
    console.info([...counts].map(([result, times]) => `${result} ${String(times)}`).join(', '))
    expect(broken).toEqual([])
  },
)
