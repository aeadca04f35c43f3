import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf, startProcess, writeDemoConfiguration } from '@callback-quorum/cli'
import { createTestDatabase } from '@callback-quorum/service'
import { expect, inject, test } from 'vitest'
import { allowedSystemCalls, tracedSystemCalls } from './system-calls.ts'

const root = join(import.meta.dirname, '../..')
const missing = [
  ['strace', '-V'],
  ['systemd-analyze', '--version'],
].filter(([program = '', version = '']) => {
  try {
    execFileSync(program, [version], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
})
const title = missing.length === 0 ? '' : ` (left out: not installed: ${missing.map(([name]) => name).join(', ')})`

// sanctions has threads, a database and a list to read: it makes every kind of call that the others make.
test.runIf(missing.length === 0)(
  `what sanctions asks of the kernel while it starts, answers and stops, the unit allows${title}`,
  { timeout: 240_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cq-calls-'))
    const database = await createTestDatabase(inject('postgresUrl'), [])
    try {
      const trace = join(directory, 'trace')
      const node = join(directory, 'traced-node')
      await writeFile(node, `#!/bin/sh\nexec strace -D -f -qq -o '${trace}' '${process.execPath}' "$@"\n`)
      await chmod(node, 0o755)
      const configuration = await writeDemoConfiguration({
        directory,
        payoutsUrl: 'http://127.0.0.1:9/',
        firstPort: 16_020,
        edit: { sanctions: (config) => ({ ...config, database_url: database.url }) },
      })
      const { file, metricsUrl } = planOf(configuration, 'sanctions')
      const running = startProcess({
        name: 'sanctions',
        node,
        args: ['sanctions', '--config', file],
        env: process.env,
        readyUrl: `${metricsUrl}/readyz`,
        main: join(root, 'packages/cli/dist/main.js'),
      })
      await running.ready().catch(async (error: unknown) => {
        await running.kill()
        throw new Error(running.lastLines().join('\n'), { cause: error })
      })
      expect(await running.stop()).toEqual({ code: 0, signal: null })
      const unit = await readFile(join(root, 'deploy/systemd/callback-quorum@.service'), 'utf8')
      const filters = [...unit.matchAll(/^SystemCallFilter=(.*)$/gm)].map(([, value = '']) => value)
      const allowed = allowedSystemCalls(filters)
      const made = tracedSystemCalls(await readFile(trace, 'utf8'))
      expect(made.size).toBeGreaterThan(40)
      expect(allowed.has('mount')).toBe(false)
      expect(allowed.has('ptrace')).toBe(false)
      expect([...made].filter((call) => !allowed.has(call))).toEqual([])
    } finally {
      await database.drop()
      await rm(directory, { recursive: true, force: true })
    }
  },
)
