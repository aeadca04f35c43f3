import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts, ProcessFailed, startProcess, type RunningProcess } from '../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

const MAIN = fileURLToPath(new URL('small-service.ts', import.meta.url))
const FIRST_PORT = 21_020

async function start(
  manner: string,
  o: { logFile?: string; readyUrl?: string; onLine?: (line: string) => void } = {},
): Promise<RunningProcess> {
  const [port = 0] = await freePorts(1, FIRST_PORT)
  const running = startProcess({
    name: 'small',
    node: process.execPath,
    main: MAIN,
    args: [manner, String(port)],
    env: process.env,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    ...o,
  })
  onTestFinished(() => void running.kill())
  return running
}

test('becomes ready, and stops at one SIGTERM although it is asked twice', async () => {
  const logFile = join(await temporaryFolder(), 'small.log')
  const lines: string[] = []
  const running = await start('ready', { logFile, onLine: (line) => lines.push(line) })
  expect(await running.ready()).toBeGreaterThan(0)
  expect(await Promise.all([running.stop(), running.stop()])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ])
  expect(lines).toEqual(['I am ready', 'ended by SIGTERM'])
  await expect.poll(() => readFile(logFile, 'utf8')).toBe('I am ready\nended by SIGTERM\n')
})

test('can be killed as by a crash', async () => {
  const running = await start('ready')
  await running.ready()
  expect(await running.kill()).toEqual({ code: null, signal: 'SIGKILL' })
})

test('one that ends early fails with its last lines, and a taken port is recognised', async () => {
  const running = await start('die')
  const failure = await running.ready().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ProcessFailed)
  expect(failure).toMatchObject({
    message: 'small ended with code 7 before it was ready',
    service: 'small',
    isPortTaken: true,
  })
  expect((failure as ProcessFailed).lastLines.toSorted()).toEqual([
    'I am die',
    'listen EADDRINUSE: address already in use',
  ])
})

test('another process that answers in its place does not make it ready', async () => {
  const answered: string[] = []
  const other = createServer((request, response) => {
    answered.push(request.url ?? '')
    response.setHeader('X-Process-Id', String(process.pid)).end('ready')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  // It serves on a port of its own, and we look at the other one's.
  const running = await start('ready', { readyUrl: `http://127.0.0.1:${port}/readyz` })
  const giveUp = new AbortController()
  const ready = running.ready(giveUp.signal)
  await expect.poll(() => answered.length).toBeGreaterThan(2)
  giveUp.abort(new Error('enough'))
  await expect(ready).rejects.toThrow('enough')
})

test('waiting for one that is never ready can be given up', async () => {
  const running = await start('never-ready')
  const giveUp = new AbortController()
  const ready = running.ready(giveUp.signal)
  giveUp.abort(new Error('enough'))
  await expect(ready).rejects.toThrow('enough')
})
