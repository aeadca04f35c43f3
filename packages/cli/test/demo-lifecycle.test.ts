import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const FIRST_PORT = '22020'
/** Longer than an embedded PostgreSQL's guard takes to end it. */
const GONE = { timeout: 30_000, interval: 100 }

interface Demo {
  readonly child: ChildProcess
  readonly temporary: string
  /** Resolves when a line of standard error matches. */
  said(pattern: RegExp): Promise<void>
}

/** The real command, in a temporary folder of its own, so that whatever it starts can be told by that folder's name. */
async function startDemo(): Promise<Demo> {
  const temporary = await mkdtemp(join(tmpdir(), 'cq demo '))
  // Root's PostgreSQL runs as another user, who must pass through.
  await chmod(temporary, 0o711)
  const child = spawn(process.execPath, [MAIN, 'demo', '--port', FIRST_PORT], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await expect.poll(() => processesOf(temporary), GONE).toEqual([])
    await rm(temporary, { recursive: true, force: true })
  })
  const lines = createInterface({ input: child.stderr })
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, fail) => {
      lines.on('line', (line) => {
        if (pattern.test(line)) resolve()
      })
      child.once('exit', () => {
        fail(new Error(`the demo ended before it said ${String(pattern)}`))
      })
    })
  return { child, temporary, said }
}

async function processesOf(folder: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args'])
  return stdout.split('\n').filter((line) => line.includes(folder))
}

test('Ctrl-C during the start stops everything and leaves no folder', { timeout: 90_000 }, async () => {
  const { child, temporary, said } = await startDemo()
  await said(/ ready in .* s$/)
  await said(/^ {2}\S+ ready in/)
  expect((await processesOf(temporary)).length).toBeGreaterThan(3)
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  expect(await exited).toEqual([130, null])
  expect(await processesOf(temporary)).toEqual([])
  // From a checkout that root's PostgreSQL user cannot read, a copy of its programs stays for the next start.
  const left = (await readdir(temporary)).filter((name) => !name.startsWith('callback-quorum-postgres-'))
  expect(left).toEqual([])
})

test('nothing survives a demo that was killed', { timeout: 90_000 }, async () => {
  const { child, temporary, said } = await startDemo()
  await said(/^ {2}\S+ ready in/)
  child.kill('SIGKILL')
  await expect.poll(() => processesOf(temporary), GONE).toEqual([])
})
