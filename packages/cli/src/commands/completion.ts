import { Argument, type Command } from 'commander'
import { bashScript } from '../completion/bash-script.ts'
import { commandTree } from '../completion/command-tree.ts'
import { fishScript } from '../completion/fish-script.ts'
import { zshScript } from '../completion/zsh-script.ts'
import type { Host } from '../host.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const
type Shell = keyof typeof SCRIPTS

/** `callback-quorum completion bash|zsh|fish`. To be added last, as every command: the tree is read when it is asked for. */
export function addCompletion(program: Command, host: Host): void {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description('Print a script that makes a shell complete commands, options, their choices and file names.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum completion bash\n  $ source <(callback-quorum completion bash)\n' +
        '  $ callback-quorum completion fish > ~/.config/fish/completions/callback-quorum.fish\n\n' +
        'For zsh the first form too, after compinit. It is of this version: make it again after an upgrade.',
    )
    .action((shell: Shell) => {
      host.stdout.write(SCRIPTS[shell](commandTree(program)))
    })
}
