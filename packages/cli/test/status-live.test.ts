import { execFile, execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gatewayMetrics, startFakeService, type FakeService } from './status-rig.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const ESCAPE = String.fromCharCode(27)
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?25l`
const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`
const COLOUR = new RegExp(`${ESCAPE}\\[3[0-9]m`)
/** Starting Node and loading the commands takes up to some seconds when everything runs at once. */
const SOON = { timeout: 20_000, interval: 50 }

const hasScript = isThere('script')
const missing = hasScript ? '' : ' (needs script of the package bsdutils)'

function isThere(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Live {
  readonly child: ChildProcessWithoutNullStreams
  /** Everything that came to the terminal. */
  screen(): string
  /** The last picture, without control sequences. */
  lines(): readonly string[]
  press(keys: string): void
  /** Of the command itself, not of the terminal around it. */
  signal(name: 'SIGTERM' | 'SIGINT'): Promise<void>
  ended(): Promise<number>
}

interface LiveOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

/** `status` on a pseudo terminal of this size. */
async function openLive({ url }: FakeService, { columns = 100, rows = 30, env = {} }: LiveOptions = {}): Promise<Live> {
  const command = `stty cols ${columns} rows ${rows}; exec '${process.execPath}' '${MAIN}' status --metrics ${url} --interval 200ms`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm', SHELL: '/bin/sh', ...env },
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text
  })
  const exited = once(child, 'exit') as Promise<[number]>
  const live: Live = {
    child,
    screen: () => written,
    lines: () =>
      (written.split(`${ESCAPE}[H`).findLast((picture) => picture.includes(`${ESCAPE}[J`)) ?? '')
        .replaceAll(new RegExp(`${ESCAPE}\\[[0-9;?]*[a-zA-Z]`, 'g'), '')
        .split(/\r*\n/),
    press: (keys) => void child.stdin.write(keys),
    signal: async (name) => {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
      process.kill(Number(stdout.trim()), name)
    },
    ended: async () => (await exited)[0],
  }
  await expect.poll(() => live.screen(), SOON).toContain('SERVICE')
  return live
}

describe.runIf(hasScript)(`on a terminal${missing}`, () => {
  test('the screen is another one, drawn again, and given back with its cursor at q', async () => {
    const gateway = await startFakeService(gatewayMetrics({ approved: 5 }))
    const live = await openLive(gateway)
    expect(live.screen().startsWith(ENTER)).toBe(true)
    expect(live.screen()).not.toContain(LEAVE)
    gateway.metrics = gatewayMetrics({ approved: 4_711 })
    await expect.poll(() => live.lines().join('\n'), SOON).toMatch(/^approved .* 4711 /m)
    live.press('q')
    expect(await live.ended()).toBe(0)
    expect(live.screen().trimEnd().endsWith(LEAVE)).toBe(true)
    expect(live.screen().split(ENTER)).toHaveLength(2)
    expect(live.screen().split(LEAVE)).toHaveLength(2)
  })

  test('Ctrl-C leaves it in the same way', async () => {
    const live = await openLive(await startFakeService(gatewayMetrics()))
    live.press(String.fromCharCode(3))
    expect(await live.ended()).toBe(0)
    expect(live.screen().trimEnd().endsWith(LEAVE)).toBe(true)
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s gives the screen back too, and ends with %i', async (name, code) => {
    const live = await openLive(await startFakeService(gatewayMetrics()))
    await live.signal(name)
    expect(await live.ended()).toBe(code)
    expect(live.screen().trimEnd().endsWith(LEAVE)).toBe(true)
  })

  test('q is heard while a service hangs', async () => {
    const gateway = await startFakeService(gatewayMetrics())
    const live = await openLive(gateway)
    gateway.delayMs = 60_000
    live.press('q')
    const startedAt = Date.now()
    expect(await live.ended()).toBe(0)
    expect(Date.now() - startedAt).toBeLessThan(2_000)
  })

  test('a narrow and low one is never overrun, and says that there is more', async () => {
    const live = await openLive(await startFakeService(gatewayMetrics({ approved: 5 })), { columns: 30, rows: 8 })
    const lines = live.lines()
    expect(lines.length).toBeLessThanOrEqual(8)
    expect(lines.filter((line) => line.length > 30)).toEqual([])
    expect(lines.join('\n')).toMatch(/^\(\d+ more lines\)$/m)
    live.press('q')
    await live.ended()
  })

  test('colours are left out when NO_COLOR says so, and only then', async () => {
    const gateway = await startFakeService(gatewayMetrics())
    const painted = await openLive(gateway)
    const plain = await openLive(gateway, { env: { NO_COLOR: '1' } })
    expect(painted.screen()).toMatch(COLOUR)
    expect(plain.screen()).not.toMatch(COLOUR)
    expect(plain.screen().startsWith(ENTER)).toBe(true)
    for (const live of [painted, plain]) {
      live.press('q')
      await live.ended()
    }
  })
})

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [MAIN, 'status', ...args], { timeout: 30_000 })

describe('elsewhere', () => {
  test('--watch prints one picture and no control sequence', async () => {
    const { url } = await startFakeService(gatewayMetrics())
    const { stdout } = await run('--metrics', url, '--watch')
    expect(stdout).toMatch(/^callback-quorum {2}\S+ {2}1 of 1 ready\n/)
    expect(stdout).not.toContain(ESCAPE)
  })

  test('--watch --output json prints a line each time, until a signal', async () => {
    const { url } = await startFakeService(gatewayMetrics())
    const child = spawn(process.execPath, [MAIN, 'status', '-m', url, '--watch', '--interval', '200ms', '-o', 'json'])
    let written = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
    await expect.poll(() => written.split('\n').length, SOON).toBeGreaterThan(3)
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(143)
    const pictures = written
      .split('\n')
      .slice(0, 3)
      .map((line) => JSON.parse(line) as { interval_seconds: number; ready: number })
    expect(pictures).toEqual(
      pictures.map(() => expect.objectContaining({ interval_seconds: 0.2, ready: 1 }) as unknown),
    )
  })
})
