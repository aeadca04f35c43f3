import { readFileSync } from 'node:fs'
import { ConfigError, exitCodeOf, ServiceFault } from '@callback-quorum/service'
import { Command, CommanderError } from 'commander'
import { coloursFor } from './colours.ts'
import { addAdminToken } from './commands/admin-token.ts'
import { addBusinessSystem } from './commands/business-system.ts'
import { addBusinessLookup } from './commands/business-lookup.ts'
import { addCheckConfig } from './commands/check-config.ts'
import { addDecode } from './commands/decode.ts'
import { addDemo } from './commands/demo.ts'
import { addFreeze } from './commands/freeze.ts'
import { addKeys } from './commands/keys.ts'
import { addLimits } from './commands/limits.ts'
import { addSanctions } from './commands/sanctions.ts'
import { addServe } from './commands/serve.ts'
import { addVerdicts } from './commands/verdicts.ts'
import { addSimulate } from './commands/simulate.ts'
import { addStatus } from './commands/status.ts'
import { addTssConfig } from './commands/tss-config.ts'
import { CommandFailed, EXIT_USAGE, UsageError } from './faults.ts'
import type { Finish, Host } from './host.ts'

const HELP_WIDTH = 100

/**
 * Runs one command line (without node and script) and resolves to the exit code. Never throws: what went wrong stands on standard error.
 * 0 done; 1 failed; 64 wrong usage; 78 wrong configuration, with every problem on a line of its own.
 */
export async function run(args: readonly string[], host: Host): Promise<number> {
  let exitCode = 0
  const program = createProgram(host, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    return report(error, host)
  }
}

/** The tree of all commands. `finish` hears with which code a command wants the process to end. */
export function createProgram(host: Host, finish: Finish): Command {
  const program = new Command('callback-quorum')
    .description('Callback server for MPC custody platforms: approves only when every required checker approves.')
    .version(version(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    // What follows the name of a command is its own: `limits` and the commands beneath it share names of options.
    .enablePositionalOptions()
    .configureHelp({ helpWidth: HELP_WIDTH, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      outputError: (text, write) => {
        write(coloursFor(host.stderr, host.env).red(text))
      },
    })
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum demo\n  $ callback-quorum check-config --config gateway.yaml\n' +
        '  $ callback-quorum gateway --config gateway.yaml\n\nEach command explains itself: callback-quorum <command> --help',
    )
  addServe(program, host, finish)
  addLimits(program, host, finish)
  addSanctions(program, host, finish)
  addBusinessLookup(program, host, finish)
  addCheckConfig(program, host)
  addDecode(program, host)
  addKeys(program, host)
  addAdminToken(program, host)
  addSimulate(program, host, finish)
  addFreeze(program, host)
  addVerdicts(program, host)
  addTssConfig(program, host)
  addStatus(program, host, finish)
  addDemo(program, host, finish)
  addBusinessSystem(program, host, finish)
  return program
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return text
}

function report(error: unknown, host: Host): number {
  const { red } = coloursFor(host.stderr, host.env)
  const say = (text: string): void => void host.stderr.write(`${red(text)}\n`)
  if (error instanceof CommanderError) {
    // Help and version were asked for; everything else commander has told already.
    return error.exitCode === 0 ? 0 : EXIT_USAGE
  }
  if (error instanceof UsageError) {
    say(`error: ${error.message}`)
    return EXIT_USAGE
  }
  if (error instanceof ConfigError) {
    error.problems.forEach(say)
    return exitCodeOf(error)
  }
  if (error instanceof CommandFailed) say(`error: ${error.message}`)
  else if (error instanceof ServiceFault) {
    say(`error: ${error.code}: ${error.message}${error.detail === undefined ? '' : `\n${error.detail}`}`)
  } else say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return exitCodeOf(error)
}
