import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mapping } from '../../src/constellation/yaml-files.ts'
import { nodeFinding } from '../../src/doctor/checks/versions.ts'
import { freePorts } from '../../src/index.ts'
import { runCommandLine } from '../command-line.ts'
import { openHealthySet, type HealthySet, type SpoiltSet } from './healthy-set.ts'
import { entryOf, expectFound, untilTestEnds, type Mistake } from './mistake.ts'

const LIMITS = 1

let healthy: HealthySet
beforeAll(async () => {
  healthy = await openHealthySet(25_020)
})
afterAll(() => healthy.close())

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  untilTestEnds(() => server.close())
  return (server.address() as AddressInfo).port
}

const replace = async (path: string, from: string, to: string): Promise<void> => {
  const text = await readFile(path, 'utf8')
  expect(text).toContain(from)
  await writeFile(path, text.replace(from, to))
}

/** Ports of its own, of which nobody has any: as before the first start. */
async function notStarted(set: SpoiltSet): Promise<readonly number[]> {
  const ports = await freePorts(3, 25_320)
  const [callback = 0, admin = 0, metrics = 0] = ports
  const at = (port: number): string => `127.0.0.1:${port}`
  await set.edit((config) => ({
    ...entryOf('callback', 0, { listen: at(callback) })(config),
    admin: { ...(config['admin'] as Mapping), listen: at(admin) },
    metrics: { listen: at(metrics) },
  }))
  return ports
}

const MISTAKES: readonly Mistake[] = [
  {
    what: 'a key of the configuration is mistyped',
    make: (set) => replace(set.path('gateway.yaml'), 'kinds:', 'kindz:'),
    check: 'configuration',
    found: /gateway\.yaml:\d+:\d+ quorum\[0\]\.kindz: is not a known key, did you mean kinds\?/,
    fix: /^Write there one of callers, kinds, require/,
    exitCode: 78,
    mend: (set) => replace(set.path('gateway.yaml'), 'kindz:', 'kinds:'),
  },
  {
    what: 'an environment variable is not set',
    make: (set) => set.edit((config) => ({ ...config, database_url: '${DATABASE_OF_THE_GATEWAY}' })),
    check: 'configuration',
    found: /database_url: needs the environment variable DATABASE_OF_THE_GATEWAY, which is not set/,
    fix: /Change that line/,
    exitCode: 78,
  },
  {
    what: 'limits is not told how payments end',
    make: (set) => set.edit(entryOf('checkers', LIMITS, { outcome: false })),
    status: 'warning',
    check: 'config lint',
    found: /gateway\.yaml:\d+:\d+ checkers\[1\]\.outcome: limits is not told how a payment ended/,
    fix: /^Write outcome: true in checkers\[1\] \(limits\)/,
    mend: (set) => set.edit(entryOf('checkers', LIMITS, { outcome: true })),
  },
  {
    what: 'the gateway decides later than the node waits',
    make: (set) => set.edit((config) => ({ ...config, deadline: { cobo: '12s' } })),
    check: 'config lint',
    found: /deadline\.cobo: is 12000 ms, and node-demo hangs up after 10000 ms/,
    fix: /^Write deadline\.cobo: 8000ms, or raise request_timeout of node-demo/,
    mend: (set) => set.edit((config) => ({ ...config, deadline: { cobo: '8000ms' } })),
  },
  {
    what: 'a checker is never asked',
    make: (set) =>
      set.edit((config) => ({
        ...config,
        quorum: (config['quorum'] as readonly { require: string[] }[]).map((entry) => ({
          ...entry,
          require: ['integrity'],
        })),
      })),
    status: 'warning',
    check: 'config lint',
    found: /checkers\[1\]\.name: limits is configured and never asked/,
    fix: /^Name limits in require \(or shadow\) of a quorum entry, or remove checkers\[1\]$/,
  },
  {
    what: 'a checker stands in shadow alone, although warnings fail',
    make: (set) =>
      set.edit((config) => ({
        ...config,
        quorum: (config['quorum'] as readonly { require: string[] }[]).map((entry) => ({
          ...entry,
          require: ['integrity'],
          shadow: ['limits'],
        })),
      })),
    args: ['--strict'],
    status: 'warning',
    check: 'config lint',
    found: /limits stands in shadow alone/,
    fix: /^Move limits from shadow to require/,
    exitCode: 1,
  },
  {
    what: 'nobody binds what is signed',
    make: (set) =>
      set.edit((config) => ({
        ...entryOf('checkers', 0, { name: 'lookup' })(config),
        quorum: [{ callers: ['node-demo'], kinds: ['keysign'], require: ['lookup'], shadow: ['limits'] }],
      })),
    check: 'config lint',
    found:
      /quorum\[0\]\.require: node-demo: none of lookup binds the bytes to be signed, so that nothing is ever approved/,
    fix: /Add integrity/,
  },
  {
    what: 'a development profile is reachable from beyond the machine',
    make: (set) => set.edit(entryOf('callback', 0, { listen: '0.0.0.0:25399' })),
    status: 'warning',
    check: 'config lint',
    found: /profile: is development, and callback\[0\] listens beyond this machine/,
    fix: /Write profile: production \(or single-host\)/,
    exitCode: 1,
  },
  {
    what: 'a caller gives up before a restart is over',
    make: (set) => set.edit(entryOf('callers', 0, { retry_times: 3, sleep_seconds: 1 })),
    status: 'warning',
    check: 'config lint',
    found: /callers\[0\]\.retry_times: node-demo gives up after 33 s/,
    fix: /Let node-demo ask for at least 60 s/,
  },
  {
    what: 'approvals are recalled for a day',
    make: (set) => set.edit((config) => ({ ...config, recall_approve_for: '24h' })),
    status: 'warning',
    check: 'config lint',
    found: /recall_approve_for: an approval is signed again for 1440 minutes without any checker/,
    fix: /Write recall_approve_for: 10m/,
  },
  {
    what: 'the file with the admin tokens is missing',
    make: (set) => rm(set.path('admin/tokens.yaml')),
    check: 'files',
    found: /admin\/tokens\.yaml:1:1 .*cannot be read/,
    fix: /^Write there a YAML file/,
    mend: async (set) =>
      writeFile(set.path('admin/tokens.yaml'), await readFile(`${healthy.folder}/admin/tokens.yaml`)),
  },
  {
    what: 'the folder for data is a file',
    make: async (set) => {
      await writeFile(set.path('data.txt'), '')
      await set.edit((config) => ({ ...config, data_dir: 'data.txt' }))
    },
    check: 'data dir',
    found: /data\.txt is a file; expected the folder data_dir/,
    fix: /Move the file away, or write another data_dir/,
    mend: (set) => set.edit((config) => ({ ...config, data_dir: 'data/gateway' })),
  },
  {
    what: 'a port is taken by another program',
    make: async (set) => {
      await notStarted(set)
      await set.edit(entryOf('callback', 0, { listen: `127.0.0.1:${await portOf(createTcp())}` }))
    },
    check: 'ports',
    found: /^127\.0\.0\.1:\d+ \(callback\[0\]\.listen\): taken by another program, and this service does not run/,
    fix: /ss -ltnp 'sport = :\d+'.*or write another port into callback\[0\]\.listen/,
    mend: async (set) => {
      await notStarted(set)
    },
  },
  {
    what: 'the address of a listener is not of this machine',
    make: (set) => set.edit(entryOf('callback', 0, { listen: '192.0.2.1:11020' })),
    check: 'ports',
    found: /^192\.0\.2\.1:11020 \(callback\[0\]\.listen\): 192\.0\.2\.1 is no address of this machine/,
    fix: /Write an address of this machine into callback\[0\]\.listen/,
  },
  {
    what: 'another program listens on the port of the metrics',
    make: async (set) => {
      const port = await portOf(createServer((_, response) => response.end('hello')))
      await set.edit((config) => ({ ...config, metrics: { listen: `127.0.0.1:${port}` } }))
    },
    check: 'instance',
    found: /\(metrics\.listen\): another program listens there, and not this service/,
    fix: /ss -ltnp 'sport = :\d+'/,
  },
  {
    what: 'the running service is not ready',
    make: async (set) => {
      const port = await portOf(
        createServer((_, response) => {
          response.writeHead(503, { 'X-Process-Id': '1' })
          response.end('{"ready":false,"reasons":["the database does not answer"]}')
        }),
      )
      await set.edit((config) => ({ ...config, metrics: { listen: `127.0.0.1:${port}` } }))
    },
    check: 'instance',
    found: /^runs and is not ready: the database does not answer$/,
    fix: /Do away with the reason/,
  },
  {
    what: 'another service of ours has the port of the metrics',
    make: (set) => set.edit((config) => ({ ...config, service_name: 'gateway-2' })),
    check: 'instance',
    found: /another service of ours \(gateway\) listens on 127\.0\.0\.1:\d+, and not gateway-2/,
    fix: /Write ports of its own into metrics\.listen and callback/,
  },
]

test.each(MISTAKES)('finds that $what', (mistake) => expectFound(mistake, healthy))

test('looks at everything else although the configuration does not hold', async () => {
  const set = await healthy.copy()
  await replace(set.path('gateway.yaml'), 'kinds:', 'kindz:')
  await rm(set.path('keys/node-demo.pub'))
  const { exitCode, findings } = await set.doctor()
  expect(exitCode).toBe(78)
  const statuses = new Map(findings.map(({ check, status }) => [check, status]))
  expect(Object.fromEntries(statuses)).toMatchObject({
    configuration: 'failed',
    files: 'skipped',
    keys: 'failed',
    'token round trip': 'ok',
    database: 'ok',
    'checker limits': 'ok',
    instance: 'ok',
  })
})

test('before the first start its ports are free, and that it does not run is no mistake', async () => {
  const set = await healthy.copy()
  const [callback = 0, admin = 0] = await notStarted(set)
  const { exitCode, findings } = await set.doctor(['--strict'])
  expect(exitCode).toBe(0)
  expect(findings.filter(({ check }) => check === 'instance' || check === 'ports')).toEqual([
    {
      status: 'skipped',
      check: 'instance',
      found: expect.stringMatching(/^does not run: nobody listens on/) as string,
    },
    { status: 'ok', check: 'ports', found: `127.0.0.1:${callback} (callback[0].listen): free` },
    { status: 'ok', check: 'ports', found: `127.0.0.1:${admin} (admin.listen): free` },
  ])
})

test('a file that nobody recognises ends with 78 and says what it might be for', async () => {
  const set = await healthy.copy()
  await writeFile(set.path('some.yaml'), 'service_name: x\n')
  const { exitCode, stdout } = await runCommandLine(['doctor', '--config', set.path('some.yaml')])
  expect(exitCode).toBe(78)
  expect(stdout).toMatch(/FAILED +configuration +.*some\.yaml:1:1 \(file\): is not recognised\n {4}-> Write there/)
})

test('a wrong timeout is a wrong command line', async () => {
  const { exitCode } = await runCommandLine(['doctor', '--config', 'x.yaml', '--timeout', 'soon'])
  expect(exitCode).toBe(64)
})

test('Node 22 is too old', () => {
  expect(nodeFinding('v22.11.0')).toMatchObject({ status: 'failed', fix: expect.stringMatching(/Node 24/) as string })
  expect(nodeFinding('v24.0.0')).toMatchObject({ status: 'ok' })
})
