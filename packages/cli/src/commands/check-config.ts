import { readConfigBlocks } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { coloursFor } from '../colours.ts'
import { SERVICE_NAMES, type ServiceName } from '../constellation/service-names.ts'
import type { Host } from '../host.ts'
import { recognise } from '../recognise.ts'
import { checkFiles } from '../service-files.ts'
import { SERVICES, type OpenedService, type QuorumRow } from '../services.ts'
import { renderTable } from '../table.ts'

const PAGE_WIDTH = 100

interface Options {
  readonly config: string
  readonly service?: ServiceName
  readonly output: 'text' | 'json'
  readonly files: boolean
}

/** `callback-quorum check-config --config FILE`: everything a start would refuse, without starting. */
export function addCheckConfig(program: Command, host: Host): void {
  program
    .command('check-config')
    .summary('check a configuration; print who must approve what')
    .description(
      'Check a configuration and the files it names (keys, tokens, rules, assets, addresses) as the service would at its start. ' +
        'For a gateway, print the quorum matrix: who must approve which kind of request of which caller, by @stage.',
    )
    .requiredOption('-c, --config <file>', 'configuration file (YAML)')
    .addOption(
      new Option('-s, --service <name>', 'which service it is for; default: recognised by its blocks').choices(
        SERVICE_NAMES,
      ),
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .option('--no-files', 'check the configuration alone, on a machine that has not its keys')
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum check-config --config gateway.yaml\n' +
        '  $ callback-quorum check-config --config gateway.yaml --output json --no-files\n\n' +
        'Warnings are about what a start accepts and somebody would hardly want; callback-quorum doctor looks at more than the files.\n\nExit codes: 0 it holds; 64 wrong usage; 78 it does not, with every problem on a line of its own.',
    )
    .action((o: Options) => checkConfig(o, host))
}

async function checkConfig(o: Options, host: Host): Promise<void> {
  const service = o.service ?? (await recognise(o.config))
  const opened = await SERVICES[service].open(o.config, host.env)
  const keys = o.files ? await checkFiles(opened.files) : undefined
  const warnings = await warningsOf(opened, o.config, host)
  if (o.output === 'json') {
    const found = {
      config: opened.file.path,
      service,
      valid: true,
      digest: opened.file.digest,
      keys,
      quorum: opened.matrix,
      warnings: warnings.map(({ text, fix }) => ({ found: text, fix })),
    }
    host.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
  } else host.stdout.write(describe(service, opened, keys, warnings, host))
}

function describe(
  service: ServiceName,
  { file, matrix }: OpenedService,
  keys: readonly object[] | undefined,
  warnings: readonly Warning[],
  host: Host,
): string {
  const { bold, green, yellow } = coloursFor(host.stdout, host.env)
  const what = keys === undefined ? 'without the files it names' : `with ${keys.length} keys, all different`
  const lines = [`${green('valid')}: ${service} configuration ${file.path} (${what})`, `digest ${file.digest}`]
  const warned = warnings.flatMap(({ text, fix }) => [`${yellow('warning')}: ${text}`, `    -> ${fix}`])
  const table = matrix === undefined ? [] : ['', matrixTable(matrix, host, bold).trimEnd()]
  return `${[...lines, ...table, ...warned].join('\n')}\n`
}

interface Warning {
  /** With its place in the file. */
  readonly text: string
  readonly fix: string
}

/** What a start accepts and an operator would hardly want, as doctor says it. */
async function warningsOf({ lints }: OpenedService, path: string, { env }: Host): Promise<readonly Warning[]> {
  const { placeOf } = await readConfigBlocks(path, z.strictObject({}), env)
  return lints.map((lint) => ({ text: `${placeOf(lint.path)}: ${lint.problem}`, fix: lint.fix }))
}

function matrixTable(matrix: readonly QuorumRow[], host: Host, paintTitle: (text: string) => string): string {
  const { red, yellow } = coloursFor(host.stdout, host.env)
  const columns = [
    { title: 'CALLER' },
    { title: 'KIND' },
    { title: 'ALL OF THESE (@STAGE)' },
    { title: 'SHADOW' },
    { title: 'UNBOUND' },
  ]
  const rows = matrix.map(({ caller, kind, require, shadow, unbound }) => ({
    cells: [
      { text: caller },
      { text: kind },
      { text: require, ...(require.startsWith('REJECT') && { paint: red }) },
      { text: shadow === '' ? '-' : shadow },
      unbound ? { text: 'ACCEPTED', paint: yellow } : { text: '-' },
    ],
  }))
  return renderTable(columns, rows, { width: host.stdout.columns ?? PAGE_WIDTH, paintTitle })
}
