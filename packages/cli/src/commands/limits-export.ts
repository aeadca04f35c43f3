import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { AdminClient, AdminOptions } from '../admin-client.ts'
import { writeExport } from '../export-file.ts'
import type { Host } from '../host.ts'
import { print } from '../checker-command.ts'
import { limitsCommand, openLimits } from './limits-client.ts'

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

async function exportMonth(client: AdminClient, { month, to }: Options): Promise<Manifest> {
  const counts = { reservation: 0, entry: 0 }
  let upto = ''
  async function* pages(): AsyncGenerator<readonly string[]> {
    let after: string | undefined
    do {
      const page = await client.get('/v1/export', pageSchema, { month, after })
      for (const line of page.lines) counts[lineSchema.parse(JSON.parse(line)).kind] += 1
      upto = page.upto
      yield page.lines
      after = page.next ?? undefined
    } while (after !== undefined)
  }
  return writeExport({
    directory: to,
    name: `ledger-${month}`,
    pages: pages(),
    manifest: ({ sha256, bytes }, file) =>
      Promise.resolve({ month, file, upto, sha256, bytes, reservations: counts.reservation, entries: counts.entry }),
  })
}
