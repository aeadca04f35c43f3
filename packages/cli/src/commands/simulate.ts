import { REQUEST_NAMES } from '@callback-quorum/simulator'
import { type Command, Option } from 'commander'
import type { Finish, Host } from '../host.ts'
import { collect, durationMs, wholeNumber } from './option-values.ts'
import { outputOption } from './output-option.ts'
import { simulate } from './run-simulation.ts'
import { addSimulateCosigner } from './simulate-cosigner.ts'
import { MONITOR_SECONDS_DEFAULT, type SimulateOptions } from './simulate-options.ts'

/** The node's own default (protocol/cobo.md section 5). */
const SLEEP_SECONDS_DEFAULT = 15
/** `callback-quorum simulate` and `simulate-co-signer`: those who ask, on the command line. */
export function addSimulate(program: Command, host: Host, finish: Finish): void {
  const command = program
    .command('simulate')
    .summary('play a TSS node: send requests, ask until decided')
    .description(
      'Play a Cobo TSS node towards callback servers: sign a request, ask every server until it decides, as the node does. ' +
        'All must approve. The transactions it makes are real and unsigned, from addresses whose key is public: send nothing there.',
    )
    .requiredOption(
      '-s, --server <url=pubkey>',
      'full URL with its path, and the PEM file of its key; repeatable',
      collect,
    )
    .requiredOption('-k, --key <file>', "the node's private key (PEM)")
  addPackageOptions(command)
  addNodeOptions(command)
  command
    .addOption(outputOption())
    .addOption(
      new Option('--json', 'print one JSON line per task or ping, as the simulator names things').conflicts('output'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ callback-quorum simulate --server http://127.0.0.1:11020/v2/check=keys/gateway.pub --key keys/node-demo.pem \\\n' +
        '      --make v2-keysign --to 0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd --amount 12.5 --token ETH_USDT --reference WD-1\n' +
        '  $ callback-quorum simulate --server ... --key ... --package request.json --on-error reject\n' +
        '  $ callback-quorum simulate --server ... --key ... --monitor 5\n\n' +
        'With --output json one document; with --monitor too, one line for each ping.\n' +
        'Exit codes: 0 APPROVE, or every server answered the ping; 3 REJECT, or one did not; 1 failed; 64 wrong usage.',
    )
    .action(async (o: SimulateOptions) => {
      finish(await simulate(o, host))
    })
  addSimulateCosigner(program, host, finish)
}

function addPackageOptions(command: Command): void {
  command
    .option('-p, --package <file>', 'the request as JSON, signed as it is; - is standard input')
    .addOption(
      new Option('-m, --make <name>', 'make a request of this kind').choices(REQUEST_NAMES).conflicts('package'),
    )
    .option('--to <address>', 'with --make: destination')
    .option('--amount <decimal>', 'with --make: in whole coins or tokens')
    .option('--token <id>', 'with --make: Cobo token id, such as ETH_USDT')
    .option('--chain <name>', 'with --make: such as ethereum, base')
    .option('--reference <text>', "with --make: the customer's own reference")
    .option('--request-id <id>', 'with --make')
    .option('--transaction-id <id>', 'with --make')
    .option('--organisation <id>', 'with --make')
    .option('--wallet <id>', 'with --make')
    .option('--message <text>', 'with --make of messages')
    .option(
      '--described-to <address>',
      'with --make: what the description claims while the transaction does what --to says',
    )
    .option('--described-amount <decimal>', 'with --make: the same for --amount')
}

function addNodeOptions(command: Command): void {
  command
    .addOption(
      new Option('--on-error <what>', 'what an answer without a decision means (not public for the real node)')
        .choices(['retry', 'reject'])
        .default('retry'),
    )
    .option('--retry-times <n>', 'how often an undecided server is asked again', wholeNumber(0, 10_000), 2)
    .option('--sleep-seconds <n>', 'between two attempts', wholeNumber(0, 86_400), SLEEP_SECONDS_DEFAULT)
    .addOption(
      new Option('--request-timeout <duration>', 'longest wait for one answer')
        .argParser(durationMs)
        .default(10_000, '10s'),
    )
    .option('--token-expire-minutes <n>', 'life of the tokens it signs', wholeNumber(1, 60), 2)
    .option(
      '--monitor [seconds]',
      `ping every server again and again until Ctrl-C (${MONITOR_SECONDS_DEFAULT})`,
      wholeNumber(1, 86_400),
    )
    .option('--ca <file>', 'certificate authority (PEM) of the servers')
    .option('--client-cert <file>', 'certificate (PEM) for mutual TLS')
    .option('--client-key <file>', 'its key (PEM)')
}
