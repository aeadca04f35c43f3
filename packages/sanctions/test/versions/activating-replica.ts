import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, openDatabase } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { openFileDelivery } from '../../src/delivery/file-delivery.ts'
import { createSanctionsMetrics } from '../../src/metrics.ts'
import { DatabaseTime } from '../../src/versions/database-time.ts'
import { ListSource } from '../../src/versions/list-source.ts'
import { MIGRATIONS } from '../migrations.ts'

// A process of its own that takes in the list of a file, to be killed while it does. Arguments: database URL, path of the file.

const [url = '', file = ''] = process.argv.slice(2)
const log = createLogger({ level: 'silent', name: 'replica' })
const time = new DatabaseTime()
const directory = await mkdtemp(join(tmpdir(), 'sanctions-replica-'))
const database = await openDatabase({
  url,
  dataDir: '',
  profile: 'development',
  migrations: MIGRATIONS,
  log,
})
const source = new ListSource(
  {
    name: 'ofac-sdn',
    delivery: openFileDelivery({ file, manifest: 'required', directory, clock: time }),
    format: { format: 'ofac-advanced' },
    maxAgeMs: 24 * 3_600_000,
    isStarterAllowed: false,
    gates: { rowsMin: 1, shrinkPercent: 100, codeShrinkPercent: 100, codeShrinkRows: 1_000, growthPercent: 1_000 },
    policy: { delistingHold: 'ack', reportOnlyListIds: new Set() },
    database,
    log,
    metrics: createSanctionsMetrics(
      new Registry(),
      () => [],
      () => time.nowMs(),
    ),
    directory,
    pollIntervalMs: 0,
  },
  time,
)
await source.start()
process.stdout.write(`${String(source.active()?.index.rows)}\n`)
await source.stop()
await database.close()
