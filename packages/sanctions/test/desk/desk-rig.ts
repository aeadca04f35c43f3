import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import type { Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import {
  createLogger,
  createTestDatabase,
  type AdminCall,
  type AdminFault,
  type Database,
  type TestDatabase,
  type Transaction,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { expect, inject } from 'vitest'
import { createDesk } from '../../src/desk/create-desk.ts'
import type { AddressIndex } from '../../src/list/address-index.ts'
import { listedAddress } from '../../src/rules/listed-address.ts'
import type { ScreeningPolicy } from '../../src/rules/screening-policy.ts'
import { createVersionActions } from '../../src/versions/create-version-actions.ts'
import { MIGRATIONS } from '../migrations.ts'
import { claimAsKit } from './claim-as-kit.ts'

export const ASSETS = createAssetRegistry(STARTER_ASSETS)
const DAY_MS = 24 * 3_600_000

export interface DeskRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly rule: Rule
  readonly registry: Registry
  /** Role, method and path of every route. */
  readonly routes: readonly string[]
  /** Lines of the log as they were written. */
  readonly logged: readonly Record<string, unknown>[]
  /** What screens from now on. Always checked a moment ago, unless told otherwise. */
  use(index: AddressIndex): void
  age(byMs: number): void
  /** The database's time. */
  now(): Promise<Date>
  inMs(ms: number): Promise<string>
  judge(question: Question): Promise<Judgement>
  claim(question: Question): Promise<Judgement>
  claimIn(tx: Transaction, question: Question): Promise<Judgement>
  call(who: string, path: string, more?: Partial<AdminCall>): Promise<Answered>
  propose(who: string, body: object): Promise<string>
  approve(who: string, id: string): Promise<Body>
  /** Proposed by olga and approved by anna; gives what the approval did. */
  decide(body: object): Promise<Record<string, string>>
}

export type Body = Readonly<Record<string, unknown>>
interface Answered {
  readonly status?: number
  readonly body: Body
}

export interface DeskRigOptions {
  readonly index: AddressIndex
  readonly policy?: Partial<ScreeningPolicy>
}

export async function startDeskRig({ index, policy: more }: DeskRigOptions): Promise<DeskRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open()
  const logged: Record<string, unknown>[] = []
  const log = createLogger({
    level: 'info',
    name: 'desk',
    destination: { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  })
  const registry = new Registry()
  let active = index
  let ageMs = 1_000
  let clockMs = 0
  const list = {
    name: 'ofac-sdn',
    maxAgeMs: DAY_MS,
    active: () => ({ index: active, checkedAtMs: clockMs - ageMs, isStarter: false }),
  }
  const now = async (): Promise<Date> => {
    const at = await database.transaction((tx) => tx.clockNow())
    clockMs = at.getTime()
    return at
  }
  await now()
  const policy: ScreeningPolicy = { sameKey: 'reject', addressChecksum: 'reject', ...more }
  const { context, adminRoutes } = createDesk({
    database,
    log,
    registry,
    assets: ASSETS,
    lists: [list],
    policy,
    // Decisions about versions are shown with real versions elsewhere.
    versions: createVersionActions(() => undefined),
  })
  const rule = listedAddress({ lists: [list], ...policy, desk: context })
  const call: DeskRig['call'] = async (who, path, extra = {}) => {
    await now()
    const route = adminRoutes.find((one) => `${one.method} ${one.path}` === path)
    if (route === undefined) throw new Error(`there is no route ${path}`)
    const answer = await route.handle({
      who: { name: who, role: 'approver' },
      body: {},
      params: {},
      query: {},
      ...extra,
    })
    return JSON.parse(JSON.stringify(answer)) as Answered
  }
  const propose: DeskRig['propose'] = async (who, body) =>
    String((await call(who, 'POST /v1/proposals', { body })).body['id'])
  const approve: DeskRig['approve'] = async (who, id) =>
    (await call(who, 'POST /v1/proposals/:id/approve', { params: { id } })).body
  return {
    testDatabase,
    database,
    rule,
    registry,
    routes: adminRoutes.map(({ role, method, path }) => `${role} ${method} ${path}`),
    logged,
    use: (next) => void (active = next),
    age: (byMs) => void (ageMs = byMs),
    now,
    inMs: async (ms) => new Date((await now()).getTime() + ms).toISOString(),
    judge: async (question) => {
      if (rule.judge === undefined) throw new Error('the rule judges')
      const at = await now()
      return rule.judge(question, { signal: AbortSignal.timeout(8_000), leftMs: 8_000, now: at, firstAskedAt: at })
    },
    claim: async (question) => {
      await now()
      return claimAsKit(database, rule, question)
    },
    claimIn: async (tx, question) => {
      if (rule.claim === undefined) throw new Error('the rule claims')
      const at = await tx.clockNow()
      return rule.claim(question, tx, { now: at, firstAskedAt: at, alreadyClaimed: false })
    },
    call,
    propose,
    approve,
    decide: async (body) => (await approve('anna', await propose('olga', body)))['effect'] as Record<string, string>,
  }
}

/** What a call that was refused throws. */
export const refusal = (status: AdminFault['status'], text: RegExp): Partial<AdminFault> => ({
  name: 'AdminFault',
  status,
  message: expect.stringMatching(text) as string,
})
