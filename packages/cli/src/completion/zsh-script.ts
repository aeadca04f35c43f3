import { allCommands, type CommandNode } from './command-tree.ts'
import { posixWalk, valueWord } from './posix-walk.ts'
import { shellQuoted } from './quoted.ts'

/** `name:what it does`, as _describe reads it. */
const described = (name: string, text: string): string =>
  shellQuoted(`${name.replaceAll(':', '\\:')}:${text.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`)

/** Completion for zsh: sourced after compinit, or as a file _callback-quorum in fpath. */
export function zshScript(tree: CommandNode): string {
  const words = allCommands(tree).map(({ path, commands, options, arguments: values }) =>
    [
      `    ${shellQuoted(path)})`,
      `      reply_commands=(${commands.map(({ name, summary }) => described(name, summary)).join(' ')})`,
      `      reply_options=(${options.flatMap(({ flags, description }) => flags.map((flag) => described(flag, description))).join(' ')})`,
      `      reply_argument=${shellQuoted(values[0] === undefined ? '' : valueWord(values[0]))}`,
      '      ;;',
    ].join('\n'),
  )
  return `#compdef callback-quorum
# Completion of callback-quorum for zsh. Put this line into ~/.zshrc, after compinit:
#   source <(callback-quorum completion zsh)

${posixWalk(tree)}

_callback_quorum_words() {
  case "$1" in
${words.join('\n')}
  esac
}

_callback_quorum_reply() {
  case "$1" in
    '<file>') _files ;;
    '<directory>') _files -/ ;;
    '<anything>'|'') return 1 ;;
    *) compadd -- \${=1} ;;
  esac
}

_callback_quorum() {
  local current_path='' word reply_path reply_value reply_argument
  local -a reply_commands reply_options
  integer index=2
  while ((index < CURRENT)); do
    word=\${words[index]}
    if [[ $word == -* ]]; then
      if _callback_quorum_value "$current_path" "$word"; then
        if ((index + 1 == CURRENT)); then
          _callback_quorum_reply "$reply_value"
          return
        fi
        ((index += 1))
      fi
    elif _callback_quorum_step "$current_path" "$word"; then
      current_path=$reply_path
    fi
    ((index += 1))
  done
  word=\${words[CURRENT]}
  if [[ $word == --*=* ]] && _callback_quorum_value "$current_path" "\${word%%=*}"; then
    compset -P '*='
    _callback_quorum_reply "$reply_value"
    return
  fi
  _callback_quorum_words "$current_path"
  if [[ $word == -* ]]; then
    _describe -o option reply_options
  elif ((\${#reply_commands})); then
    _describe command reply_commands
  else
    _callback_quorum_reply "$reply_argument"
  fi
}

if [[ \${funcstack[1]} == _callback_quorum || \${funcstack[1]} == _callback-quorum ]]; then
  _callback_quorum "$@"
else
  compdef _callback_quorum callback-quorum
fi
`
}
