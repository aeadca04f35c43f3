import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import {
  openAdminClient,
  withAdminOptions,
  type AdminClient,
  type AdminOptions,
  type ReadConfig,
} from '../admin-client.ts'
import { writeExport } from '../export-file.ts'
import { CommandFailed } from '../faults.ts'
import type { Host } from '../host.ts'
import { SERVICES } from '../services.ts'
import { recognise } from '../recognise.ts'

/** Every record is read again and hashed before it is signed. */
const MANIFEST_MS_MAX = 600_000

const pageSchema = z.object({ upto: z.string(), lines: z.array(z.string()), next: z.string().nullable() })
const manifestSchema = z.object({
  manifest: z.object({ records: z.number(), bytes: z.number(), sha256: z.string(), from: z.string(), to: z.string() }),
  signed: z.string(),
})

interface Options extends AdminOptions {
  readonly from: string
  readonly until: string
  readonly to: string
}

const readConfig: ReadConfig = async (path, env) => (await SERVICES[await recognise(path)].open(path, env)).file

/** `verdicts export`. */
export function addVerdictsExport(verdicts: Command, host: Host): void {
  withAdminOptions(
    verdicts
      .command('export')
      .summary('write what a checker judged to a file, with a signed manifest')
      .description(
        'Write every verdict of a checker from one day up to but not including another one (UTC), with question and evidence, to ' +
          'verdicts-FROM-UNTIL.jsonl, and a manifest signed by the checker beside it. At most 367 days at once. Never overwrites. Needs the role viewer.',
      ),
    "the checker's",
  )
    .requiredOption('--from <day>', 'such as 2026-10-01', readDay)
    .requiredOption('--until <day>', 'not included, such as 2026-11-01', readDay)
    .requiredOption('--to <directory>', 'made when missing, closed to others')
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum verdicts export --from 2026-10-01 --until 2026-11-01 --to /var/backups/sanctions \\\n' +
        '      --config sanctions.yaml --token-file ops.token\n',
    )
    .action(async (o: Options) => {
      const client = await openAdminClient(o, readConfig, host, "the checker's")
      const written = await exportVerdicts(client, o)
      host.stdout.write(
        o.output === 'json'
          ? `${JSON.stringify(written)}\n`
          : `${join(o.to, written.file)}\n${String(written.manifest.records)} verdicts, ${String(written.manifest.bytes)} bytes\n` +
              `SHA-256 ${written.manifest.sha256}, signed by the checker\n`,
      )
    })
}

function readDay(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('Expected a day such as 2026-10-01.')
  return text
}

async function exportVerdicts(client: AdminClient, { from, until, to }: Options) {
  let upto: string | undefined
  async function* pages(): AsyncGenerator<readonly string[]> {
    let after: string | undefined
    do {
      const page = await client.get('/v1/verdicts', pageSchema, { from, to: until, upto, after })
      upto = page.upto
      yield page.lines
      after = page.next ?? undefined
    } while (after !== undefined)
  }
  return writeExport({
    directory: to,
    name: `verdicts-${from}-${until}`,
    pages: pages(),
    manifest: async ({ sha256 }, file) => {
      const query = { from, to: until, upto }
      const signed = await client.get('/v1/verdicts/manifest', manifestSchema, query, { timeoutMs: MANIFEST_MS_MAX })
      if (signed.manifest.sha256 !== sha256)
        throw new CommandFailed(
          `the checker vouches for ${signed.manifest.sha256}, what came is ${sha256}; nothing was kept`,
        )
      return { file, ...signed }
    },
  })
}
