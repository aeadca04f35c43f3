import { createAssetRegistry, decodeTransaction, STARTER_ASSETS } from '@callback-quorum/chains'
import { samples } from '../../packages/integrity/test/cases/library-parse.ts'

// How long it takes to read a transaction, recompute its hashes and say what it does, as a ratio to what an unrelated library needs to
// read and hash the same bytes in the same run.
const SEED = 20_261_121
const SAMPLES_PER_CHAIN = 200
const SECONDS_PER_FIGURE = 2

interface Figure {
  readonly chain: string
  readonly library: string
  readonly microseconds: number
  readonly perSecond: number
  /** Times as long as the library; absent where the library has no reader of its own. */
  readonly ratio?: number
}

const assets = createAssetRegistry(STARTER_ASSETS)

export function measureDecoding(): readonly Figure[] {
  const all = samples(SEED, SAMPLES_PER_CHAIN)
  return [...new Set(all.map(({ chain }) => chain))].map((id) => {
    const chain = assets.chain(id)
    if (chain === undefined) throw new Error(`no chain ${id}`)
    const mine = all.filter((sample) => sample.chain === id)
    const microseconds = time(mine, ({ raw, prevouts }) => decodeTransaction(chain, raw, { prevouts }))
    const parsers = mine.flatMap(({ parse }) => (parse === undefined ? [] : [parse]))
    const library = mine[0]?.library ?? ''
    const figure = { chain: id, library, microseconds, perSecond: 1e6 / microseconds }
    return parsers.length === 0 ? figure : { ...figure, ratio: microseconds / time(parsers, (parse) => parse()) }
  })
}

/** Microseconds for one item, after a warm-up of the same length. */
function time<T>(items: readonly T[], run: (item: T) => unknown): number {
  const round = (): number => {
    const start = performance.now()
    let done = 0
    while (performance.now() - start < (SECONDS_PER_FIGURE * 1_000) / 2) {
      for (const item of items) run(item)
      done += items.length
    }
    return ((performance.now() - start) * 1_000) / done
  }
  round()
  return round()
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ chain, library, microseconds, perSecond, ratio }) =>
      `| ${chain} | ${microseconds.toFixed(0)} | ${perSecond.toFixed(0)} | ${library} | ${ratio?.toFixed(2) ?? '-'} |`,
  )
  return [
    '| chain | us to decode | per second, one core | library | times as long |',
    '| --- | ---: | ---: | --- | ---: |',
    ...rows,
    '',
  ].join('\n')
}
