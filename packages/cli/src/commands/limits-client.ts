import type { Command } from 'commander'
import { z } from 'zod'
import {
  openAdminClient,
  withAdminOptions,
  type AdminClient,
  type AdminOptions,
  type ReadConfig,
} from '../admin-client.ts'
import { coloursFor, type Colours } from '../colours.ts'
import type { Host } from '../host.ts'
import { renderTable, type Column, type TableRow } from '../table.ts'

const PAGE_WIDTH = 100

const readConfig: ReadConfig = async (path, env) => {
  const { readLimitsConfig } = await import('@callback-quorum/limits')
  return readLimitsConfig(path, env)
}

export const openLimits = (o: AdminOptions, host: Host): Promise<AdminClient> =>
  openAdminClient(o, readConfig, host, "the limits checker's")

export interface LimitsCommand {
  readonly name: string
  readonly summary: string
  readonly description: string
  /** What follows `callback-quorum limits`, without the options that every one has. */
  readonly examples: readonly string[]
}

/** A command with the options of the admin listener and examples that have them. */
export function limitsCommand(parent: Command, { name, summary, description, examples }: LimitsCommand): Command {
  const common = '--config limits.yaml --token-file ops.token'
  const lines = examples.map((example) => `  $ callback-quorum limits ${example} \\\n      ${common}`)
  return withAdminOptions(
    parent.command(name).summary(summary).description(description),
    "the limits checker's",
  ).addHelpText('after', `\nExamples:\n${lines.join('\n')}\n`)
}

/** The whole answer as JSON, or what `text` makes of it. */
export function print(answer: object, { output }: AdminOptions, host: Host, text: (colours: Colours) => string): void {
  host.stdout.write(output === 'json' ? `${JSON.stringify(answer)}\n` : text(coloursFor(host.stdout, host.env)))
}

export const table = (columns: readonly Column[], rows: readonly TableRow[], host: Host, { dim }: Colours): string =>
  renderTable(columns, rows, { width: host.stdout.columns ?? PAGE_WIDTH, paintTitle: dim })

/** Said instead of a table without rows. */
export const moreHint = (next: string | null): string => (next === null ? '' : `More: --after ${next}\n`)

export const dimensionsSchema = z.record(z.string(), z.string())
export const dimensionsText = (dimensions: z.output<typeof dimensionsSchema>): string =>
  Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
