import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { buildAddressIndex, type AddressIndex } from '../../src/list/address-index.ts'
import { NOW } from '../asking.ts'
import { isStopped, stoppedValues } from './is-stopped.ts'
import { makeDraft, textOf, type DraftPart } from './list-draft.ts'
import { mutateDraft, type MutatedFile } from './mutate-draft.ts'
import { PureScreening } from './pure-screening.ts'
import { Random } from './random.ts'
import { readBytes } from './read-bytes.ts'

/**
 * The long run, whose result stands in test/results; a file that breaks a promise is kept and named with its seed:
 * CALLBACK_QUORUM_RUNS=100000 pnpm exec vitest run --config test/vitest.config.ts --root . packages/sanctions/test/fuzz --testTimeout 7200000
 */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 1_500)
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
/** So many files come one after the other for the same list. */
const FILES_PER_LIST = 20

let directory: string
beforeAll(async () => {
  console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS)}`)
  directory = await mkdtemp(join(tmpdir(), 'sanctions-fuzz-'))
  return () => rm(directory, { recursive: true })
})

const counts = new Map<string, Map<string, number>>()
const count = (name: string, result: string): void => {
  const own = counts.get(name) ?? new Map<string, number>()
  counts.set(name, own.set(result, (own.get(result) ?? 0) + 1))
}

/** The spellings of an address that a list does not stop. */
const missed = (index: AddressIndex, { address }: DraftPart): readonly string[] =>
  address.spellings
    .filter(({ text, reading }) => index.find(text, [reading]).length === 0)
    .map(({ family, text }) => `${family} ${text}`)

/** One list and what is delivered for it; gives what broke a promise. */
async function fuzzList(seed: number): Promise<readonly string[]> {
  const random = new Random(seed)
  const draft = makeDraft(random)
  const { name, options } = draft.layout
  const path = join(directory, 'list')
  const screening = new PureScreening()
  const stopped = new Set<string>()
  const broken: string[] = []
  const deliver = async ({ bytes, intact }: MutatedFile): Promise<readonly string[]> => {
    const read = await readBytes(path, bytes, options)
    if (read.result === 'refused') {
      count(name, read.code.replace('ERR_SANCTIONS_', ''))
      return []
    }
    const own = await buildAddressIndex('fuzzed', read.file, NOW.getTime())
    const clean = intact.flatMap((part) =>
      missed(own, part).map((text) => `listed as ${part.written}, clean as ${text}`),
    )
    count(name, await screening.deliver(read.file))
    const shrunk = [...stopped].filter((value) => !isStopped(screening.index, value))
    for (const value of stoppedValues(screening.index)) stopped.add(value)
    return [...clean, ...shrunk.map((value) => `no longer stopped: ${value}`)]
  }
  const first = { bytes: Buffer.from(textOf(draft)), intact: draft.parts }
  for (let file = 0; file < FILES_PER_LIST; file += 1) {
    const delivered = file === 0 ? first : mutateDraft(draft, random)
    const problems = await deliver(delivered).catch((error: unknown) => [inspect(error)])
    if (problems.length === 0) continue
    const kept = join(tmpdir(), `sanctions-fuzz-${String(seed)}-${String(file)}`)
    await writeFile(kept, delivered.bytes)
    const line = `${name}, seed ${String(seed)}, file ${String(file)} (${kept}): ${problems.slice(0, 3).join('; ')}`
    // At once: a long run may be watched.
    console.error(line)
    broken.push(line)
  }
  return broken
}

test(
  'no mutated list breaks the reader, shrinks what screens, or hides an address that stands in it',
  { timeout: 60_000 + RUNS * 100 },
  async () => {
    const random = new Random(SEED)
    const broken: string[] = []
    for (let run = 0; run < RUNS; run += FILES_PER_LIST) broken.push(...(await fuzzList(random.seed())))
    console.info(table())
    expect(broken).toEqual([])
    // Neither everything refused nor everything taken: both sides were looked at.
    const all = [...counts.values()].flatMap((own) => [...own.entries()])
    const taken = all.reduce((sum, [result, times]) => sum + (result === 'activated' ? times : 0), 0)
    expect(taken).toBeGreaterThan(RUNS / 10)
    expect(taken).toBeLessThan(RUNS * 0.9)
  },
)

function table(): string {
  const results = [...new Set([...counts.values()].flatMap((own) => [...own.keys()]))].sort()
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [
    line(['format', ...results]),
    line(['---', ...results.map(() => '---')]),
    ...[...counts].sort().map(([name, own]) => line([name, ...results.map((result) => own.get(result) ?? 0)])),
  ].join('\n')
}
