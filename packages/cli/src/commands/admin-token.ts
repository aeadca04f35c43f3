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
    .summary('make a bearer token for the admin listener of a service')
    .description(
      'Make a bearer token for the admin listener of a gateway or of a checker. It is shown once; the tokens file keeps only its SHA-256. ' +
        'Each service has a tokens file of its own: a token opens the services in whose file its entry stands.',
    )
    .requiredOption('-n, --name <name>', 'whose it is; stands in the log beside every command')
    .addOption(
      new Option(
        '-r, --role <role>',
        'viewer reads; operator also freezes and proposes; approver also unfreezes and approves',
      )
        .choices(ADMIN_ROLES)
        .makeOptionMandatory(),
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum admin-token --name ops-oncall --role operator\n' +
        '  $ callback-quorum admin-token --name treasury-lead --role approver --output json\n\n' +
        'Put the token into a file of mode 0600 for --token-file of "callback-quorum freeze", "limits usage" and the like, and\n' +
        'the entry into the file that admin.tokens of that gateway or checker names; then restart it.',
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
