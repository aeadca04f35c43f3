import { ADMIN_ROLES, createAdminToken, nameText, type AdminRole } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { stringify } from 'yaml'
import { UsageError } from '../faults.ts'
import type { Host } from '../host.ts'

interface Options {
  readonly name: string
  readonly role: AdminRole
  readonly output: 'text' | 'json'
}

/** `callback-quorum admin-token`: a bearer token for the admin listener, and its entry in the tokens file. */
export function addAdminToken(program: Command, host: Host): void {
  program
    .command('admin-token')
    .summary('make a bearer token for the admin listener')
    .description(
      'Make a bearer token for the admin listener. It is shown once; the tokens file keeps only its SHA-256.',
    )
    .requiredOption('-n, --name <name>', 'whose it is; stands in the log beside every command')
    .addOption(
      new Option('-r, --role <role>', 'viewer reads, operator also freezes, approver also unfreezes')
        .choices(ADMIN_ROLES)
        .makeOptionMandatory(),
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum admin-token --name ops-oncall --role operator\n\n' +
        'Put the token into a file of mode 0600 for "callback-quorum freeze --token-file", and the entry into the file that\n' +
        'admin.tokens of the gateway names; then restart the gateway.',
    )
    .action(({ name, role, output }: Options) => {
      if (!nameText.safeParse(name).success)
        throw new UsageError(`--name ${name}: expected a-z, 0-9 and -, up to 63 long`)
      const { token, sha256 } = createAdminToken()
      const entry = { name, role, sha256 }
      host.stdout.write(
        output === 'json'
          ? `${JSON.stringify({ token, entry })}\n`
          : `Token, shown once:\n\n  ${token}\n\nEntry for the tokens file:\n\n${stringify({ tokens: [entry] })}`,
      )
    })
}
