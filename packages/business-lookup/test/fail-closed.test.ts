import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CUSTOMER,
  openConnector,
  outcomeOf,
  payment,
  QUERY,
  settings,
  startLookupRig,
  type LookupRig,
} from './lookup-rig.ts'
import { createReaderRole, type ReaderRole } from './reader-role.ts'

const ACCOUNT = 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'
const TAGGED = `xrp:${ACCOUNT}?dt=123`

let rig: LookupRig
beforeAll(async () => {
  rig = await startLookupRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  const payouts = await rig.business.open()
  await payouts.query({ text: 'delete from withdrawal' })
})

describe('the tag that the business system wrote inside its address', () => {
  const xrp = { asset: 'XRP', amountAtomic: 1_000_000n, to: ACCOUNT }
  const ask = async (...options: Parameters<typeof payment>): Promise<string> =>
    outcomeOf(await rig.judge(payment(...options)))

  test('must be in the request, in either form', async () => {
    await rig.add({ asset: 'XRP', amount: '1', address: TAGGED })
    expect(await ask(xrp)).toBe('TAG_MISMATCH')
    expect(await ask({ ...xrp, tag: '124' })).toBe('TAG_MISMATCH')
    expect(await ask({ ...xrp, tag: '123' })).toBe('approve')
    expect(await ask({ ...xrp, to: TAGGED })).toBe('approve')
  })

  test('must not contradict its tag column', async () => {
    await rig.add({ asset: 'XRP', amount: '1', address: TAGGED, memo: '124' })
    expect(await ask({ ...xrp, tag: '124' })).toBe('FIELD_INVALID')
    expect(await ask({ ...xrp, tag: '123' })).toBe('FIELD_INVALID')
  })
})

describe('a result that is not what the configuration says', () => {
  test.each(['memo', 'state', 'valid_until'])('lacks the column %s: nothing can be told', async (column) => {
    await rig.add({})
    const query = QUERY.replace(column, `${column} as elsewhere`)
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('unable CONNECTOR_UNAVAILABLE')
    const connector = await openConnector(settings(rig.readerUrl, query))
    expect((await connector.problems()).join()).toContain(column)
    await connector.close()
  })

  test('has one column twice: nothing can be told', async () => {
    await rig.add({})
    const query = QUERY.replace('memo,', 'memo, asset as state,')
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('unable CONNECTOR_UNAVAILABLE')
  })

  test.each(['float8', 'float4'])('holds the amount as %s: no exact amount', async (type) => {
    await rig.add({})
    const query = QUERY.replace('amount', `amount::${type} as amount`)
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('FIELD_INVALID')
  })

  test('holds the amount as numeric: exact', async () => {
    await rig.add({})
    const query = QUERY.replace('amount', 'amount::numeric(38, 18) as amount')
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('approve')
  })

  test('holds the expiry as timestamptz of another session time zone: the same moment', async () => {
    await rig.add({ validUntil: '2026-11-21 12:00:01+00' })
    const query = QUERY.replace('valid_until', 'valid_until::timestamptz as valid_until')
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('approve')
    await rig.business
      .open()
      .then((payouts) => payouts.query({ text: "update withdrawal set valid_until = 'infinity'" }))
    expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('FIELD_INVALID')
  })
})

test('a connection that breaks in the middle of a look-up is "cannot tell", and the next look-up has a new one', async () => {
  await rig.add({})
  const upstream = new URL(rig.business.url)
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect(Number(upstream.port), upstream.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const through = new URL(rig.readerUrl)
  through.port = String((proxy.address() as AddressInfo).port)
  const slow = QUERY.replace('from withdrawal', 'from withdrawal, pg_sleep(0.3)')
  const connector = await openConnector(settings(through.href, slow))
  const lookUp = () => connector.lookUp({ reference: 'WD-1', organisation: 'acme' }, AbortSignal.timeout(5_000))
  const asked = lookUp()
  await expect.poll(() => running(rig, 'fetch')).toBe(1)
  for (const socket of sockets) socket.resetAndDestroy()
  expect(await asked).toMatchObject({ found: 'unavailable' })
  expect(await lookUp()).toMatchObject({ found: 'one' })
  await connector.close()
  for (const socket of sockets) socket.destroy()
  proxy.close()
})

async function running({ business }: LookupRig, text: string): Promise<number> {
  const database = await business.open({ poolSizeMax: 1 })
  const rows = await database.query({
    text: `select 1 from pg_stat_activity where state = 'active' and application_name = 'callback-quorum-business-lookup' and query like $1`,
    values: [`%${text}%`],
  })
  return rows.length
}

describe('the role of the business system', () => {
  let role: ReaderRole
  const grant = async (text: string): Promise<void> => {
    const payouts = await rig.business.open()
    await payouts.query({ text })
  }
  beforeAll(async () => {
    role = await createReaderRole(rig.business)
  })
  afterAll(() => role.drop())

  test('that may not read a column makes the checker not ready, and it says why; once it may, it is', async () => {
    const connector = await openConnector(settings(role.url))
    expect((await connector.problems()).join()).toContain('permission denied')
    await grant(`grant select (reference, state, asset, amount, address, memo) on withdrawal to ${role.name}`)
    expect((await connector.problems()).join()).toContain('permission denied')
    await grant(`grant select (valid_until) on withdrawal to ${role.name}`)
    expect(await connector.problems()).toEqual([])
    await rig.add({})
    expect(outcomeOf(await rig.judge(payment(), { connector }))).toBe('approve')
  })

  test('that cannot log in, and a server that is not there, are "cannot tell"', async () => {
    const wrong = new URL(role.url)
    wrong.password = 'wrong'
    const nowhere = new URL(role.url)
    nowhere.port = '1'
    for (const url of [wrong, nowhere]) {
      const connector = await openConnector(settings(url.href))
      expect(outcomeOf(await rig.judge(payment(), { connector }))).toBe('unable CONNECTOR_UNAVAILABLE')
      expect(await connector.problems()).toHaveLength(1)
    }
  })
})

test('a query that would write changes nothing, even when it calls a function of somebody who may', async () => {
  await rig.add({})
  const payouts = await rig.business.open()
  await payouts.query({
    text: `create or replace function take(text) returns text language plpgsql security definer as
           $$ begin delete from withdrawal where reference = $1; return $1; end $$`,
  })
  const query = `select take($1), state, asset, amount, address, memo, valid_until from withdrawal where reference = $1`
  expect(outcomeOf(await rig.judge(payment(), { query }))).toBe('unable CONNECTOR_UNAVAILABLE')
  expect(await payouts.query({ text: 'select reference from withdrawal' })).toEqual([{ reference: 'WD-1' }])
})

test('a pattern with alternatives is anchored as a whole', async () => {
  const asked: string[] = []
  const connector = {
    kind: 'sql' as const,
    lookUp: ({ reference }: { readonly reference: string }) => {
      asked.push(reference)
      return Promise.resolve({ found: 'none' as const })
    },
    problems: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  const judge = async (reference: string): Promise<string> =>
    outcomeOf(await rig.judge(payment({ reference }), { connector, pattern: '^WD-[0-9]+|INV-[0-9]+$' }))
  expect(await judge('WD-1 and more')).toBe('REF_INVALID')
  expect(await judge('../INV-1')).toBe('REF_INVALID')
  expect(asked).toEqual([])
  expect(await judge('INV-1')).toBe('unable INTENT_NOT_FOUND')
  expect(await judge('WD-1')).toBe('unable INTENT_NOT_FOUND')
})

test('the destination is compared, not its text: another account of the same spelling start and end is refused', async () => {
  await rig.add({ address: CUSTOMER })
  const lookAlike = `${CUSTOMER.slice(0, 8)}${'0'.repeat(26)}${CUSTOMER.slice(-8)}`.toLowerCase()
  expect(outcomeOf(await rig.judge(payment({ to: lookAlike })))).toBe('DESTINATION_MISMATCH')
})
