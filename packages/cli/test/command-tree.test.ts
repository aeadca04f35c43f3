import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { allCommands, commandTree, type CommandNode } from '../src/completion/command-tree.ts'
import { SERVICE_NAMES } from '../src/index.ts'
import { createProgram } from '../src/program.ts'
import { runCommandLine } from './command-line.ts'

const COMMANDS = new URL('../src/commands/', import.meta.url)

/** Commands without --output, and why. */
const WITHOUT_OUTPUT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SERVICE_NAMES.map((name) => [name, 'a service that runs; its log is JSON'])),
  completion: 'prints a script for a shell',
}

const tree = commandTree(
  createProgram(
    {
      env: {},
      stdout: { write: () => undefined },
      stderr: { write: () => undefined },
      node: process.execPath,
      signals: process,
      readStdin: () => Promise.resolve(''),
      onStdinEnd: () => () => undefined,
      raise: () => undefined,
    },
    () => undefined,
  ),
)

/** What a person can run: whatever has nothing beneath it, and the services. */
const isRunnable = ({ path, commands }: CommandNode): boolean =>
  commands.length === 0 || SERVICE_NAMES.some((name) => name === path)
const named = allCommands(tree).filter(({ path, name }) => path !== '' && name !== 'help')
const runnable = named.filter(isRunnable)

test('the tree has every command that was there when this was written', () => {
  expect(runnable.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['gateway', 'limits usage', 'limits propose exception', 'sanctions lists', 'keys generate']),
  )
  expect(runnable.length).toBeGreaterThan(55)
})

describe.each(named.map((node) => [node.path, node] as const))('%s', (path, node) => {
  test('says in one line what it does, and with an example how', async () => {
    expect(node.summary).not.toBe('')
    const { exitCode, stdout } = await runCommandLine([...path.split(' '), '--help'])
    expect(exitCode).toBe(0)
    const [, description = ''] = stdout.split('\n\n')
    expect(description.length).toBeGreaterThan(10)
    if (isRunnable(node)) expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*callback-quorum ${path}\\b`))
    expect(stdout.split('\n').filter((line) => line.length > 150)).toEqual([])
  })

  test('prints text or JSON, unless it stands among those that do neither', () => {
    const output = node.options.find(({ flags }) => flags.includes('--output'))
    if (!isRunnable(node)) return
    if (WITHOUT_OUTPUT[path] === undefined) {
      expect(output?.flags).toEqual(['-o', '--output'])
      expect(output?.value).toEqual({ is: 'choice', choices: ['text', 'json'] })
    } else expect(output).toBeUndefined()
  })

  test('has no option without a description, and no spelling twice', () => {
    expect(node.options.filter(({ description }) => description === '')).toEqual([])
    const flags = node.options.flatMap((option) => option.flags)
    expect(new Set(flags).size).toBe(flags.length)
  })
})

test('every name on the list of those without --output is a command', () => {
  expect(Object.keys(WITHOUT_OUTPUT).filter((path) => !runnable.some((node) => node.path === path))).toEqual([])
})

test('every command that ends with a code of its own says which', async () => {
  const files = (await readdir(COMMANDS)).filter((name) => name !== 'business-system.ts')
  const silent: string[] = []
  let count = 0
  for (const file of files) {
    const text = await readFile(new URL(file, COMMANDS), 'utf8')
    if (!/\bfinish\(/.test(text)) continue
    count += 1
    if (!/[Ee]xit codes?\b/.test(text)) silent.push(file)
  }
  expect(silent).toEqual([])
  expect(count).toBeGreaterThan(8)
})

test('the program says what exit codes mean everywhere', async () => {
  const { stdout } = await runCommandLine(['--help'])
  expect(stdout).toMatch(/Exit codes: 0 done; 1 failed; 64 wrong command line; 78 wrong configuration; 128 \+ n/)
})

describe('a command that fails with --output json', () => {
  test.each([
    ['check-config', '--config', '/does/not/exist.yaml'],
    ['tss-config', '--gateway', '/does/not/exist.yaml'],
    ['decode', '/does/not/exist.hex', '--chain', 'evm'],
    ['limits', 'usage', '--config', '/does/not/exist.yaml', '--token-file', 'x'],
  ])('%s says so as text, and nothing stands on standard output', async (...args) => {
    const { exitCode, stdout, stderr } = await runCommandLine([...args, '--output', 'json'])
    expect(stdout).toBe('')
    expect(stderr).toMatch(/does\/not\/exist/)
    expect([1, 78]).toContain(exitCode)
  })
})
