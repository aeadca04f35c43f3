import { COSIGNER_REQUEST_NAMES } from '@callback-quorum/simulator'
import { type Command, Option } from 'commander'
import type { Finish, Host } from '../host.ts'
import { durationMs, wholeNumber } from './option-values.ts'
import { outputOption } from './output-option.ts'
import { simulateCosigner } from './run-cosigner-simulation.ts'
import type { SimulateCosignerOptions } from './simulate-cosigner-options.ts'

/** `callback-quorum simulate-co-signer`: a Fireblocks Co-signer on the command line. */
export function addSimulateCosigner(program: Command, host: Host, finish: Finish): void {
  const command = program
    .command('simulate-co-signer')
    .summary('play a Fireblocks Co-signer: ask a callback handler until decided')
    .description(
      'Play a Fireblocks API Co-signer towards a callback handler, with any of the five options of trust: ask, ask again after RETRY, and say ' +
        'how the request ends. The transactions it makes are real and unsigned, from addresses whose key is public: send nothing there.',
    )
    .requiredOption('-u, --url <url>', 'origin of the handler with any prefix; the path of the question is appended')
    .option('--signer <id>', 'API user that is asked for (signerId); without it as Co-signers of old, which do not say')
  addTrustOptions(command)
  addRequestOptions(command)
  command
    .option('--tries <n>', 'how often a request is asked in all while the answer is RETRY', wholeNumber(1, 5_760), 20)
    .addOption(
      new Option('--retry-interval <duration>', 'between two askings, 30s to 60m')
        .argParser(durationMs)
        .default(180_000, '3m'),
    )
    .addOption(
      new Option('--timeout <duration>', 'longest wait for one answer').argParser(durationMs).default(30_000, '30s'),
    )
    .addOption(outputOption())
    .addOption(
      new Option('--json', 'print the result as one JSON line, as the simulator names things').conflicts('output'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (o: SimulateCosignerOptions) => {
      finish(await simulateCosigner(o, host))
    })
}

function addTrustOptions(command: Command): void {
  command
    .addOption(
      new Option('--messages <form>', 'jwt: signed both ways, at /v2 (options 1, 4, 5); json: plain (2, 3)')
        .choices(['jwt', 'json'])
        .default('jwt'),
    )
    .option('-k, --key <file>', "with jwt: the Co-signer's private key (PEM)")
    .option('--handler-key <file>', "with jwt: the handler's public key (PEM)")
    .addOption(
      new Option('--ca <file>', 'option 1 with a private authority (PEM) in place of a public one').conflicts([
        'pin',
        'rootCa',
      ]),
    )
    .addOption(
      new Option('--pin <pin>', 'options 2, 4: sha256//... as curl takes it, or a certificate file').conflicts(
        'rootCa',
      ),
    )
    .option('--root-ca <file>', 'options 3, 5: the own Root-CA (PEM)')
}

function addRequestOptions(command: Command): void {
  command
    .addOption(
      new Option('-m, --make <name>', 'make a request of this sort')
        .choices(COSIGNER_REQUEST_NAMES)
        .conflicts('request'),
    )
    .option('-r, --request <file>', 'the request as JSON, sent as it is; - is standard input')
    .addOption(
      new Option('--kind <kind>', 'what is asked: IGNORE is no answer to tx-signing')
        .choices(['tx-approval', 'tx-signing', 'config-change'])
        .default('tx-signing'),
    )
    .option('--asset <id>', 'with --make: Fireblocks asset id, such as ETH, USDT_ERC20, BTC')
    .option('--to <address>', 'with --make: destination, contract, or the address to whitelist')
    .option('--amount <decimal>', 'with --make: in whole coins or tokens')
    .addOption(
      new Option('--destination <sort>', 'with --make: what the destination is to the workspace').choices([
        'vault',
        'unmanaged',
        'one-time',
        'exchange',
      ]),
    )
    .option('--destination-id <id>', 'with --destination')
    .option('--vault <n>', 'with --make: paying vault account (0)')
    .option('--tx-id <id>', 'with --make')
    .option('--request-id <id>', 'with --make')
    .option('--external-tx-id <text>', "with --make: the customer's own reference")
    .option('--message <text>', 'with --make of messages; of raw the hex to sign')
    .option('--type <type>', 'with --make config-change (UNMANAGED_WALLET)')
    .option('--tag <text>', 'with --make config-change')
    .option('--no-raw-tx', 'with --make: as in workspaces that do not get rawTx')
    .option('--described-to <address>', 'with --make: what the description claims while rawTx does what --to says')
    .option('--described-amount <decimal>', 'with --make: the same for --amount')
}

const EXAMPLES = `
Examples:
  $ callback-quorum simulate-co-signer --url https://callback.example.com/fb --signer api-user-1 \\
      --root-ca keys/root-ca.pem --key keys/co-signer.pem --handler-key keys/handler.pub \\
      --make transfer --asset USDT_ERC20 --amount 12.5 --external-tx-id WD-1
  $ callback-quorum simulate-co-signer --url https://10.0.0.5:11443 --signer api-user-1 \\
      --messages json --pin keys/handler-cert.pem --make transfer --kind tx-approval
  $ callback-quorum simulate-co-signer --url ... --pin sha256//... --make config-change --asset BTC --to bc1q...
  $ callback-quorum simulate-co-signer --url ... --request request.json --kind tx-signing --tries 1 --output json

Exit codes: 0 APPROVE; 3 REJECT or IGNORE; 1 the request failed; 64 wrong usage.`
