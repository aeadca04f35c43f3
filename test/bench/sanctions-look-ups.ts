// A process that loads a million addresses and the OFAC list, and looks addresses up in both. Run by sanctions.ts.
import { canonicalizeAddress, type CanonicalAddress } from '@callback-quorum/chains'
import { STARTER_LIST } from '@callback-quorum/sanctions'
import type { AddressIndex } from '../../packages/sanctions/src/list/address-index.ts'
import { loadIndex } from '../../packages/sanctions/src/list/load-list.ts'
import { say } from './sanctions-child.ts'
import { addressOf, type Address } from './sanctions-synthetic.ts'

/** By the clock, and by the time that a processor worked for this process: the difference is what else the machine does. */
export interface Pace {
  readonly perSecond: number
  readonly perProcessorSecond: number
}

export interface LookUpFigures {
  readonly loadSeconds: number
  readonly rows: number
  readonly residentMegabytes: number
  readonly residentMegabytesMax: number
  readonly indexMegabytes: number
  readonly readBefore: Pace
  readonly reading: Pace
  readonly mapGet: Pace
  readonly listed: number
}

const [rowsFile = '', count = '', destinations = '', seconds = ''] = process.argv.slice(2)

const start = performance.now()
const synthetic = await loadIndex({
  from: 'rows',
  path: rowsFile,
  version: { sha256: '0'.repeat(64), codes: ['plain'] },
  source: 'synthetic',
  loadedAtMs: 0,
})
const loadSeconds = (performance.now() - start) / 1_000
const indexMegabytes = synthetic.bytes / 2 ** 20
const ofac = await loadIndex({
  from: 'file',
  path: STARTER_LIST.file,
  options: { format: 'ofac-advanced' },
  source: 'ofac-sdn',
  loadedAtMs: 0,
})
const indexes: readonly AddressIndex[] = [synthetic, ofac]
const memory = {
  residentMegabytes: process.memoryUsage.rss() / 2 ** 20,
  residentMegabytesMax: process.resourceUsage().maxRSS / 1_024,
}

/** Every other one is listed; those that are not continue the numbers of the list. */
const asked = Array.from({ length: Number(destinations) }, (_, at) =>
  addressOf(at % 2 === 0 ? (at * 97) % Number(count) : Number(count) + at),
)
const read = ({ family, text }: Address): CanonicalAddress => canonicalizeAddress(family, 'mainnet', text)
const known = asked.map((address) => ({ ...address, reading: read(address) }))

const NOW = new Date()
const find = (text: string, reading: CanonicalAddress): number =>
  indexes.reduce((found, index) => found + index.find(text, [reading], NOW).length, 0)
const listed = known.filter(({ text, reading }) => find(text, reading) > 0).length
const readBefore = paceOf(known, ({ text, reading }) => find(text, reading))
const reading = paceOf(asked, (address) => find(address.text, read(address)))
const map = new Map([...synthetic.keys()].map((key, position) => [key, position]))
const mapGet = paceOf(known, ({ reading }) => map.get(reading.key) ?? 0)

say({
  loadSeconds,
  rows: synthetic.rows + ofac.rows,
  ...memory,
  indexMegabytes,
  readBefore,
  reading,
  mapGet,
  listed,
} satisfies LookUpFigures)

/** After a warm-up of one round. */
function paceOf<T>(items: readonly T[], run: (item: T) => number): Pace {
  let sum = 0
  for (const item of items) sum += run(item)
  let done = 0
  const [begin, used] = [performance.now(), process.cpuUsage()]
  while (performance.now() - begin < Number(seconds) * 1_000) {
    for (const item of items) sum += run(item)
    done += items.length
  }
  const { user, system } = process.cpuUsage(used)
  if (Number.isNaN(sum)) throw new Error('nothing was looked up')
  return {
    perSecond: (done * 1_000) / (performance.now() - begin),
    perProcessorSecond: (done * 1e6) / (user + system),
  }
}
