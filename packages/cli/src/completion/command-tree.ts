import type { Argument, Command, Option } from 'commander'

/** What stands behind an option or in the place of an argument. */
export type Value =
  { readonly is: 'file' | 'directory' | 'anything' } | { readonly is: 'choice'; readonly choices: readonly string[] }

export interface OptionNode {
  /** `-o`, `--output`: every spelling. */
  readonly flags: readonly string[]
  readonly description: string
  /** Absent where nothing has to follow. */
  readonly value?: Value
}

/** One command as it stands in the help: hidden ones are left out. */
export interface CommandNode {
  /** From the program on, without its name; '' is the program. Words are separated by one space. */
  readonly path: string
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionNode[]
  readonly arguments: readonly Value[]
  readonly commands: readonly CommandNode[]
}

/** What commander knows, and nothing beside it: a command that is added is completed without another word. */
export function commandTree(command: Command, path = ''): CommandNode {
  const help = command.createHelp()
  return {
    path,
    name: command.name(),
    summary: oneLine(command.summary() === '' ? command.description() : command.summary()),
    options: help.visibleOptions(command).map(optionNode),
    arguments: command.registeredArguments.map(argumentValue),
    commands: help
      .visibleCommands(command)
      .map((child) => commandTree(child, path === '' ? child.name() : `${path} ${child.name()}`)),
  }
}

/** This command and everything beneath it. */
export const allCommands = (node: CommandNode): readonly CommandNode[] => [node, ...node.commands.flatMap(allCommands)]

function optionNode({ flags, short, long, description, required, argChoices }: Option): OptionNode {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description: oneLine(description),
    // What may follow or not would be taken for a command in half of the cases; it is not completed.
    ...(required && { value: valueOf(flags, argChoices) }),
  }
}

const argumentValue = (argument: Argument): Value => valueOf(`<${argument.name()}>`, argument.argChoices)

/** The placeholder says it: `<file>`, `<manifest>`, `<directory>`. */
function valueOf(text: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { is: 'choice', choices }
  if (/<(?:file|manifest)\b[^=>]*>/.test(text)) return { is: 'file' }
  return { is: text.includes('<directory>') ? 'directory' : 'anything' }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
