import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/config/index.ts'
import { exitCodeOf, ServiceFault } from '../../src/lifecycle/index.ts'

const PROGRAM = fileURLToPath(new URL('stopping-process.ts', import.meta.url))

interface Run {
  readonly lines: readonly string[]
  readonly code: number
}

/** Runs the program and sends each signal when the line before it has appeared. */
async function run(
  graceMs: number,
  manners: readonly string[],
  signals: Readonly<Record<string, NodeJS.Signals>>,
): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, String(graceMs), ...manners], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    const signal = signals[line]
    if (signal !== undefined) child.kill(signal)
  }
  const [code] = (await exit) as [number]
  return { lines, code }
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the parts in the order given and leaves with 0', async (signal) => {
  expect(await run(5_000, ['ok', 'ok'], { ready: signal })).toEqual({
    lines: ['ready', 'begin 0-ok', 'end 0-ok', 'begin 1-ok', 'end 1-ok', 'left'],
    code: 0,
  })
})

test.each(['fails', 'throws'])(
  'a part that %s does not keep the next from stopping, and the exit code tells',
  async (manner) => {
    const { lines, code } = await run(5_000, [manner, 'ok'], { ready: 'SIGTERM' })
    expect(lines.slice(-3)).toEqual(['begin 1-ok', 'end 1-ok', 'left'])
    expect(code).toBe(1)
  },
)

test('a part that hangs is left behind after the grace, and the next is still stopped', async () => {
  const { lines, code } = await run(50, ['hangs', 'ok'], { ready: 'SIGTERM' })
  expect(lines).toEqual(['ready', 'begin 0-hangs', 'begin 1-ok', 'end 1-ok', 'left'])
  expect(code).toBe(1)
})

test.each(['SIGINT', 'SIGTERM'] as const)('a second signal, %s, leaves at once', async (second) => {
  const { lines, code } = await run(600_000, ['hangs', 'ok'], { ready: 'SIGTERM', 'begin 0-hangs': second })
  expect(lines).toEqual(['ready', 'begin 0-hangs'])
  expect(code).toBe(128 + constants.signals[second])
})

test('the exit code of a configuration problem tells a supervisor that starting again is useless', () => {
  expect(exitCodeOf(new ConfigError(['a.yaml:1:1 x: is missing']))).toBe(78)
  expect(exitCodeOf(new ServiceFault('ERR_SERVICE_X', 'later', { retryable: true }))).toBe(1)
  expect(exitCodeOf(new Error('bug'))).toBe(1)
  expect(exitCodeOf('text')).toBe(1)
})

test('a fault holds its code, its detail apart from its message, its cause, and whether to try again', () => {
  const cause = new Error('inner')
  const fault = new ServiceFault('ERR_SERVICE_X', 'public', { detail: 'private', retryable: true, cause })
  expect(fault).toMatchObject({ code: 'ERR_SERVICE_X', message: 'public', detail: 'private', retryable: true, cause })
  expect(new ServiceFault('ERR_SERVICE_X', 'public')).toMatchObject({ retryable: false })
  expect('cause' in new ServiceFault('ERR_SERVICE_X', 'public')).toBe(false)
})
