import { availableParallelism, cpus, loadavg } from 'node:os'
import {
  decideOnce,
  manyRules,
  ONE_RULE,
  openCase,
  pgbenchScript,
  rulesOf,
  touchCounters,
} from './reservations-case.ts'
import { loadDatabase } from './reservations-driver.ts'
import { fillHistory } from './reservations-history.ts'
import { measureHttp } from './reservations-http.ts'
import { findPgbench, runPgbench } from './reservations-pgbench.ts'
import { median, medianOf, summaryOf, type Sample, type Summary } from './reservations-sample.ts'
import { run, startBenchServer, type BenchServer } from './reservations-server.ts'

// Reservations of the limits checker beside the smallest transaction that could do the same: one update of one row by its key. Both by the
// same client on the same server in the same run, since machines differ and are noisy.
const ROUNDS = 3
const MANY = 1_000
const HISTORY_CONNECTIONS = 4
const HTTP_REQUESTS = 1_500
const WARM_UP_SECONDS = 2

const TARGETS = {
  hotShareMin: 0.6,
  rulesTimesMax: 2,
  p99TimesMax: 1.2,
} as const

export interface ReservationOptions {
  readonly seconds: number
  readonly connections: number
  /** Entries of the year behind; 0 leaves that figure out. */
  readonly history: number
  readonly say: (text: string) => void
}

/** A figure, the median of the rounds, and what it is held against. */
export interface Row extends Summary {
  readonly what: string
  /** Against the row that `of` names; the median of the ratios of each round. */
  readonly ratio?: number
  /** Of each round: how far they are apart says how far to trust the one in the middle. */
  readonly ratios?: readonly number[]
  readonly of?: string
  readonly target?: string
  readonly met?: boolean
}

export interface ReservationReport {
  readonly cpu: string
  readonly cores: number
  /** Of the machine over the last minute, at the begin and at the end: how much of it was somebody else's is not known. */
  readonly load: readonly [number, number]
  readonly options: Omit<ReservationOptions, 'say'>
  readonly rows: readonly Row[]
  readonly missing?: string
}

type Figure = readonly [what: string, measure: () => Promise<Sample>]

export async function measureReservations(options: ReservationOptions): Promise<ReservationReport> {
  const { seconds, connections, history } = options
  const begin = load()
  const pgbench = await findPgbench()
  const server = await startBenchServer()
  try {
    const rows: Row[] = []
    if (pgbench !== undefined) {
      rows.push(...(await measureCalls(server, pgbench, options)))
      if (options.history > 0) rows.push(...(await measureHistory(server, pgbench, options)))
    }
    rows.push(...(await measureRules(server, options)), ...(await measureRequests(server, options)))
    return {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      load: [begin, load()],
      options: { seconds, connections, history },
      rows,
      ...(pgbench === undefined && {
        missing:
          'pgbench was not found (Debian: postgresql-contrib or postgresql-15): what is measured with it was left out',
      }),
    }
  } finally {
    await server.stop()
  }
}

const load = (): number => loadavg()[0] ?? NaN

/**
 * Every figure once per round, one after the other, so that what else the machine does hits all of them alike; every other round backwards, so
 * that what gets better or worse in the meantime favours none.
 */
async function inRounds(
  server: BenchServer,
  figures: readonly Figure[],
  say: (text: string) => void,
): Promise<readonly (readonly Summary[])[]> {
  const samples = figures.map((): Summary[] => [])
  for (let round = 1; round <= ROUNDS; round++) {
    const order = [...figures.entries()]
    for (const [index, [what, measure]] of round % 2 === 1 ? order : order.reverse()) {
      say(`round ${round} of ${ROUNDS}: ${what}`)
      await server.checkpoint()
      samples[index]?.push(summaryOf(await measure()))
    }
  }
  return samples
}

interface Held {
  readonly row: number
  readonly against: number
  readonly by: 'perSecond' | 'p99Ms'
  readonly inverted?: boolean
  readonly target?: { readonly text: string; readonly isMet: (ratio: number) => boolean }
}

function rowsOf(
  figures: readonly Figure[],
  samples: readonly (readonly Summary[])[],
  held: readonly Held[],
): readonly Row[] {
  return figures.map(([what], index) => {
    const mine = samples[index] ?? []
    const hold = held.find(({ row }) => row === index)
    const row: Row = { what, ...medianOf(mine) }
    if (hold === undefined) return row
    const ratios = mine
      .map((sample, round) => sample[hold.by] / (samples[hold.against]?.[round]?.[hold.by] ?? NaN))
      .map((ratio) => (hold.inverted === true ? 1 / ratio : ratio))
    const ratio = median(ratios)
    const of = figures[hold.against]?.[0] ?? ''
    return {
      ...row,
      ratio,
      ratios,
      of,
      ...(hold.target && { target: hold.target.text, met: hold.target.isMet(ratio) }),
    }
  })
}

/** One row updated by its key, and limits_decide, by pgbench; and limits_decide by the driver that the checker uses. */
async function measureCalls(
  server: BenchServer,
  program: string,
  options: ReservationOptions,
): Promise<readonly Row[]> {
  const { connections, seconds, say } = options
  const plain = await server.create('plain')
  await run(
    plain,
    'create table hot (id integer primary key, n bigint not null)',
    `insert into hot select g, 0 from generate_series(1, ${MANY}) g`,
  )
  const rules = rulesOf(ONE_RULE)
  const url = await server.create('decide')
  const database = await openCase(url, rules, connections)
  try {
    await touchCounters(database, rules, MANY)
    const update =
      (rows: number): Figure[1] =>
      () =>
        runPgbench({
          program,
          url: plain,
          connections,
          seconds,
          script: `\\set id random(1, ${rows})\nbegin;\nupdate hot set n = n + 1 where id = :id;\nend;\n`,
        })
    const decide =
      (wallets: number, slots = false): Figure[1] =>
      () =>
        runPgbench({ program, url, connections, seconds, ...pgbenchScript(rules, wallets, slots) })
    const driver =
      (wallets: number): Figure[1] =>
      () =>
        loadDatabase({ connections, seconds, work: (index) => decideOnce(database, rules, (index % wallets) + 1) })
    const figures: readonly Figure[] = [
      ['pgbench: update of one row', update(1)],
      ['limits_decide by pgbench, one counter', decide(1)],
      ['the same with a nonce, as bound payments have', decide(1, true)],
      ['limits_decide by the driver, one counter', driver(1)],
      [`pgbench: update of one of ${MANY} rows`, update(MANY)],
      [`limits_decide by pgbench, ${MANY} counters`, decide(MANY)],
      [`limits_decide by the driver, ${MANY} counters`, driver(MANY)],
    ]
    const min = TARGETS.hotShareMin
    return rowsOf(figures, await inRounds(server, figures, say), [
      { row: 1, against: 0, by: 'perSecond', target: { text: `>= ${min * 100} %`, isMet: (ratio) => ratio >= min } },
      { row: 2, against: 0, by: 'perSecond' },
      { row: 3, against: 0, by: 'perSecond' },
      { row: 5, against: 4, by: 'perSecond' },
      { row: 6, against: 4, by: 'perSecond' },
    ])
  } finally {
    await database.close()
  }
}

/** The time of a decision with a year of payments behind it, against the same without. */
async function measureHistory(
  server: BenchServer,
  program: string,
  { seconds, history, say }: ReservationOptions,
): Promise<readonly Row[]> {
  const rules = rulesOf(ONE_RULE)
  const urls: string[] = []
  for (const name of ['fresh', 'aged']) {
    const url = await server.create(name)
    const database = await openCase(url, rules, HISTORY_CONNECTIONS)
    await touchCounters(database, rules, MANY)
    await database.close()
    urls.push(url)
  }
  const [fresh = '', aged = ''] = urls
  await fillHistory({ url: aged, counters: MANY, entries: history, say })
  const decide =
    (url: string): Figure[1] =>
    async () => {
      const run = { program, url, connections: HISTORY_CONNECTIONS, ...pgbenchScript(rules, MANY) }
      // The first decision on a counter takes what left the window meanwhile out of its sum.
      await runPgbench({ ...run, seconds: WARM_UP_SECONDS })
      return runPgbench({ ...run, seconds })
    }
  const figures: readonly Figure[] = [
    [`${MANY} counters, ${HISTORY_CONNECTIONS} connections, no history`, decide(fresh)],
    [`the same, ${history} entries of a year`, decide(aged)],
  ]
  const max = TARGETS.p99TimesMax
  return rowsOf(figures, await inRounds(server, figures, say), [
    { row: 1, against: 0, by: 'p99Ms', target: { text: `p99 <= ${max} times`, isMet: (ratio) => ratio <= max } },
  ])
}

/** From facts to a decision, as the checker does it: what rules cost that do not match. */
async function measureRules(
  server: BenchServer,
  { connections, seconds, say }: ReservationOptions,
): Promise<readonly Row[]> {
  const cases = [
    { what: '5 rules, all match', database: 'rules-5', rules: rulesOf(manyRules(5, 0)) },
    { what: '100 rules, 5 match', database: 'rules-100', rules: rulesOf(manyRules(5, 95)) },
  ]
  const opened = await Promise.all(
    cases.map(async ({ what, database: name, rules }) => ({
      what,
      rules,
      database: await openCase(await server.create(name), rules, connections),
    })),
  )
  try {
    for (const { database, rules } of opened) await touchCounters(database, rules, MANY)
    const figures = opened.map(({ what, rules, database }): Figure => [
      what,
      () => loadDatabase({ connections, seconds, work: (index) => decideOnce(database, rules, (index % MANY) + 1) }),
    ])
    const max = TARGETS.rulesTimesMax
    return rowsOf(figures, await inRounds(server, figures, say), [
      {
        row: 1,
        against: 0,
        by: 'perSecond',
        inverted: true,
        target: { text: `<= ${max} times`, isMet: (ratio) => ratio <= max },
      },
    ])
  } finally {
    await Promise.all(opened.map(({ database }) => database.close()))
  }
}

/** The whole checker, asked by HTTP; its database is on the same server as everything else. */
async function measureRequests(server: BenchServer, { connections, say }: ReservationOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const wallets of [1, MANY]) {
    const what = wallets === 1 ? 'limits by HTTP, one counter' : `limits by HTTP, ${wallets} counters`
    const rounds: Summary[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}: ${what}`)
      const name = `http-${wallets}-${round}`
      const databaseUrl = await server.create(name)
      rounds.push(await measureHttp({ databaseUrl, wallets, inFlight: connections, requests: HTTP_REQUESTS }))
      await server.drop(name)
    }
    rows.push({ what, ...medianOf(rounds) })
  }
  return rows
}
