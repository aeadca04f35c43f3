import { allCommands, type CommandNode } from './command-tree.ts'
import { posixWalk, valueWord } from './posix-walk.ts'
import { shellQuoted } from './quoted.ts'

/** Completion for bash 4 and newer, without anything of the package bash-completion. */
export function bashScript(tree: CommandNode): string {
  const nodes = allCommands(tree)
  const words = nodes.map(
    ({ path, commands, options, arguments: values }) =>
      `    ${shellQuoted(path)}) reply_commands=${shellQuoted(commands.map(({ name }) => name).join(' '))}` +
      ` reply_options=${shellQuoted(options.flatMap(({ flags }) => flags).join(' '))}` +
      ` reply_argument=${shellQuoted(values[0] === undefined ? '' : valueWord(values[0]))} ;;`,
  )
  return `# Completion of callback-quorum for bash. Put this line into ~/.bashrc:
#   source <(callback-quorum completion bash)

${posixWalk(tree)}

_callback_quorum_words() {
  case "$1" in
${words.join('\n')}
  esac
}

_callback_quorum_reply() {
  local kind=$1 current=$2
  case "$kind" in
    '<file>') compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    '<directory>') compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    '<anything>' | '') ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$kind" -- "$current") ;;
  esac
}

_callback_quorum() {
  local path='' word current=\${COMP_WORDS[COMP_CWORD]} index=1 reply_path reply_value
  local reply_commands='' reply_options='' reply_argument=''
  COMPREPLY=()
  while ((index < COMP_CWORD)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == -* ]]; then
      if _callback_quorum_value "$path" "$word"; then
        # bash makes a word of its own of the = in --option=value.
        [[ \${COMP_WORDS[index + 1]} == '=' ]] && ((index += 1))
        if ((index + 1 >= COMP_CWORD)); then
          [[ $current == '=' ]] && current=''
          _callback_quorum_reply "$reply_value" "$current"
          return
        fi
        ((index += 1))
      fi
    elif _callback_quorum_step "$path" "$word"; then
      path=$reply_path
    fi
    ((index += 1))
  done
  _callback_quorum_words "$path"
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$reply_options" -- "$current")
  elif [[ -n $reply_commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$reply_commands" -- "$current")
  else
    _callback_quorum_reply "$reply_argument" "$current"
  fi
}

complete -F _callback_quorum callback-quorum
`
}
