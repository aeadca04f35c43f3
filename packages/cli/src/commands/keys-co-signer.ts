import { loadPrivateKey, nameText, systemClock } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { LEAF_DAYS_DEFAULT, LEAF_DAYS_MAX } from '../certificates/certificate-life.ts'
import { describeCertificate } from '../certificates/describe-certificate.ts'
import { readServerNames } from '../certificates/server-names.ts'
import { coSignerOption, OPTION_NUMBERS } from '../co-signer/co-signer-option.ts'
import { coSignerPaths } from '../co-signer/co-signer-paths.ts'
import { handoverOf } from '../co-signer/handover.ts'
import { makeCoSignerFiles } from '../co-signer/make-co-signer-files.ts'
import { ownConfiguration } from '../co-signer/own-configuration.ts'
import { reportedFiles, reportText, type CoSignerReport } from '../co-signer/report.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { collect, wholeNumber } from './option-values.ts'

const PORT_DEFAULT = 11_443
const PORT_MAX = 65_535

interface Options {
  readonly dir: string
  readonly name: string
  readonly host: string
  readonly address: readonly string[]
  readonly option: string
  readonly days: number
  readonly port: number
  readonly output: 'text' | 'json'
}

/** `callback-quorum keys co-signer`: keys and certificates of one of the five options, and what everybody does with them. */
export function addKeysCoSigner(keys: Command, host: Host): void {
  keys
    .command('co-signer')
    .summary('make the keys and certificates that Fireblocks Co-signers need')
    .description(
      'Make what one of the five options of a Fireblocks Co-signer needs, and print what its administrator enters and what our own ' +
        'configuration says. 1: public key; 2: pinned certificate; 3: Root-CA; 4: 1 and 2; 5: 1 and 3. ' +
        'Never overwrites: when one of the files exists, nothing changes.',
    )
    .requiredOption('-d, --dir <directory>', 'where to; made when missing, closed to others')
    .requiredOption('-n, --name <name>', 'first part of the names of the files; a-z, 0-9 and -')
    .requiredOption('--host <name>', 'host name under which Co-signers ask')
    .option('--address <ip>', 'an address under which they ask; may stand several times', collect, [])
    .addOption(new Option('--option <number>', 'which of the five').choices(OPTION_NUMBERS).makeOptionMandatory())
    .option('--port <port>', 'port of our listener', wholeNumber(1, PORT_MAX), PORT_DEFAULT)
    .option(
      '--days <days>',
      `how long the certificate holds, up to ${LEAF_DAYS_MAX}`,
      wholeNumber(1, LEAF_DAYS_MAX),
      LEAF_DAYS_DEFAULT,
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum keys co-signer --dir keys --name cb --host callback.example.com --option 1\n' +
        '  $ callback-quorum keys co-signer --dir keys --name cb --host callback.example.com --address 10.0.0.5 --option 4\n\n' +
        'Several Co-signers are served with the same files; each of them is a caller of its own. With 3 and 5, take the key of the\n' +
        'Root-CA off the machine: it is needed again for "keys co-signer-renew" only.',
    )
    .action((o: Options) => make(o, host))
}

async function make(o: Options, host: Host): Promise<void> {
  if (!nameText.safeParse(o.name).success)
    throw new UsageError(`--name ${o.name}: expected a-z, 0-9 and -, up to 63 long`)
  const option = coSignerOption(o.option)
  const names = readServerNames(o.host, o.address)
  const nowMs = systemClock.nowMs()
  const files = await makeCoSignerFiles({ directory: o.dir, name: o.name, option, names, days: o.days, nowMs })
  const paths = coSignerPaths(o.dir, o.name)
  const url = `https://${o.host}${o.port === 443 ? '' : `:${o.port}`}`
  const { api, steps, warnings } = handoverOf(option, url, files, paths)
  const report: CoSignerReport = {
    option: option.number,
    title: option.title,
    messages: option.messages,
    trust: option.trust,
    files: reportedFiles(option, paths),
    ...(option.messages === 'jwt' ? { handler_key: (await loadPrivateKey(paths.handlerKey)).fingerprint } : {}),
    ...(files.certificate === undefined ? {} : { certificate: describeCertificate(files.certificate) }),
    ...(files.rootCa === undefined ? {} : { root_ca: describeCertificate(files.rootCa) }),
    api,
    steps,
    warnings,
    configuration: ownConfiguration(option, o.port, o.name, paths),
  }
  host.stdout.write(o.output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report))
}
