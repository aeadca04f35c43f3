import { nameText } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { stringify } from 'yaml'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'

interface Options {
  readonly name: string
  readonly output: 'text' | 'json'
}

/** `business-lookup producer-token`: a bearer token for a process of the business system that pushes into the inbox. */
export function addProducerToken(lookup: Command, host: Host): void {
  lookup
    .command('producer-token')
    .summary('make a bearer token for a producer of the inbox')
    .description(
      'Make a bearer token for a process of the business system that pushes intents into the inbox. It is shown once; the producers file keeps only its SHA-256.',
    )
    .requiredOption('-n, --name <name>', 'of the producer, as in connector.organisations')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum business-lookup producer-token --name payouts-eu\n\n' +
        'Give the token to the producer, put the entry into the file that connector.producers names, then restart the checker.',
    )
    .action(async ({ name, output }: Options) => {
      if (!nameText.safeParse(name).success)
        throw new UsageError(`--name ${name}: expected a-z, 0-9 and -, up to 63 long`)
      const { createProducerToken } = await import('@callback-quorum/business-lookup')
      const { token, sha256 } = createProducerToken()
      const entry = { name, sha256 }
      host.stdout.write(
        output === 'json'
          ? `${JSON.stringify({ token, entry })}\n`
          : `Token, shown once:\n\n  ${token}\n\nEntry for the producers file:\n\n${stringify({ tokens: [entry] })}`,
      )
    })
}
