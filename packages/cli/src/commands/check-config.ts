import { type Command, Option } from 'commander'
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
        'Exit codes: 0 it holds; 64 wrong usage; 78 it does not, with every problem on a line of its own.',
    )
    .action((o: Options) => checkConfig(o, host))
}

async function checkConfig(o: Options, host: Host): Promise<void> {
  const service = o.service ?? (await recognise(o.config))
  const opened = await SERVICES[service].open(o.config, host.env)
  const keys = o.files ? await checkFiles(opened.files) : undefined
  if (o.output === 'json') {
    const found = {
      config: opened.file.path,
      service,
      valid: true,
      digest: opened.file.digest,
      keys,
      quorum: opened.matrix,
    }
    host.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
  } else host.stdout.write(describe(service, opened, keys, host))
}

function describe(
  service: ServiceName,
  { file, matrix }: OpenedService,
  keys: readonly object[] | undefined,
  host: Host,
): string {
  const { bold, green } = coloursFor(host.stdout, host.env)
  const what = keys === undefined ? 'without the files it names' : `with ${keys.length} keys, all different`
  const lines = [`${green('valid')}: ${service} configuration ${file.path} (${what})`, `digest ${file.digest}`]
  if (matrix === undefined) return `${lines.join('\n')}\n`
  const warnings = matrix.some(({ unbound }) => unbound)
    ? ['accept_unbound: approvals are given although no checker bound the bytes to be signed to what was judged.', '']
    : []
  return [...lines, '', matrixTable(matrix, host, bold), ...warnings].join('\n')
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
