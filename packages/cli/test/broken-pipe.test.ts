import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('a reader that stops reading ends the command without a word', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  // Closed before the first byte is written: every write then meets a broken pipe.
  child.stdout.destroy()
  const closed = once(child, 'close') as Promise<[code: number | null]>
  const [stderr, [code]] = await Promise.all([text(child.stderr), closed])
  expect(stderr).toBe('')
  expect(code).toBe(141)
})
