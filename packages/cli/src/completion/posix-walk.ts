import { allCommands, type CommandNode, type Value } from './command-tree.ts'
import { shellQuoted } from './quoted.ts'

/** How bash and zsh are told what stands in the place of a value. */
export const valueWord = (value: Value): string => (value.is === 'choice' ? value.choices.join(' ') : `<${value.is}>`)

/**
 * Two functions for bash and zsh alike. `_callback_quorum_step` takes a path and a word and sets `reply_path` when the word is a command there.
 * `_callback_quorum_value` takes a path and an option and sets `reply_value` to `<file>`, `<directory>`, `<anything>` or to choices; to nothing
 * when nothing follows.
 */
export function posixWalk(tree: CommandNode): string {
  const nodes = allCommands(tree)
  const steps = nodes.flatMap(({ path, commands }) =>
    commands.map((child) => `    ${shellQuoted(`${path}|${child.name}`)}) reply_path=${shellQuoted(child.path)} ;;`),
  )
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined
        ? []
        : [
            `    ${flags.map((flag) => shellQuoted(`${path}|${flag}`)).join('|')}) reply_value=${shellQuoted(valueWord(value))} ;;`,
          ],
    ),
  )
  return [
    '_callback_quorum_step() {',
    "  reply_path=''",
    '  case "$1|$2" in',
    ...steps,
    '    *) return 1 ;;',
    '  esac',
    '}',
    '',
    '_callback_quorum_value() {',
    "  reply_value=''",
    '  case "$1|$2" in',
    ...values,
    '    *) return 1 ;;',
    '  esac',
    '}',
  ].join('\n')
}
