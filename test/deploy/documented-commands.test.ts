import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@callback-quorum/cli'
import { expect, test } from 'vitest'

const DOCS = join(import.meta.dirname, '../../docs')

/** Commands in backquotes, and lines of code blocks, continued ones joined; without the prompt. */
function commandsIn(text: string): readonly string[] {
  const found: string[] = []
  const prose = text.replaceAll(/^```[^\n]*\n([\s\S]*?)^```/gm, (_, block: string) => {
    for (const line of block.replaceAll(/\\\n\s*/g, ' ').split('\n')) found.push(line.trim().replace(/^\$ /, ''))
    return ''
  })
  for (const [, code = ''] of prose.matchAll(/`([^`\n]+)`/g)) found.push(code)
  return found.filter((line) => line.startsWith('callback-quorum '))
}

/** What a shell makes of it, as far as these commands go: quotes, nothing after a pipe, a redirection or a comment. */
function wordsOf(command: string): readonly string[] {
  const words: string[] = []
  for (const [, double, single, bare] of command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
    if (bare !== undefined && /^(?:[|>&;#].*)$/.test(bare)) break
    words.push(double ?? single ?? bare ?? '')
  }
  return words.slice(1)
}

async function helpOf(path: readonly string[]): Promise<{ exitCode: number; text: string }> {
  let text = ''
  const output = { write: (more: string) => (text += more) }
  const exitCode = await run([...path, '--help'], {
    env: {},
    stdout: output,
    stderr: output,
    node: process.execPath,
    signals: process,
    readStdin: () => Promise.resolve(''),
    onStdinEnd: () => () => undefined,
    raise: () => undefined,
  })
  return { exitCode, text }
}

const commandsBelow = (help: string): readonly string[] =>
  [...(help.split(/^Commands:$/m)[1]?.split(/^\S/m)[0] ?? '').matchAll(/^ {2}(\S+)/gm)].map((match) => match[1] ?? '')

/** What the real command line says is wrong with it; empty when it would be taken. */
async function problemsOf(command: string): Promise<readonly string[]> {
  const words = wordsOf(command)
  const path: string[] = []
  let help = await helpOf([])
  for (const word of words) {
    if (!commandsBelow(help.text).includes(word)) break
    path.push(word)
    help = await helpOf(path)
  }
  const rest = words.slice(path.length)
  const problems = help.exitCode === 0 ? [] : [`--help exits ${String(help.exitCode)}`]
  // `--version` and its like stand alone.
  if (path.length === 0 && words[0]?.startsWith('-') !== true) problems.push(`there is no command ${words[0] ?? ''}`)
  const usage = help.text.split('\n')[0] ?? ''
  const arity = [...usage.matchAll(/[<[](?!options|command)[a-z]/g)].length
  let positional = 0
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (!word.startsWith('-')) positional += 1
    else {
      const [, takes] = new RegExp(`^ +(?:-\\w, )?${word.split('=')[0] ?? ''}(?:, --[\\w-]+)?( <)?`, 'm').exec(
        help.text,
      ) ?? [undefined, undefined]
      const isKnown = new RegExp(`^ +(?:-\\w, )?${word}(?:[ ,<\n]|$)`, 'm').test(help.text)
      if (!isKnown) problems.push(`no option ${word}`)
      if (takes !== undefined) at += 1
    }
  }
  if (positional > arity) problems.push(`${String(positional)} arguments where ${String(arity)} are taken`)
  return problems
}

const documented = readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => commandsIn(readFileSync(join(DOCS, name), 'utf8')).map((command) => ({ name, command })))

test('a command that does not exist, an option that does not, and an argument too many are found', async () => {
  expect(await problemsOf('callback-quorum melt --config gateway.yaml')).toEqual([
    'there is no command melt',
    'no option --config',
    '2 arguments where 0 are taken',
  ])
  expect(await problemsOf('callback-quorum limits usage --colour red')).toContain('no option --colour')
  expect(await problemsOf('callback-quorum sanctions versions ofac-sdn eu-fsf')).toContain(
    '2 arguments where 1 are taken',
  )
  expect(
    await problemsOf('callback-quorum freeze --config gateway.yaml --token-file ops.token --reason "a b"'),
  ).toEqual([])
})

test('there are documented commands to look at', () => {
  expect(documented.length).toBeGreaterThan(50)
})

test.each(documented)('$name: $command', async ({ command }) => {
  expect(await problemsOf(command)).toEqual([])
})
