import { execFile, execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readBusinessLookupConfig } from '@callback-quorum/business-lookup'
import { SERVICE_NAMES } from '@callback-quorum/cli'
import { readGatewayConfig } from '@callback-quorum/gateway'
import { readIntegrityConfig } from '@callback-quorum/integrity'
import { readLimitsConfig } from '@callback-quorum/limits'
import { readSanctionsConfig } from '@callback-quorum/sanctions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STOP_GRACE_MS } from '../../packages/service/src/context.ts'

const run = promisify(execFile)
const deploy = join(import.meta.dirname, '../../deploy')
const READERS = {
  gateway: readGatewayConfig,
  limits: readLimitsConfig,
  sanctions: readSanctionsConfig,
  'business-lookup': readBusinessLookupConfig,
  integrity: readIntegrityConfig,
} as const
/** In tenths. Today 1.1, and 1.2 with a drop-in that lets peers in. */
const EXPOSURE_MAX = 12

const isHere = ((): boolean => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

let unit = ''
let folder = ''
beforeAll(async () => {
  unit = await readFile(join(deploy, 'systemd/callback-quorum@.service'), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'cq-systemd-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
const setting = (name: string): readonly string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

describe.runIf(isHere)(`systemd itself${isHere ? '' : ' (left out: systemd is not installed)'}`, () => {
  test.each(SERVICE_NAMES)('takes the unit of %s, and finds it as closed as it can be', async (name) => {
    const path = join(folder, `callback-quorum@${name}.service`)
    // That the program is there is the one thing that it looks for outside of the unit.
    await writeFile(path, unit.replaceAll('/usr/local/bin/node', process.execPath))
    if (name === 'limits')
      await cp(join(deploy, 'systemd/callback-quorum@limits.service.d'), `${path}.d`, { recursive: true })
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', path])
    expect(`${stdout}${stderr}`).toBe('')
    const args = ['security', '--offline=true', '--no-pager', `--threshold=${String(EXPOSURE_MAX)}`, path]
    expect((await run('systemd-analyze', args)).stdout).toMatch(/Overall exposure level .*: (?:0\.\d|1\.[012])/)
  })

  test('a member that it does not know would be told', async () => {
    const path = join(folder, 'callback-quorum@spoiled.service')
    await writeFile(
      path,
      unit.replace('NoNewPrivileges', 'NoNewPrivilege').replaceAll('/usr/local/bin/node', process.execPath),
    )
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', path])
    expect(stderr).toContain("Unknown key 'NoNewPrivilege'")
  })
})

test('it is stopped later than a service takes to stop, and writes and runs memory because V8 must', () => {
  expect(Number.parseInt(setting('TimeoutStopSec')[0] ?? '', 10) * 1_000).toBeGreaterThan(STOP_GRACE_MS + 5_000)
  expect(setting('MemoryDenyWriteExecute')).toEqual(['no'])
  expect(setting('ProtectSystem')).toEqual(['strict'])
  expect(setting('DynamicUser')).toEqual(['yes'])
  expect(setting('RestartPreventExitStatus')).toEqual(['64 78'])
})

test('a database that is away for longer than a few starts leaves no service down for good', () => {
  expect(setting('Restart')).toEqual(['on-failure'])
  expect(setting('StartLimitIntervalSec')).toEqual(['0'])
})

test.each(SERVICE_NAMES)('%s reads its keys where systemd puts them', async (name) => {
  const text = await readFile(join(deploy, `compose/config/${name}.yaml`), 'utf8')
  const file = join(folder, `${name}.yaml`)
  await writeFile(
    file,
    text
      .replaceAll(/\/run\/secrets\/([A-Za-z0-9.-]+)/g, '"${CREDENTIALS_DIRECTORY}/secrets_$1"')
      .replace(/^database_url: .*$/m, `database_url: 'postgres://127.0.0.1/x'`),
  )
  const [directory] = setting('LoadCredential').map((value) => value.split(':')[0])
  expect(directory).toBe('secrets')
  const { value } = await READERS[name](file, { CREDENTIALS_DIRECTORY: '/run/credentials/x' })
  expect(value.identity.private_key).toBe('/run/credentials/x/secrets_identity.pem')
  expect(setting('ExecStart')).toEqual([
    '/usr/local/bin/node /opt/callback-quorum/dist/main.js %i --config /etc/callback-quorum/%i/%i.yaml',
  ])
})
