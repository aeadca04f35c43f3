import { allCommands, type CommandNode, type OptionNode, type Value } from './command-tree.ts'
import { fishQuoted } from './quoted.ts'

/** What fish offers for a value; alone, nothing is offered beside it. */
function offered(value: Value): string {
  switch (value.is) {
    case 'choice':
      return `-x -a ${fishQuoted(value.choices.join(' '))}`
    case 'file':
      return '-r -F'
    case 'directory':
      return `-x -a '(__fish_complete_directories)'`
    case 'anything':
      return '-x'
    default:
      throw new TypeError(`unknown value ${String(value satisfies never)}`)
  }
}

const line = (path: string, rest: string): string =>
  `complete -c callback-quorum -n ${fishQuoted(`__callback_quorum_at ${fishQuoted(path)}`)} ${rest}`

function optionLine(path: string, { flags, description, value }: OptionNode): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  return line(
    path,
    [...names, ...(value === undefined ? [] : [offered(value)]), '-d', fishQuoted(description)].join(' '),
  )
}

/** Completion for fish 3 and newer. */
export function fishScript(tree: CommandNode): string {
  const nodes = allCommands(tree)
  const steps = nodes.flatMap(({ path, commands }) =>
    commands.map((child) => [
      `      case ${fishQuoted(`${path}|${child.name}`)}`,
      `        set path ${fishQuoted(child.path)}`,
    ]),
  )
  const skips = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined ? [] : flags.map((flag) => fishQuoted(`${path}|${flag}`)),
    ),
  )
  const lines = nodes.flatMap(({ path, commands, options, arguments: [first] }) => [
    ...commands.map(({ name, summary }) => line(path, `-a ${fishQuoted(name)} -d ${fishQuoted(summary)}`)),
    ...options.map((option) => optionLine(path, option)),
    ...(first === undefined || commands.length > 0 || first.is === 'anything' ? [] : [line(path, argumentOf(first))]),
  ])
  return `# Completion of callback-quorum for fish. Save it where fish looks:
#   callback-quorum completion fish > ~/.config/fish/completions/callback-quorum.fish

function __callback_quorum_at
  set -l path ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip -eq 1
      set skip 0
      continue
    end
    switch "$path|$word"
${steps.flat().join('\n')}
      case ${skips.join(' ')}
        set skip 1
    end
  end
  test "$path" = "$argv[1]"
end

complete -c callback-quorum -e
complete -c callback-quorum -f
${lines.join('\n')}
`
}

function argumentOf(value: Value): string {
  switch (value.is) {
    case 'file':
      return '-F'
    case 'directory':
      return `-a '(__fish_complete_directories)'`
    case 'choice':
      return `-a ${fishQuoted(value.choices.join(' '))}`
    case 'anything':
      throw new TypeError('nothing can be offered for anything')
    default:
      throw new TypeError(`unknown value ${String(value satisfies never)}`)
  }
}
