import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type Database } from '@callback-quorum/service'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { sha256 } from '../advanced-xml.ts'
import { listOf } from './small-lists.ts'
import { MIGRATIONS } from '../migrations.ts'

const REPLICA = fileURLToPath(new URL('./activating-replica.ts', import.meta.url))

async function deliver(file: string, text: string): Promise<string> {
  await writeFile(file, text)
  const manifest = { checked_at: new Date().toISOString(), sha256: sha256(text) }
  await writeFile(`${file}.manifest.json`, JSON.stringify(manifest))
  return manifest.sha256
}

const start = (url: string, file: string): ChildProcess =>
  spawn(process.execPath, [REPLICA, url, file], { stdio: ['ignore', 'pipe', 'inherit'] })

async function outputOf(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await once(child, 'close')
  return text.trim()
}

const stateOf = async (database: Database, sha: string): Promise<unknown> =>
  (
    await database.query({
      text: `select v.state, v.findings, (select count(*)::int from list_activation a where a.version_id = v.version_id) as activations,
               (select count(*)::int from list_removal) as removals
             from list_version v where sha256 = $1`,
      values: [sha],
    })
  )[0]

test('a process that is killed in the middle of an activation leaves the old version whole, and the next one activates the new', async () => {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  const directory = await mkdtemp(join(tmpdir(), 'sanctions-killed-'))
  onTestFinished(async () => {
    await testDatabase.drop()
    await rm(directory, { recursive: true })
  })
  const { url } = testDatabase
  const database = await testDatabase.open()
  const file = join(directory, 'list')
  const old = await deliver(file, listOf(3))
  expect(await outputOf(start(url, file))).toBe('3')

  const next = await deliver(file, listOf(2))
  await database.query({ text: 'update list_source set next_refresh_at = clock_now()' })
  // What an activation writes last is locked, so that it stands still with everything else written.
  const held = Promise.withResolvers<undefined>()
  const locked = Promise.withResolvers<undefined>()
  const holding = database.transaction(
    async (tx) => {
      await tx.query({ text: 'lock table list_removal in share row exclusive mode' })
      locked.resolve(undefined)
      await held.promise
    },
    { timeoutMs: 60_000 },
  )
  await locked.promise
  const child = start(url, file)
  const ended = once(child, 'close')
  await vi.waitFor(
    async () => {
      const waiting = await database.query({
        text: `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      })
      expect(waiting).toHaveLength(1)
    },
    { timeout: 25_000, interval: 20 },
  )
  child.kill('SIGKILL')
  await ended
  held.resolve(undefined)
  await holding

  expect(await stateOf(database, old)).toMatchObject({ state: 'active', activations: 1 })
  expect(await stateOf(database, next)).toEqual({ state: 'quarantined', findings: [], activations: 0, removals: 0 })
  // Nobody waits for the dead one's lease here.
  await database.query({ text: 'update list_source set lease_until = clock_now()' })
  expect(await outputOf(start(url, file))).toBe('2')
  expect(await stateOf(database, old)).toMatchObject({ state: 'superseded' })
  expect(await stateOf(database, next)).toMatchObject({ state: 'active', activations: 1, removals: 1 })
}, 60_000)
