import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Check } from '../../src/doctor/check.ts'
import { configLint } from '../../src/doctor/checks/config-lint.ts'
import { instance } from '../../src/doctor/checks/instance.ts'
import { keyDates } from '../../src/doctor/checks/key-dates.ts'
import { keys } from '../../src/doctor/checks/keys.ts'
import { tlsFiles } from '../../src/doctor/checks/tls-files.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { isTaken } from '../../src/doctor/local-ports.ts'
import { openContext } from '../../src/doctor/open-context.ts'
import { runChecks } from '../../src/doctor/run-checks.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { untilTestEnds } from './mistake.ts'

async function findingsIn(yaml: string, checks: readonly Check[]): Promise<readonly Finding[]> {
  const path = join(await temporaryFolder(), 'gateway.yaml')
  await writeFile(path, yaml)
  return runChecks(checks, await openContext({ path, env: {}, timeoutMs: 500 }))
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  untilTestEnds(() => server.close())
  return (server.address() as AddressInfo).port
}

const LISTENERS = `
callback:
  - { listen: 127.0.0.1:1, dialects: [cobo-v2] }
admin: { listen: 127.0.0.1:2, tokens: tokens.json }
`

test('of blocks that do not hold it says that nobody looked, and nothing is well', async () => {
  const broken = 'checkers: 1\nquorum: 1\ncallers: 1\ncallback: 1\nidentity: 1\n'
  expect(await findingsIn(broken, [configLint, keys, keyDates, tlsFiles])).toEqual(
    [
      ['config lint', 'callers, callback, checkers, quorum'],
      ['keys', 'identity, callers, checkers'],
      ['key dates', 'identity, callers, checkers'],
      ['tls files', 'callback, checkers'],
    ].map(([check, blocks]) => ({
      status: 'skipped',
      check,
      found: `${blocks} cannot be read from the configuration, and was not looked at`,
    })),
  )
})

test('a service that hangs is not called a program of somebody else', async () => {
  const port = await portOf(createTcp(() => undefined))
  const findings = await findingsIn(`metrics: { listen: 127.0.0.1:${port} }${LISTENERS}`, [instance])
  expect(findings).toMatchObject([
    {
      status: 'failed',
      found: expect.stringMatching(/takes connections and does not say in time whether it is ready/) as string,
      fix: expect.stringMatching(/if it is this service it hangs: see its log, then restart it/) as string,
    },
  ])
})

test('a service that uses up the time leaves the ports unseen, neither free nor taken, and ends nothing', async () => {
  const server = createServer((request, response) => {
    if (request.url !== '/readyz') return
    response.setHeader('X-Process-Id', '1').end(JSON.stringify({ ready: true, reasons: [] }))
  })
  untilTestEnds(() => {
    server.closeAllConnections()
  })
  const port = await portOf(server)
  const findings = await findingsIn(`metrics: { listen: 127.0.0.1:${port} }${LISTENERS}`, [instance])
  expect(findings.filter(({ check }) => check === 'ports')).toEqual(
    ['127.0.0.1:1 (callback[0].listen)', '127.0.0.1:2 (admin.listen)'].map((where) => ({
      status: 'skipped',
      check: 'ports',
      found: `${where}: could not be looked at in time`,
    })),
  )
  expect(findings[0]?.found).toMatch(/^\/metrics does not answer in time/)
})

test('whether a port is taken is not known when there was no time to look', async () => {
  expect(await isTaken({ host: '127.0.0.1', port: 1 }, AbortSignal.abort())).toBeUndefined()
  expect(await isTaken({ host: '127.0.0.1', port: 1 }, new AbortController().signal)).toBe(false)
})
