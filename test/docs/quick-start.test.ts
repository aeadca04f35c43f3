import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { walkPage } from './walk-page.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
/** Downloading, building and starting three databases, while other tests use the same processors. */
const WALK_MS_MAX = 540_000
const ADDRESS = 'https://git.example.com/'

let scratch: string

/** What a clone of this very state of the project holds, also what is not committed yet. */
async function makeOrigin(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64e6,
  })
  for (const file of new Set(stdout.split('\0').filter((name) => name !== ''))) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await cp(join(root, file), join(folder, file)).catch((error: unknown) => {
      // Deleted and not yet committed.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    })
  }
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: folder })
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'as it is')
}

/** The page's address stands for this folder; nothing else differs from what a reader would type into. */
const readersEnvironment = (): NodeJS.ProcessEnv => ({
  ...env,
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `url.file://${scratch}/origin/.insteadOf`,
  GIT_CONFIG_VALUE_0: ADDRESS,
  NO_COLOR: '1',
})

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'quick start '))
  // As root, the embedded PostgreSQL runs as a user of its own, who has to get in.
  await chmod(scratch, 0o755)
  await makeOrigin(join(scratch, 'origin', 'callback-quorum.git'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

async function walk(page: string): Promise<string> {
  const folder = join(scratch, page)
  await mkdir(folder)
  const { exitCode, said } = await walkPage(join(root, 'docs', `${page}.md`), folder, readersEnvironment())
  expect(exitCode, said).toBe(0)
  return said
}

/** The rows of answers that a simulated platform printed. */
const rows = (said: string, start: RegExp): string[] => said.split('\n').filter((line) => start.test(line))

describe('the quick starts, typed command by command into an empty folder', () => {
  it('Cobo: one approval, two rejections, each signed', { timeout: WALK_MS_MAX }, async () => {
    const said = await walk('quick-start-cobo')
    expect(rows(said, /^(APPROVE|REJECT) /)).toEqual([
      expect.stringMatching(/^APPROVE {2}request .*approved by 1 of 1 servers/),
      expect.stringContaining(
        'limits: LIMIT_TX: 2500 USDT is over the limit usdt-per-payment of 1000 USDT per transaction',
      ),
      expect.stringContaining('integrity: RAW_DESTINATION_DIFFERS'),
    ])
    expect(said).toMatch(/^FROZEN since .* by you: trying it out$/m)
    expect(said).toMatch(/^not frozen since .* by you: tried$/m)
    const block = await readFile(join(scratch, 'quick-start-cobo', 'callback.yaml'), 'utf8')
    expect(block).toContain('cb_server_v2')
    expect(block).toContain('http://127.0.0.1:12024/v2/check')
  })

  it('Fireblocks: one approval, two rejections, and an API user who is nobody', { timeout: WALK_MS_MAX }, async () => {
    const said = await walk('quick-start-fireblocks')
    expect(rows(said, /^(approved|rejected|failed) {2}option 5 /)).toEqual([
      expect.stringMatching(/^approved {2}option 5 {2}request .*the handler approved/),
      expect.stringContaining('limits: LIMIT_TX: 2500 USDT is over the limit'),
      expect.stringContaining('integrity: RAW_DESTINATION_DIFFERS'),
      expect.stringMatching(/^failed .*HTTP 401/),
    ])
  })

  it('stops at the first command that fails, and leaves nothing running', async () => {
    const page = join(scratch, 'page.md')
    await writeFile(
      page,
      'a\n```sh\n(trap "touch ended; exit" TERM; touch waits; while :; do sleep 0.1; done) &\nuntil test -e waits; do sleep 0.1; done\nfalse\n```\n```yaml\nno: shell\n```\n```sh\ntouch never\n```\n',
    )
    const { exitCode, said } = await walkPage(page, scratch, env)
    expect(exitCode, said).toBe(1)
    await expect(readFile(join(scratch, 'never'))).rejects.toThrow('ENOENT')
    await vi.waitFor(() => readFile(join(scratch, 'ended')), { timeout: 20_000 })
  })
})
