import { readFile } from 'node:fs/promises'
import type { Holding, Tried } from '@callback-quorum/business-lookup'
import { createLogger } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { table } from '../checker-command.ts'
import { coloursFor, type Colours } from '../colours.ts'
import { CommandFailed } from '../faults.ts'
import type { Finish, Host } from '../host.ts'
import type { TableRow } from '../table.ts'
import { visible } from '../visible.ts'
import { COBO_DIALECT_NAMES } from './business-lookup-cobo.ts'
import { readRequest, type ReadRequest, type RequestOptions } from './business-lookup-request.ts'

interface Options extends RequestOptions {
  readonly config: string
  readonly request: string
  readonly output: 'text' | 'json'
}

const EXIT_CODES = { approve: 0, reject: 1, unable: 2 } as const

/** `business-lookup try`: for whoever writes the mapping, and for whoever wants to know why a payment was refused. */
export function addLookupTrial(lookup: Command, host: Host, finish: Finish): void {
  lookup
    .command('try')
    .summary('look one request up and show every comparison; nothing is claimed')
    .description(
      'Look the payment of one request, or the address that it asks to whitelist, up with the connector of a configuration, as the checker does, and show every comparison and who holds the reference ' +
        'now. The business system is really asked; nothing is claimed or recorded, also when the checker is running.',
    )
    .requiredOption('-c, --config <file>', "the business-lookup checker's configuration")
    .requiredOption(
      '-r, --request <file>',
      'one request as a node or a Co-signer sends it: its token, or the decoded request as JSON; - is standard input',
    )
    .addOption(
      new Option('--dialect <name>', 'of the request, where its caller has several').choices([...COBO_DIALECT_NAMES]),
    )
    .option('--caller <name>', 'of the configuration, for a request without a signature')
    .option('--signer-id <id>', 'the API user, for a request of a Co-signer that names none')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum business-lookup try --config business-lookup.yaml --request token.txt\n' +
        '  $ callback-quorum business-lookup try --config business-lookup.yaml --request package.json --dialect cobo-v2 --caller node-1\n' +
        '  $ callback-quorum business-lookup try --config business-lookup.yaml --request change.json --caller cosigner-1\n\n' +
        'Exit codes: 0 would approve; 1 would reject, or the request cannot be read; 2 cannot tell now; 64 wrong usage; 78 wrong configuration.',
    )
    .action(async (o: Options) => {
      const { readBusinessLookupConfig, tryRequest } = await import('@callback-quorum/business-lookup')
      const file = await readBusinessLookupConfig(o.config, host.env)
      const text = o.request === '-' ? await host.readStdin() : await readText(o.request)
      const read = await readRequest(text, o, file)
      const log = createLogger({ level: 'silent', name: 'business-lookup try' })
      const tried = await tryRequest({ callback: read.callback, file, log })
      host.stdout.write(o.output === 'json' ? jsonOf(tried) : textOf(tried, read, host))
      finish(EXIT_CODES[tried.judgement.outcome])
    })
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CommandFailed(`${path} cannot be read`, { cause })
  })

function jsonOf({ judgement, transaction, connector, tookMs, comparisons, holding, problems }: Tried): string {
  const answer = {
    outcome: judgement.outcome,
    codes: saidOf(judgement).map(({ code }) => code),
    said: saidOf(judgement).map(({ code, text }) => ({ code, text })),
    business_key: transaction?.businessKey ?? null,
    reference: transaction?.reference ?? null,
    connector: connector ?? null,
    took_ms: tookMs === undefined ? null : Math.round(tookMs),
    comparisons: comparisons.map(({ field, comparator, expected, actual, ok }) => ({
      field,
      comparator,
      expected,
      actual,
      ok,
    })),
    holding: holding?.is ?? null,
    holders: holding?.is === 'held' ? holding.claim.holders : [],
    problems,
  }
  return `${JSON.stringify(answer)}\n`
}

function saidOf(judgement: Tried['judgement']): readonly { readonly code: string; readonly text: string }[] {
  switch (judgement.outcome) {
    case 'approve':
      return []
    case 'reject':
      return judgement.objections
    case 'unable':
      return [judgement]
    default:
      return judgement satisfies never
  }
}

function textOf(tried: Tried, { callback, expiredAt }: ReadRequest, host: Host): string {
  const colours = coloursFor(host.stdout, host.env)
  const { green, red, yellow, dim } = colours
  const { judgement, transaction, connector, tookMs, comparisons, holding, problems } = tried
  const word = { approve: green('APPROVE'), reject: red('REJECT'), unable: yellow('CANNOT TELL') }[judgement.outcome]
  const what = transaction === undefined ? `a request of ${callback.callerId}` : visible(transaction.businessKey)
  return [
    `${word} ${what}${transaction?.reference === undefined ? '' : `, reference ${transaction.reference}`}`,
    ...saidOf(judgement).map(({ code, text }) => `  ${code}: ${text}`),
    ...problems.map((problem) => `  ${yellow(visible(problem))}`),
    ...(expiredAt === undefined ? [] : [dim(`the token's time was over at ${expiredAt.toISOString()}`)]),
    ...(tookMs === undefined ? [] : [dim(`looked up by ${connector ?? ''} in ${tookMs.toFixed(0)} ms`)]),
    ...(comparisons.length === 0 ? [] : ['', comparisonTable(tried, host, colours).trimEnd(), '']),
    ...(holding === undefined ? [] : [holdingText(holding, tried, colours)]),
    'Nothing was claimed.',
    '',
  ].join('\n')
}

function comparisonTable({ comparisons }: Tried, host: Host, colours: Colours): string {
  const columns = [
    { title: 'FIELD' },
    { title: 'COMPARATOR' },
    { title: 'BUSINESS SYSTEM' },
    { title: 'REQUEST' },
    { title: '' },
  ]
  const rows = comparisons.map(({ field, comparator, expected, actual, ok }): TableRow => ({
    cells: [
      { text: field },
      { text: comparator },
      { text: expected ?? '-' },
      { text: actual ?? '-' },
      ok ? { text: 'equal', paint: colours.green } : { text: 'differs', paint: colours.red },
    ],
  }))
  return table(columns, rows, host, colours)
}

function holdingText(holding: Holding, { transaction }: Tried, { yellow }: Colours): string {
  switch (holding.is) {
    case 'unknown':
      return yellow(`Who holds the reference is not known: ${holding.why}.`)
    case 'free':
      return 'Nobody holds the reference.'
    case 'held': {
      const { claimId, holders } = holding.claim
      const others = holders.filter((key) => key !== transaction?.businessKey)
      const own = others.length < holders.length ? ['this transaction'] : []
      const who = others.length === 0 ? 'this transaction alone' : [...own, ...others].join(' and ')
      return `The reference is held by ${visible(who)} (claim ${claimId.toString()}).`
    }
    default:
      return holding satisfies never
  }
}
