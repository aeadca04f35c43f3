import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  startBusinessSystem,
  startConstellation,
  writeDemoConfiguration,
  type BusinessSystem,
  type ServiceName,
  type Topology,
} from '@callback-quorum/cli'
import { CUSTODY, makeV2KeySign, type CoboPackage, type LoadReport } from '@callback-quorum/simulator'
import { loadApproved, WARM_UP } from './approved-load.ts'

// Decisions per second and latency, as a ratio to what the machine's own RSA could do in the same run: machines differ and are noisy.
const OPENSSL_SECONDS = 2
const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

/** RSA-2048 operations that one decision costs all processes together. */
const COSTS = {
  // Gateway: verify the token, four verdicts; sign the answer and four notices. Checkers: verify the token, sign
  // the verdict, verify the notice.
  'gateway and four checkers': { signs: 1 + 4 + 4, verifies: 5 + 4 + 4 },
  'limits alone': { signs: 1, verifies: 1 },
} as const

interface Row {
  readonly what: keyof typeof COSTS
  readonly concurrency: number
  readonly report: LoadReport
  readonly boundPerSecond: number
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      requests: { type: 'string', default: '1500' },
      decoding: { type: 'boolean', default: false },
      reservations: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '16' },
      history: { type: 'string', default: '5000000' },
      sanctions: { type: 'boolean', default: false },
      lookup: { type: 'boolean', default: false },
      list: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(
      'usage: npm run bench -- [--requests N] [--json]    decisions of the whole constellation\n       npm run bench -- --decoding [--json]        decoders beside unrelated libraries\n       npm run bench -- --reservations [--json] [--seconds N] [--connections N] [--history ENTRIES]    limits beside pgbench\n       npm run bench -- --sanctions [--json] [--seconds N] [--list FILE.xml.gz]    loading a complete OFAC list, look-ups among a million\n       npm run bench -- --lookup [--json] [--requests N]    business-lookup over each connector, beside its bare call\n',
    )
    return
  }
  if (values.decoding) {
    const { measureDecoding, tableOf } = await import('./decoding.ts')
    const figures = measureDecoding()
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : tableOf(figures))
    return
  }
  if (values.reservations) {
    const { measureReservations } = await import('./reservations.ts')
    const { reservationsTable } = await import('./reservations-table.ts')
    const report = await measureReservations({
      seconds: wholeNumber('--seconds', values.seconds, 1, 600),
      connections: wholeNumber('--connections', values.connections, 1, 100),
      history: wholeNumber('--history', values.history, 0, 50_000_000),
      say: (text) => void process.stderr.write(`${text}\n`),
    })
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : reservationsTable(report))
    return
  }
  if (values.lookup) {
    const { measureLookup } = await import('./lookup.ts')
    const { lookupTable } = await import('./lookup-table.ts')
    const report = await measureLookup({
      requests: wholeNumber('--requests', values.requests, 10, 20_000),
      say: (text) => void process.stderr.write(`${text}\n`),
    })
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : lookupTable(report))
    return
  }
  if (values.sanctions) {
    const { measureSanctions } = await import('./sanctions.ts')
    const { sanctionsTable } = await import('./sanctions-table.ts')
    const report = await measureSanctions({
      list: values.list,
      seconds: wholeNumber('--seconds', values.seconds, 1, 600),
      say: (text) => void process.stderr.write(`${text}\n`),
    })
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : sanctionsTable(report))
    return
  }
  const requests = Number(values.requests)
  if (!Number.isInteger(requests) || requests < 1 || requests > 50_000)
    throw new RangeError('--requests: expected a whole number from 1 to 50000')
  const rsa = measureRsa()
  const rows: Row[] = []
  for (const [what, topology, servers] of [
    ['gateway and four checkers', 'gateway', ['gateway']],
    ['limits alone', 'direct', ['limits']],
  ] as const) {
    for (const concurrency of [1, 16]) {
      const count = concurrency === 1 ? Math.ceil(requests / 4) : requests
      process.stderr.write(`${what}, ${String(concurrency)} at a time, ${String(count)} requests ...\n`)
      const report = await measure(topology, servers, concurrency, count)
      const { signs, verifies } = COSTS[what]
      rows.push({
        what,
        concurrency,
        report,
        boundPerSecond: rsa.cores / (signs / rsa.signsPerSecond + verifies / rsa.verifiesPerSecond),
      })
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ rsa, rows })}\n`)
  else print(rsa, rows)
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${flag}: expected a whole number from ${String(min)} to ${String(max)}`)
  return value
}

interface Rsa {
  readonly cpu: string
  readonly cores: number
  readonly signsPerSecond: number
  readonly verifiesPerSecond: number
}

/** One core's RSA-2048, by the last line of `openssl speed`. */
function measureRsa(): Rsa {
  const output = execFileSync('openssl', ['speed', '-seconds', String(OPENSSL_SECONDS), 'rsa2048'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const figures = /rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)/.exec(output)
  if (figures === null) throw new Error(`openssl speed printed no figures: ${output}`)
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    signsPerSecond: Number(figures[1]),
    verifiesPerSecond: Number(figures[2]),
  }
}

const reference = (index: number): string => `WD-20261121-abcdef-${String(index).padStart(2, '0')}`

async function measure(
  topology: Topology,
  servers: readonly ServiceName[],
  concurrency: number,
  requests: number,
): Promise<LoadReport> {
  const folder = await mkdtemp(join(tmpdir(), 'cq bench '))
  const business = await startBusinessSystem({ directory: folder, node: process.execPath, env: process.env })
  const total = WARM_UP + requests
  try {
    const configuration = await writeDemoConfiguration({
      directory: folder,
      payoutsUrl: business.url,
      topology,
    })
    await addWithdrawals(business, total)
    const constellation = await startConstellation({
      configuration,
      node: process.execPath,
      env: process.env,
      main: MAIN,
    })
    try {
      return await loadApproved(configuration, { services: servers, concurrency, requests, packageAt })
    } finally {
      await constellation.close()
    }
  } finally {
    await business.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function addWithdrawals(business: BusinessSystem, count: number): Promise<void> {
  await business.add(
    Array.from({ length: count }, (_, index) => ({
      reference: reference(index),
      customer: 'bench',
      state: 'approved',
      currency: 'ETH',
      amount: '0.000001',
      address: CUSTOMER,
    })),
  )
}

const packageAt = (index: number): CoboPackage =>
  makeV2KeySign({
    requestId: `bench-${String(index)}`,
    transactionId: `bench-${String(index)}`,
    coboId: `bench-${String(index)}`,
    reference: reference(index),
    to: CUSTOMER,
    amount: '0.000001',
    organisation: CUSTODY.organisation,
    seed: index,
  })

function print(rsa: Rsa, rows: readonly Row[]): void {
  const out = (text: string): void => void process.stdout.write(`${text}\n`)
  out(`${rsa.cpu}, ${String(rsa.cores)} cores, Node ${process.version}`)
  out(
    `openssl speed rsa2048, one core: ${rsa.signsPerSecond.toFixed(0)} signs/s, ${rsa.verifiesPerSecond.toFixed(0)} verifies/s\n`,
  )
  out('| what | at a time | decisions/s | p50 ms | p99 ms | RSA bound/s | of the bound |')
  out('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const { what, concurrency, report, boundPerSecond } of rows) {
    const share = `${((100 * report.perSecond) / boundPerSecond).toFixed(0)} %`
    out(
      `| ${what} | ${String(concurrency)} | ${report.perSecond.toFixed(0)} | ${report.p50Ms.toFixed(1)} | ${report.p99Ms.toFixed(1)} | ${boundPerSecond.toFixed(0)} | ${share} |`,
    )
  }
  out('\nThe bound is what all cores could do if a decision were nothing but its RSA-2048 operations.')
}

await main()
