import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ProtocolFault, verifyExportManifest, type ExportManifest } from '@callback-quorum/protocol'
import { loadVerificationKeys } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { coloursFor } from '../colours.ts'
import { CommandFailed } from '../faults.ts'
import type { Host } from '../host.ts'

const manifestSchema = z.object({ file: z.string().regex(/^[^/\\]+$/), signed: z.string() })
/** The times of a manifest are not looked at; a relative path is one of the current folder. */
const ANY_AGE_MS = 0

interface Options {
  readonly pubkey: string
  readonly output: 'text' | 'json'
}

/** `verdicts verify`: without any service. */
export function addVerdictsVerify(verdicts: Command, host: Host): void {
  verdicts
    .command('verify')
    .summary('check an export against its manifest and the key of the checker')
    .description(
      'Check that the manifest was signed by the checker, and that the file beside it is the one that it was made for. Asks no service.',
    )
    .argument('<manifest>', 'the file that ends in .manifest.json')
    .requiredOption('-k, --pubkey <file>', 'public key of the checker (PEM)')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum verdicts verify verdicts-2026-10-01-2026-11-01.manifest.json --pubkey keys/sanctions.pub\n',
    )
    .action(async (path: string, o: Options) => {
      const manifest = await verify(path, o.pubkey)
      const { green } = coloursFor(host.stdout, host.env)
      host.stdout.write(
        o.output === 'json'
          ? `${JSON.stringify(manifest)}\n`
          : `${green('OK')} ${String(manifest.records)} verdicts of ${manifest.iss}, ${manifest.from} to ${manifest.to}, signed at ${manifest.made_at}\n`,
      )
    })
}

async function verify(path: string, pubkey: string): Promise<ExportManifest> {
  const written = await readManifest(path)
  const keys = await loadVerificationKeys('--pubkey', [{ file: pubkey }], '', ANY_AGE_MS)
  const manifest = await verifyExportManifest(written.signed, keys, Date.now()).catch((cause: unknown) => {
    if (!(cause instanceof ProtocolFault)) throw cause
    throw new CommandFailed(`${path}: ${cause.message}`, { cause })
  })
  const hash = createHash('sha256')
  const file = join(dirname(path), written.file)
  await pipeline(createReadStream(file), hash).catch((cause: unknown) => {
    throw new CommandFailed(`${file} cannot be read`, { cause })
  })
  const sha256 = hash.digest('hex')
  if (sha256 !== manifest.sha256)
    throw new CommandFailed(
      `${file} is not what was signed: its SHA-256 is ${sha256}, the manifest says ${manifest.sha256}`,
    )
  return manifest
}

async function readManifest(path: string): Promise<z.output<typeof manifestSchema>> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new CommandFailed(`${path} is not the manifest of an export`, { cause })
  }
}
