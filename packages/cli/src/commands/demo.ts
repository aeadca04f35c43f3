import { type Command, Option } from 'commander'
import { runDemo, type DemoOptions } from '../demo/run-demo.ts'
import type { Finish, Host } from '../host.ts'
import { wholeNumber } from './option-values.ts'
import { outputOption } from './output-option.ts'

/** `callback-quorum demo`, which is also `npm start`. */
export function addDemo(program: Command, host: Host, finish: Finish): void {
  program
    .command('demo')
    .summary('start everything on this machine and show it at work')
    .description(
      'Make development keys, start the gateway and the checkers limits, sanctions and business-lookup as separate processes on ' +
        'embedded databases, let a simulated TSS node send a script of requests, print a table, and stay up until Ctrl-C.',
    )
    .option('--exit', 'leave after the table; exit code 0 only when every request ended as the script expects')
    .addOption(outputOption())
    .addOption(
      new Option('--json', 'print one JSON line per request, as it ends, instead of the table').conflicts('output'),
    )
    .option('--dir <directory>', 'keep keys, configuration, logs and databases there; used again when they are there')
    .option('--keep', 'do not remove the temporary folder at the end')
    .option('--port <number>', 'first port; taken ones are stepped over', wholeNumber(1_024, 65_000))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum demo\n  $ callback-quorum demo --exit --output json\n  $ callback-quorum demo --dir ./demo-state\n\n' +
        'Exit codes: 0 every request ended as the script expects; 1 one did not; 64 wrong usage; 128 + n stopped by signal n.\n' +
        'From a checkout: npm start, npm start -- --exit',
    )
    .action(async (o: DemoOptions) => {
      finish(await runDemo(o, host))
    })
}
