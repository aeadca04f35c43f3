import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { createTestDatabase } from '@callback-quorum/service'
import { makeV2KeyGen, CUSTODY } from '@callback-quorum/simulator'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { planOf, writeDemoConfiguration, type Mapping } from '../src/index.ts'
import type { Picture } from '../src/status/picture.ts'
import { renderPicture } from '../src/status/render.ts'
import { watchServices } from '../src/status/watch.ts'
import { coloursFor } from '../src/colours.ts'
import { runCommandLine } from './command-line.ts'
import { gatewayMetrics, startFakeService } from './status-rig.ts'
import { temporaryFolder } from './temporary-folder.ts'

const NO_SIGNAL = new AbortController().signal
const plain = coloursFor({ write: () => undefined }, {})
const pageOf = (picture: Picture, columns = 200): string => renderPicture(picture, columns, plain).join('\n')

async function databaseUrl(): Promise<string> {
  const database = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => database.drop())
  return database.url
}

test('real services are found by their configurations, with what they decided and how their checkers voted', async () => {
  const directory = await temporaryFolder()
  const [gatewayUrl, integrityUrl] = [await databaseUrl(), await databaseUrl()]
  const on =
    (url: string) =>
    (config: Mapping): Mapping => ({ ...config, database_url: url, log: { level: 'silent' } })
  const configuration = await writeDemoConfiguration({
    directory,
    payoutsUrl: 'http://127.0.0.1:1/',
    firstPort: 25_020,
    edit: { gateway: on(gatewayUrl), integrity: on(integrityUrl) },
  })
  const [gateway, integrity, limits] = (['gateway', 'integrity', 'limits'] as const).map((name) =>
    planOf(configuration, name),
  )
  if (gateway === undefined || integrity === undefined || limits === undefined) throw new Error('three plans')
  const running = [
    await startGateway({ file: await readGatewayConfig(gateway.file, {}) }),
    await startIntegrity({ file: await readIntegrityConfig(integrity.file, {}) }),
  ]
  onTestFinished(() => Promise.all(running.map((service) => service.stop())).then(() => undefined))
  const request = join(directory, 'keygen.json')
  await writeFile(request, JSON.stringify(makeV2KeyGen({ organisation: CUSTODY.organisation })))
  const node = [
    '--key',
    configuration.node.key.privatePath,
    '--server',
    `${gateway.callbackUrl}/v2/check=${gateway.key.publicPath}`,
  ]
  expect(await runCommandLine(['simulate', ...node, '--package', request])).toMatchObject({ exitCode: 0 })

  const configs = [gateway, integrity, limits].flatMap(({ file }) => ['--config', file])
  const { exitCode, stdout } = await runCommandLine(['status', ...configs, '--output', 'json'])
  const picture = JSON.parse(stdout) as Picture
  expect(exitCode).toBe(1)
  expect(picture).toMatchObject({ ready: 2, interval_seconds: null })
  const [ofGateway, ofIntegrity, ofLimits] = picture.services
  expect(ofGateway).toMatchObject({
    service: 'gateway',
    is: 'gateway',
    ready: true,
    gateway: {
      frozen: false,
      decisions: { since_start: { approved: 1, rejected: 0, failed: 0 }, last_minute: null },
    },
  })
  // The others are not asked about a keygen, and stand there with nothing.
  expect(ofGateway?.gateway?.checkers.filter(({ since_start: { approved } }) => approved > 0)).toMatchObject([
    { checker: 'integrity', mode: 'enforce', since_start: { approved: 1, rejected: 0, failed: 0 } },
  ])
  expect(ofGateway?.gateway?.deciding.p50_seconds).toBeGreaterThan(0)
  expect(ofGateway?.gateway?.headroom.p50_seconds).toBeLessThanOrEqual(8)
  expect(ofIntegrity).toMatchObject({ service: 'integrity', is: 'checker', verdicts: { since_start: { approved: 1 } } })
  expect(ofLimits).toMatchObject({ service: 'limits', up: false, ready: false, reasons: ['no answer (ECONNREFUSED)'] })

  const both = await runCommandLine(['status', '--config', gateway.file, '--config', integrity.file, '--once'])
  expect(both).toMatchObject({ exitCode: 0, stderr: '' })
  expect(both.stdout).toMatch(/^callback-quorum {2}\S+Z {2}2 of 2 ready$/m)
})

describe('everything that a gateway measures', () => {
  test('is shown, and what it does not measure is a dash', async () => {
    const gateway = await startFakeService(gatewayMetrics({ approved: 9, rejected: 1 }))
    const old = await startFakeService('callback_quorum_process_start_time_seconds{service="limits"} 1\n')
    const { stdout, exitCode } = await runCommandLine(['status', '-m', `${gateway.url}/metrics`, '-m', old.url])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^gateway +ready +0\.1\.0 +01234567 +1 h 1 m +20 d: key callers node-eu-1$/m)
    expect(stdout).toMatch(/^limits +ready +- +- +.* d .* h +-$/m)
    expect(stdout).toMatch(/^approved +- +- +9$/m)
    expect(stdout).toContain(
      'latency p50 50 ms p99 99 ms  |  left of the deadline p50 - p1 -  |  deferred 3, oldest 2 m 5 s  |  outbox 0 owed',
    )
    expect(stdout).toMatch(/^integrity +enforce +0 +0 +7 +- +- +-$/m)
    expect(stdout).toMatch(/^limits +- +0 +0 +0 +- +- +4$/m)
    expect(stdout).toMatch(/^gateway: ALARM digest_changed 2, since its start$/m)
  })

  test('is told as frozen, on a line of its own', async () => {
    const gateway = await startFakeService(gatewayMetrics({ frozen: 1 }))
    const { stdout } = await runCommandLine(['status', '-m', gateway.url])
    expect(stdout).toMatch(/^FROZEN: gateway approves nothing$/m)
    expect(stdout).toMatch(/^gateway +FROZEN/m)
  })
})

test('what limits and lists say is shown', async () => {
  const service = await startFakeService(
    [
      '# TYPE callback_quorum_verdicts_total counter',
      'callback_quorum_process_start_time_seconds{service="sanctions"} 1',
      'callback_quorum_limits_used_ratio{rule="day"} 0.825',
      'callback_quorum_limits_used_ratio{rule="week"} 1',
      'callback_quorum_sanctions_list_loaded{source="ofac-sdn"} 1',
      'callback_quorum_sanctions_list_checked_age_seconds{source="ofac-sdn"} 190',
      'callback_quorum_sanctions_list_is_starter{source="ofac-sdn"} 1',
      'callback_quorum_sanctions_list_loaded{source="eu"} 0',
      '',
    ].join('\n'),
  )
  const { stdout } = await runCommandLine(['status', '-m', service.url])
  expect(stdout).toContain('sanctions: fullest limits week 100 %, day 83 %\n')
  expect(stdout).toContain('sanctions: list ofac-sdn checked 3 m 10 s ago, starter list for demonstrations\n')
  expect(stdout).toContain('sanctions: list eu is not loaded\n')
})

describe('between two looks', () => {
  test('what grew is told by outcome, with a bar for each interval; a restart is no step back', async () => {
    const gateway = await startFakeService(gatewayMetrics({ approved: 10, rejected: 1, startedAt: 100 }))
    const watch = watchServices([{ url: gateway.url, name: null }], 2_000)
    await watch.look(NO_SIGNAL)
    gateway.metrics = gatewayMetrics({ approved: 14, rejected: 1, startedAt: 100 })
    const second = await watch.look(NO_SIGNAL)
    expect(second.services[0]?.gateway?.decisions).toMatchObject({
      last_interval: { approved: 4, rejected: 0, failed: 0 },
      last_minute: { approved: 4, rejected: 0, failed: 0 },
    })
    gateway.metrics = gatewayMetrics({ approved: 2, rejected: 1, startedAt: 200 })
    const third = await watch.look(NO_SIGNAL)
    expect(third.services[0]?.gateway?.decisions).toMatchObject({
      last_interval: { approved: 2, rejected: 1 },
      intervals: [{ approved: 4 }, { approved: 2 }],
    })
    expect(pageOf(third)).toMatch(/^approved +2 +2 +2 +█▅$/m)
    expect(pageOf(third)).toContain('every 2 s')
  })

  test('a service that goes away is a line, and comes back', async () => {
    const gateway = await startFakeService(gatewayMetrics())
    const watch = watchServices([{ url: gateway.url, name: 'gateway' }], 2_000)
    expect((await watch.look(NO_SIGNAL)).ready).toBe(1)
    gateway.metrics = '<html>'
    expect(pageOf(await watch.look(NO_SIGNAL))).toMatch(
      /^gateway +DOWN .*\n {4}\/metrics cannot be read: line 1: begins with no name of a metric$/m,
    )
    gateway.metrics = gatewayMetrics()
    gateway.ready = { ready: false, reasons: ['the database does not answer'] }
    expect(pageOf(await watch.look(NO_SIGNAL))).toMatch(/^gateway +NOT READY .*\n {4}the database does not answer$/m)
    gateway.ready = { ready: true, reasons: [] }
    expect((await watch.look(NO_SIGNAL)).ready).toBe(1)
  })
})

test('a service that hangs is given up, and exit code 1 says that not all are ready', async () => {
  const hanging = await startFakeService(gatewayMetrics())
  hanging.delayMs = 60_000
  const { stdout, exitCode } = await runCommandLine(['status', '-m', hanging.url, '--once'])
  expect(stdout).toMatch(/ DOWN .*\n {4}no answer within 2 s$/m)
  expect(exitCode).toBe(1)
})

test('no line is longer than the terminal, whatever its width, and colours end where a line is cut', async () => {
  const gateway = await startFakeService(gatewayMetrics({ approved: 3, frozen: 1 }))
  const picture = await watchServices([{ url: gateway.url, name: null }], 2_000).look(NO_SIGNAL)
  const painted = coloursFor({ write: () => undefined, isTTY: true }, {})
  for (const columns of [10, 20, 40, 80, 200])
    for (const line of renderPicture(picture, columns, painted)) {
      const escape = String.fromCharCode(27)
      const text = line.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, 'g'), '')
      expect(Array.from(text).length).toBeLessThanOrEqual(columns)
      if (line.includes(escape))
        expect(line.lastIndexOf(`${escape}[`)).toBe(line.search(new RegExp(`${escape}\\[(0|22|39)m[^${escape}]*$`)))
    }
})

test.each([
  [['status'], /nothing to look at: expected --config gateway\.yaml or --metrics/],
  [['status', '-m', 'localhost'], /--metrics localhost: expected http:\/\/host:port/],
  [['status', '-m', 'http://x', '--interval', '10ms'], /--interval: expected at least 200ms/],
  [['status', '-m', 'http://x', '--interval', '2'], /Expected a duration such as 500ms/],
  [['status', '-m', 'http://x', '--once', '--watch'], /cannot be used with option/],
])('%j is refused', async (args, said) => {
  const { exitCode, stderr, stdout } = await runCommandLine(args)
  expect(stderr).toMatch(said)
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' })
})
