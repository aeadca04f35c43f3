import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts, startBusinessSystem, type BusinessSystem } from '../src/index.ts'
import { IMPORTED } from './business-system-rig.ts'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIRST_PORT = 23_030

async function start(directory: string, firstPort = FIRST_PORT): Promise<BusinessSystem> {
  const business = await startBusinessSystem({ directory, node: process.execPath, env: process.env, firstPort })
  onTestFinished(() => business.stop())
  return business
}

const { created_by: _, decided_by: __, valid_until: ___, ...BOOKED } = IMPORTED

test(
  'runs beside the services, keeps its books over a restart, and steps over a port that is taken',
  { timeout: 90_000 },
  async () => {
    const directory = await temporaryFolder()
    const [port = 0] = await freePorts(1, FIRST_PORT)
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const first = await start(directory, port)
    expect(new URL(first.url).port).not.toBe(String((other.address() as AddressInfo).port))
    const many = Array.from({ length: 1_500 }, (_row, index) => ({
      ...BOOKED,
      reference: `WD-20260101-0a1b2c-${String(index + 100)}`,
    }))
    await first.add([BOOKED, ...many])
    await expect(first.add([BOOKED])).rejects.toThrow('did not take the withdrawals: 409')
    const token = (await readFile(join(directory, 'business-system', 'look-up.token'), 'utf8')).trim()
    await first.stop()
    await expect(fetch(first.url)).rejects.toThrow()
    const second = await start(directory)
    const answer = await fetch(`${second.url}v1/withdrawals/${BOOKED.reference}`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(await answer.json()).toMatchObject({ reference: BOOKED.reference, state: 'approved' })
    expect(await (await fetch(second.url)).text()).toContain('<span class="count">1501</span>')
  },
)

test(
  'tells that it ended although nobody stopped it, and keeps its tokens from others',
  { timeout: 90_000 },
  async () => {
    const directory = await temporaryFolder()
    const business = await start(directory)
    for (const file of ['look-up.token', 'import.token'])
      expect((await stat(join(directory, 'business-system', file))).mode & 0o777).toBe(0o600)
    const ready = await fetch(`${business.url}readyz`)
    process.kill(Number(ready.headers.get('x-process-id')), 'SIGKILL')
    expect(await business.failed).toMatchObject({
      message: 'business-system ended with SIGKILL although nobody stopped it',
    })
  },
)

test('does not start where others could reach it', async () => {
  const directory = await temporaryFolder()
  const file = join(directory, 'business-system.yaml')
  await writeFile(file, 'listen: 0.0.0.0:11030\ndata_dir: data\nlook_up_token: a.token\nimport_token: b.token\n')
  const { exitCode, stderr } = await runCommandLine(['business-system', '--config', file])
  expect(stderr).toContain('expected an address of this machine alone')
  expect(exitCode).toBe(78)
})

test('is no command for work: help does not name it, and it explains itself', async () => {
  expect((await runCommandLine(['--help'])).stdout).not.toContain('business-system')
  expect((await runCommandLine(['business-system', '--help'])).stdout).toMatch(
    /Run the payout system of the\s+demonstration/,
  )
})
