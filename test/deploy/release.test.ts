import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { promisify } from 'node:util'
import { CHECKER_NAMES } from '@callback-quorum/cli'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '../../deploy/checkers')
const SCRIPT = join(folder, 'release.sh')
/** The command line may have to be built first. */
const RELEASE_MS_MAX = 120_000

const release = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  run('bash', [SCRIPT, ...args], { env: { ...env, ...more } }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, said: stdout + stderr }
    },
  )

describe('the release of one checker by its own team', () => {
  let scratch: string
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'cq release '))
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  test.each(CHECKER_NAMES)('%s holds: configuration, alerts, dashboard', { timeout: RELEASE_MS_MAX }, async (name) => {
    const { code, said } = await release([name, 'configuration', 'alerts', 'dashboards'])
    expect(code, said).toBe(0)
    expect(said).toContain(`${name} holds: configuration alerts dashboards`)
  })

  test(
    'a configuration that does not hold is not released, and nothing after it is tried',
    { timeout: RELEASE_MS_MAX },
    async () => {
      const copy = join(scratch, 'limits')
      await cp(join(folder, 'limits'), copy, { recursive: true })
      const file = join(copy, 'limits.yaml')
      await writeFile(file, (await readFile(file, 'utf8')).replace('service_name: limits', 'service_nam: limits'))
      const { code, said } = await release(['limits', 'configuration', 'dashboards'], { RELEASE_FOLDER: copy })
      expect(code, said).toBe(1)
      expect(said).toContain('service_nam')
      expect(said).toContain('FAILED: limits is not released')
      expect(said).not.toContain('dashboards     ...')
    },
  )

  test('an unknown checker and an unknown step are wrong usage', async () => {
    expect(await release(['nobody'])).toMatchObject({
      code: 64,
      said: expect.stringContaining('usage: release.sh NAME') as unknown,
    })
    expect(await release(['limits', 'party'])).toMatchObject({
      code: 64,
      said: expect.stringContaining('unknown step party') as unknown,
    })
  })

  test('a team has what it needs in its own folder', async () => {
    for (const name of CHECKER_NAMES)
      for (const file of ['README.md', `${name}.yaml`, 'alerts.yaml', 'alerts.test.yaml', `dashboards/${name}.json`])
        expect((await readFile(join(folder, name, file), 'utf8')).length, `${name}/${file}`).toBeGreaterThan(0)
  })

  test.runIf(spawnSync('shellcheck', ['--version']).status === 0)(
    'the script is clean (Debian: shellcheck)',
    async () => {
      await run('shellcheck', [SCRIPT])
    },
  )
})
