import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rule } from '@callback-quorum/checker-kit'
import {
  createAdminToken,
  loadAdminTokens,
  startAdminServer,
  type AdminRole,
  type Database,
} from '@callback-quorum/service'
import { onTestFinished } from 'vitest'
import { limitsAdminRoutes } from '../../src/admin/limits-admin-routes.ts'
import { NO_PRICES } from '../../src/prices/index.ts'
import {
  ASSETS,
  LOG,
  rulesOf,
  startLimitsRig,
  type LimitsRig,
  type RigOptions,
  type WrittenFile,
} from '../limits-rig.ts'

/** One, so that what a call leaves behind on its connection would meet the next one. */
const ADMIN_CONNECTIONS = 1

/** People with a token each; two of them may approve. */
const PEOPLE = {
  vera: 'viewer',
  olga: 'operator',
  otto: 'operator',
  anna: 'approver',
  axel: 'approver',
} as const satisfies Record<string, AdminRole>
export type Person = keyof typeof PEOPLE

export interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface AdminRig extends LimitsRig {
  readonly rule: Rule
  readonly url: string
  /** What the listener stands on: one connection. */
  readonly adminDatabase: Database
  get(who: Person, path: string): Promise<Answered>
  post(who: Person, path: string, body?: unknown): Promise<Answered>
  /** The value of an alarm's counter. */
  alarms(alarm: string): Promise<number>
}

/** A real database and a real admin listener over the rules of one file, gone when the test is over. */
export async function openAdminRig(file: WrittenFile, options: RigOptions = {}): Promise<AdminRig> {
  const rig = await startLimitsRig(options)
  onTestFinished(() => rig.testDatabase.drop())
  const { prices = NO_PRICES, listed = new Set() } = options
  const rule = await rig.use(file)
  const database = await rig.testDatabase.open({ poolSizeMax: ADMIN_CONNECTIONS })
  const tokens = new Map<Person, string>()
  const server = await startAdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    authenticate: await loadAdminTokens(await writeTokens(tokens)),
    routes: limitsAdminRoutes({
      rules: rulesOf(file, 1, prices),
      assets: ASSETS,
      addresses: {
        allowListed: (key, chainId, tag) =>
          listed.has([chainId, key, ...(tag === undefined ? [] : [tag])].join('\n'))
            ? { whitelistedAt: new Date(0) }
            : undefined,
      },
      prices,
      database,
      callers: [{ name: 'node', organisation: 'acme' }],
      metrics: rig.metrics,
      log: LOG,
    }),
    log: LOG,
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
    ...rig,
    rule,
    url: server.url,
    adminDatabase: database,
    get: (who, path) => call(who, 'GET', path),
    post: (who, path, body = {}) => call(who, 'POST', path, body),
    alarms: async (alarm) => {
      const { values } = await rig.metrics.alarms.get()
      return values.find(({ labels }) => labels.alarm === alarm)?.value ?? Number.NaN
    },
  }
}

async function writeTokens(tokens: Map<Person, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'callback quorum admin '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const entries = Object.entries(PEOPLE).map(([name, role]) => {
    const { token, sha256 } = createAdminToken()
    tokens.set(name as Person, token)
    return `  - { name: ${name}, role: ${role}, sha256: ${sha256} }`
  })
  const path = join(folder, 'tokens.yaml')
  await writeFile(path, `tokens:\n${entries.join('\n')}\n`, { mode: 0o600 })
  return path
}
