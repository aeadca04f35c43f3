import { createHash } from 'node:crypto'
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { AdminClient, AdminOptions } from '../admin-client.ts'
import { CommandFailed } from '../faults.ts'
import type { Host } from '../host.ts'
import { limitsCommand, openLimits, print } from './limits-client.ts'

const pageSchema = z.object({ upto: z.string(), lines: z.array(z.string()), next: z.string().nullable() })
const lineSchema = z.looseObject({ kind: z.enum(['reservation', 'entry']) })

interface Options extends AdminOptions {
  readonly month: string
  readonly to: string
}

interface Manifest {
  readonly month: string
  /** Everything that was written until then is in it. */
  readonly upto: string
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  readonly reservations: number
  readonly entries: number
}

/** `limits export`. */
export function addLimitsExport(limits: Command, host: Host): void {
  limitsCommand(limits, {
    name: 'export',
    summary: "write a month's reservations and entries to a file",
    description:
      'Write the reservations and entries that stand in a month (UTC) to ledger-MONTH.jsonl, and ledger-MONTH.manifest.json with its SHA-256 and ' +
      'what it holds. Never overwrites: when one of the two exists, nothing changes. Needs the role viewer.',
    examples: ['export --month 2026-10 --to /var/backups/limits'],
  })
    .requiredOption('--month <month>', 'such as 2026-10', readMonth)
    .requiredOption('--to <directory>', 'made when missing, closed to others')
    .action(async (o: Options) => {
      const manifest = await exportMonth(await openLimits(o, host), o)
      print(manifest, o, host, () => {
        const { file, reservations, entries, sha256 } = manifest
        return `${join(o.to, file)}\n${String(reservations)} reservations, ${String(entries)} entries\nSHA-256 ${sha256}\n`
      })
    })
}

function readMonth(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('Expected a month such as 2026-10.')
  return text
}

/** The manifest is written last: a file without one was not finished. */
async function exportMonth(client: AdminClient, { month, to }: Options): Promise<Manifest> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  const [file, manifestFile] = [`ledger-${month}.jsonl`, `ledger-${month}.manifest.json`]
  await assertNew(join(to, manifestFile))
  const handle = await createFile(join(to, file))
  try {
    const manifest = { month, file, ...(await writeLines(client, month, handle)) }
    await handle.sync()
    const manifestHandle = await createFile(join(to, manifestFile))
    await manifestHandle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
    await manifestHandle.sync()
    await manifestHandle.close()
    return manifest
  } catch (error) {
    await rm(join(to, file), { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

async function writeLines(
  client: AdminClient,
  month: string,
  handle: FileHandle,
): Promise<Omit<Manifest, 'month' | 'file'>> {
  const hash = createHash('sha256')
  const counts = { reservation: 0, entry: 0 }
  let bytes = 0
  let page: z.output<typeof pageSchema> | undefined
  do {
    page = await client.get('/v1/export', pageSchema, { month, after: page?.next ?? undefined })
    for (const line of page.lines) counts[lineSchema.parse(JSON.parse(line)).kind] += 1
    const content = Buffer.from(page.lines.map((line) => `${line}\n`).join(''))
    await handle.writeFile(content)
    hash.update(content)
    bytes += content.length
  } while (page.next !== null)
  const { upto } = page
  return { upto, sha256: hash.digest('hex'), bytes, reservations: counts.reservation, entries: counts.entry }
}

async function createFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new CommandFailed(`${path} exists already, or cannot be made; nothing was changed`, { cause })
  })
}

async function assertNew(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined) throw new CommandFailed(`${path} exists already; nothing was changed`)
}
