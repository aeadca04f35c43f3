import { nameText, systemClock } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { LEAF_DAYS_DEFAULT, LEAF_DAYS_MAX } from '../certificates/certificate-life.ts'
import { describeCertificate } from '../certificates/describe-certificate.ts'
import { coSignerPaths } from '../co-signer/co-signer-paths.ts'
import { renewCertificate } from '../co-signer/renew-certificate.ts'
import { certificateLines, paragraph } from '../co-signer/report.ts'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { wholeNumber } from './option-values.ts'

interface Options {
  readonly dir: string
  readonly name: string
  readonly rootCaKey?: string
  readonly days: number
  readonly output: 'text' | 'json'
}

const STEPS = [
  'Restart the services that use it, one replica after the other: certificates are read at the start.',
  'Under a Root-CA nothing changes for the Co-signers. Under pinning the key, and with it the pin, stays the same (UNCERTAIN: that a Co-signer pins the ' +
    'key and not the certificate follows from its error text and the API); let one Co-signer ask before the old certificate ends, and have the new one at hand.',
]

/** `callback-quorum keys co-signer-renew`: a new certificate for the same key. */
export function addKeysCoSignerRenew(keys: Command, host: Host): void {
  keys
    .command('co-signer-renew')
    .summary('renew a certificate that "keys co-signer" made, for the same key')
    .description(
      'Make a new certificate for the same key and the same names and put it in the place of the old one, which stays beside it under ' +
        'its serial number. A pin on the key keeps holding; one of a Root-CA is signed by that again.',
    )
    .requiredOption('-d, --dir <directory>', 'where the files are')
    .requiredOption('-n, --name <name>', 'as given to "keys co-signer"')
    .option('--root-ca-key <file>', 'key of the Root-CA, when it is kept elsewhere')
    .option(
      '--days <days>',
      `how long the new certificate holds, up to ${LEAF_DAYS_MAX}`,
      wholeNumber(1, LEAF_DAYS_MAX),
      LEAF_DAYS_DEFAULT,
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum keys co-signer-renew --dir keys --name cb\n' +
        '  $ callback-quorum keys co-signer-renew --dir keys --name cb --root-ca-key /media/safe/cb-root-ca.key',
    )
    .action((o: Options) => renew(o, host))
}

async function renew(o: Options, host: Host): Promise<void> {
  if (!nameText.safeParse(o.name).success)
    throw new UsageError(`--name ${o.name}: expected a-z, 0-9 and -, up to 63 long`)
  const own = coSignerPaths(o.dir, o.name)
  const paths = o.rootCaKey === undefined ? own : { ...own, rootCaKey: o.rootCaKey }
  const { pem, keptAs } = await renewCertificate({ paths, days: o.days, nowMs: systemClock.nowMs() })
  const certificate = describeCertificate(pem)
  const text = [
    `new certificate     ${paths.certificate}`,
    `the old one         ${keptAs}`,
    '',
    ...certificateLines('certificate', certificate),
    `certificate pin       ${certificate.pin}, as before`,
    '',
    ...STEPS.flatMap((step) => paragraph('- ', step)),
    '',
  ].join('\n')
  const json = { files: { certificate: paths.certificate, previous: keptAs }, certificate, steps: STEPS }
  host.stdout.write(o.output === 'json' ? `${JSON.stringify(json, undefined, 2)}\n` : text)
}
