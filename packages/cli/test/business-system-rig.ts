import { createLogger, createTestDatabase, type Database } from '@callback-quorum/service'
import { inject, onTestFinished } from 'vitest'
import { BUSINESS_SYSTEM_MIGRATIONS, openBusinessSystem } from '../src/business-system/open-business-system.ts'

export const CUSTOMER_ADDRESS = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const TOKENS = { lookUp: 'look-up-token', import: 'import-token' } as const

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface BusinessSystemRig {
  readonly url: string
  readonly database: Database
  /** Moves the database's time, milliseconds. */
  advance(byMs: number): Promise<void>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The JSON API with one of its tokens. */
  lookUp(reference: string, token?: string): Promise<Answer>
  import(body: unknown, token?: string): Promise<Answer>
  /** Loads the page and sends one of its forms as the browser would. */
  submit(path: string, fields: Readonly<Record<string, string>>, changed?: Partial<Sent>): Promise<Answer>
}

/** What a browser adds to a form; undefined leaves it out. */
export interface Sent {
  readonly origin: string | undefined
  readonly cookie: string | undefined
  readonly token: string | undefined
}

/** The payout system in this process, on a database of its own whose time stands still. */
export async function openBusinessSystemRig(): Promise<BusinessSystemRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [BUSINESS_SYSTEM_MIGRATIONS], { clock: 'fixed' })
  onTestFinished(() => testDatabase.drop())
  const database = await testDatabase.open()
  const log = createLogger({ name: 'business-system', level: 'silent', format: 'json' })
  const system = await openBusinessSystem({ listen: { host: '127.0.0.1', port: 0 }, tokens: TOKENS, database, log })
  onTestFinished(() => system.close())
  const origin = new URL(system.url).origin
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const get: BusinessSystemRig['get'] = (path, headers = {}) => ask(path, { headers })
  return {
    url: system.url,
    database,
    advance: (byMs) => testDatabase.advance(byMs),
    get,
    lookUp: (reference, token = TOKENS.lookUp) =>
      get(`/v1/withdrawals/${reference}`, { Authorization: `Bearer ${token}` }),
    import: (body, token = TOKENS.import) =>
      ask('/v1/withdrawals', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    submit: async (path, fields, changed = {}) => {
      const page = await get('/')
      const sent: Sent = {
        origin,
        cookie: (page.headers.get('set-cookie') ?? '').split(';')[0],
        token: /name="token" value="([^"]+)"/.exec(page.text)?.[1],
        ...changed,
      }
      return ask(path, {
        method: 'POST',
        headers: {
          ...(sent.origin !== undefined && { Origin: sent.origin }),
          ...(sent.cookie !== undefined && { Cookie: sent.cookie }),
        },
        body: new URLSearchParams({ ...(sent.token !== undefined && { token: sent.token }), ...fields }),
      })
    },
  }
}

/** A form that is taken as it is. */
export const FORM = {
  reference: 'WD-20260101-0a1b2c-01',
  customer: 'Nordwind Handels GmbH',
  currency: 'USDT',
  amount: '1250.50',
  address: CUSTOMER_ADDRESS,
  valid_for: '1 hour',
  created_by: 'Ada Lovelace',
} as const

/** A withdrawal as it is imported. */
export const IMPORTED = {
  reference: 'WD-20260101-0a1b2c-02',
  customer: 'Kaito Shipping K.K.',
  currency: 'ETH',
  amount: '0.75',
  address: CUSTOMER_ADDRESS,
  state: 'approved',
  created_by: 'Ada Lovelace',
  decided_by: 'Ben Bitdiddle',
  valid_until: '2026-01-03T00:00:00Z',
} as const
