import type { Command } from 'commander'
import {
  openAdminClient,
  withAdminOptions,
  type AdminClient,
  type AdminOptions,
  type ReadConfig,
} from './admin-client.ts'
import { coloursFor, type Colours } from './colours.ts'
import type { Host } from './host.ts'
import { renderTable, type Column, type TableRow } from './table.ts'

const PAGE_WIDTH = 100

export interface CheckerCommand {
  readonly name: string
  readonly summary: string
  readonly description: string
  /** What follows `callback-quorum <checker>`, without the options that every one has. */
  readonly examples: readonly string[]
}

/** The commands beneath the name of a checker: they speak with its admin listener. */
export interface CheckerCommands {
  readonly checker: string
  /** A command with the options of the admin listener and examples that have them. */
  readonly command: (parent: Command, command: CheckerCommand) => Command
  /** Throws as openAdminClient. */
  readonly open: (o: AdminOptions, host: Host) => Promise<AdminClient>
}

export function checkerCommands(checker: string, readConfig: ReadConfig): CheckerCommands {
  const whose = `the ${checker} checker's`
  return {
    checker,
    command: (parent, { name, summary, description, examples }) => {
      const common = `--config ${checker}.yaml --token-file ops.token`
      const lines = examples.map((example) => `  $ callback-quorum ${checker} ${example} \\\n      ${common}`)
      return withAdminOptions(parent.command(name).summary(summary).description(description), whose).addHelpText(
        'after',
        `\nExamples:\n${lines.join('\n')}\n`,
      )
    },
    open: (o, host) => openAdminClient(o, readConfig, host, whose),
  }
}

/** The whole answer as JSON, or what `text` makes of it. */
export function print(answer: object, { output }: AdminOptions, host: Host, text: (colours: Colours) => string): void {
  host.stdout.write(output === 'json' ? `${JSON.stringify(answer)}\n` : text(coloursFor(host.stdout, host.env)))
}

export const table = (columns: readonly Column[], rows: readonly TableRow[], host: Host, { dim }: Colours): string =>
  renderTable(columns, rows, { width: host.stdout.columns ?? PAGE_WIDTH, paintTitle: dim })

/** Said instead of a table without rows. */
export const moreHint = (next: string | null): string => (next === null ? '' : `More: --after ${next}\n`)
