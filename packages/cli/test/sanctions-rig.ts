import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSanctionsConfig, startSanctions } from '@callback-quorum/sanctions'
import { createTestDatabase, type Database } from '@callback-quorum/service'
import { expect, inject, onTestFinished, vi } from 'vitest'
import { freePorts, planOf, writeDemoConfiguration } from '../src/index.ts'
import { runCommandLine, type Ran } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIRST_ADMIN_PORT = 23_020
const SCREENED_MS_MAX = 60_000
const LOOK_EVERY_MS = 50

export interface SanctionsRig {
  readonly folder: string
  readonly database: Database
  /** `callback-quorum sanctions ...` as one of the demo's people. */
  run(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Ran>
  /** The same, which has to succeed, with its answer as JSON. */
  json(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>>
  /** Proposes as operator and approves as approver. */
  decide(...args: readonly string[]): Promise<void>
  /** Has the checker asked for a payment of USDT, as a TSS node asks; answers what it printed. */
  pay(to: string): Promise<string>
  /** Id of the newest record. */
  record(): Promise<string>
  /** Puts the lines of a list where the checker looks, and waits until it screens with them, or holds them back. Answers their SHA-256. */
  deliver(lines: readonly string[], as?: 'active' | 'quarantined'): Promise<string>
}

/** A running sanctions checker with the demo's configuration, a plain list in a file, and an admin listener, on a real database. */
export async function openSanctionsRig(lines: readonly string[], entry: object = {}): Promise<SanctionsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => testDatabase.drop())
  const folder = await temporaryFolder()
  const [port = 0] = await freePorts(1, FIRST_ADMIN_PORT)
  const admin = { listen: `127.0.0.1:${String(port)}`, tokens: 'admin/tokens.yaml' }
  const list = join(folder, 'house.txt')
  const shaOf = (content: string): string => createHash('sha256').update(content).digest('hex')
  const write = async (content: string): Promise<string> => {
    await writeFile(list, content)
    const manifest = { checked_at: new Date().toISOString(), sha256: shaOf(content) }
    await writeFile(`${list}.manifest.json`, JSON.stringify(manifest))
    return manifest.sha256
  }
  const textOf = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')
  await write(textOf(lines))
  const lists = [{ source: 'house', format: 'plain', file: 'house.txt', ...entry }]
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:1/',
    edit: {
      sanctions: (config) => ({ ...config, lists, database_url: testDatabase.url, admin, log: { level: 'silent' } }),
    },
  })
  const { file, callbackUrl, key } = planOf(configuration, 'sanctions')
  const sanctions = await startSanctions({ file: await readSanctionsConfig(file, {}) })
  onTestFinished(() => sanctions.stop())
  const { tokens } = configuration.admin
  const database = await testDatabase.open()
  const run: SanctionsRig['run'] = (who, ...args) =>
    runCommandLine(['sanctions', ...args, '--config', file, '--token-file', tokens[who]])
  const json: SanctionsRig['json'] = async (who, ...args) => {
    const { exitCode, stdout, stderr } = await run(who, ...args, '--output', 'json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>
  }
  return {
    folder,
    database,
    run,
    json,
    decide: async (...args) => {
      const { id } = await json('operator', ...args)
      expect(await json('approver', 'approve', String(id))).toMatchObject({ state: 'applied' })
    },
    pay: async (to) => {
      const asked = ['--make', 'v2-keysign', '--token', 'ETH_USDT', '--to', to, '--amount', '100']
      const server = ['--server', `${callbackUrl}/v2/check=${key.publicPath}`]
      const { stdout } = await runCommandLine([
        'simulate',
        '--key',
        configuration.node.key.privatePath,
        ...server,
        ...asked,
      ])
      return stdout
    },
    record: async () => {
      const [newest] = await database.query<{ id: bigint }>({ text: 'select max(record_id) as id from verdict_record' })
      return String(newest?.id)
    },
    deliver: async (next, as = 'active') => {
      const sha256 = await write(textOf(next))
      await run('operator', 'refresh', 'house')
      await vi.waitFor(
        async () => {
          const { versions } = await json('viewer', 'versions', 'house')
          const [newest] = versions as readonly { sha256: string; state: string }[]
          // Every version is in quarantine for the moment between being stored and being activated.
          expect(newest).toMatchObject({ sha256, state: as })
          const { lists: shown } = await json('viewer', 'lists')
          const [only] = shown as readonly { active: { sha256: string } }[]
          if (as === 'active') expect(only?.active.sha256).toBe(sha256)
        },
        { timeout: SCREENED_MS_MAX, interval: LOOK_EVERY_MS },
      )
      return sha256
    },
  }
}
