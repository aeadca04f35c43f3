import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { loadAddressBook } from '@callback-quorum/checker-kit'
import {
  createAdminToken,
  createLogger,
  createTestDatabase,
  loadAdminTokens,
  startAdminServer,
  type AdminRole,
  type Database,
  type TestDatabase,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject, onTestFinished } from 'vitest'
import { z } from 'zod'
import { sanctionsConfigShape } from '../../src/config.ts'
import { createSanctionsRules, type SanctionsRules } from '../../src/create-sanctions-rules.ts'
import { sha256 } from '../advanced-xml.ts'
import { NOW } from '../asking.ts'
import { MIGRATIONS } from '../migrations.ts'

const PEOPLE = { vera: 'viewer', olga: 'operator', anna: 'approver', axel: 'approver' } as const satisfies Record<
  string,
  AdminRole
>
export type Person = keyof typeof PEOPLE

export const schema = z.strictObject({
  profile: z.enum(['development', 'single-host', 'production']),
  ...sanctionsConfigShape,
})

export interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface ServedSanctions {
  readonly rules: SanctionsRules
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly registry: Registry
  readonly lines: readonly string[]
  readonly directory: string
  get(who: Person, path: string): Promise<Answered>
  post(who: Person, path: string, body?: unknown): Promise<Answered>
}

/** Bytes and their manifest, where a list of the configuration names them. */
export async function deliver(directory: string, bytes: string | Uint8Array, name = 'list.xml'): Promise<string> {
  const manifest = { checked_at: NOW.toISOString(), sha256: sha256(bytes) }
  await writeFile(join(directory, name), bytes)
  await writeFile(join(directory, `${name}.manifest.json`), JSON.stringify(manifest))
  return manifest.sha256
}

export const newDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'sanctions served '))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

/** The whole rule set of a configuration and its admin listener, over a database whose clock stands. */
export async function serveSanctions(directory: string, lists: readonly object[]): Promise<ServedSanctions> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  onTestFinished(() => testDatabase.drop())
  await testDatabase.setClock(NOW.getTime())
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ name: 'test', level: 'info', format: 'json', destination })
  const assets = createAssetRegistry(STARTER_ASSETS)
  const registry = new Registry()
  const database = await testDatabase.open()
  const rules = await createSanctionsRules({
    config: schema.parse({ profile: 'development', lists }),
    directory,
    database,
    assets,
    addresses: await loadAddressBook(undefined, assets),
    clock: { nowMs: () => NOW.getTime() },
    log,
    registry,
    pollIntervalMs: 100,
  })
  onTestFinished(() => rules.stop())
  const tokens = new Map<string, string>()
  const server = await startAdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    authenticate: await loadAdminTokens(await writeTokens(directory, tokens)),
    routes: rules.adminRoutes ?? [],
    log,
  })
  onTestFinished(() => server.close())
  const call = async (who: Person, method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens.get(who) ?? ''}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }
  return {
    rules,
    testDatabase,
    database,
    registry,
    lines,
    directory,
    get: (who, path) => call(who, 'GET', path),
    post: (who, path, body = {}) => call(who, 'POST', path, body),
  }
}

async function writeTokens(directory: string, tokens: Map<string, string>): Promise<string> {
  const entries = Object.entries(PEOPLE).map(([name, role]) => {
    const { token, sha256: digest } = createAdminToken()
    tokens.set(name, token)
    return `  - { name: ${name}, role: ${role}, sha256: ${digest} }`
  })
  const path = join(directory, 'tokens.yaml')
  await writeFile(path, `tokens:\n${entries.join('\n')}\n`, { mode: 0o600 })
  return path
}
