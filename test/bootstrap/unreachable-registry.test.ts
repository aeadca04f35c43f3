import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

test('a machine that cannot reach the registry is told what is missing and what to look at', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cq bare machine '))
  try {
    for (const name of ['bootstrap.mjs', 'package.json']) await cp(join(ROOT, name), join(folder, name))
    // Nobody listens on the discard port of loopback; an empty home has no cache to fall back on.
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    }
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(process.execPath, ['bootstrap.mjs', 'start'], { cwd: folder, env }, (error, _stdout, text) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr: text })
      })
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/Missing: .*pnpm 10\.34\.9.*npm registry, which could not be reached/s)
    expect(stderr).toContain('npm config get registry')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
