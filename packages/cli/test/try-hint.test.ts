import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createDemoRun } from '../src/demo/payments.ts'
import { tryHint } from '../src/demo/try-hint.ts'
import { planOf, writeDemoConfiguration } from '../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

test('the hint is a command that a shell reads as it is meant, in a folder with a space and a quote too', async () => {
  const directory = join(await temporaryFolder(), "Ada's demo")
  const configuration = await writeDemoConfiguration({ directory, payoutsUrl: 'http://127.0.0.1:1/' })
  const { waiting } = createDemoRun(NOW_MS)
  expect(waiting?.state).toBe('pending')
  const lines = waiting === undefined ? [] : tryHint(waiting, 'http://127.0.0.1:11030/', configuration)
  const command = lines.filter((line) => line.startsWith('  ')).join('\n')
  // The shell's own reading, one argument on each line, instead of npm.
  const { stdout } = await promisify(execFile)('sh', ['-c', `npm() { printf '%s\\n' "$@"; }\n${command}`])
  const gateway = planOf(configuration, 'gateway')
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...['run', '-s', 'callback-quorum', '--', 'simulate'],
    ...['--server', `${gateway.callbackUrl}/v2/check=${gateway.key.publicPath}`],
    ...['--key', configuration.node.key.privatePath, '--make', 'v2-keysign'],
    ...['--to', waiting?.address, '--amount', '4200', '--token', 'ETH_USDT', '--reference', waiting?.reference],
  ])
})
