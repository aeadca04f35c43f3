import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { replicatingPostgres, startFailoverPair, type FailoverPair } from '../../../../test/e2e/postgres-failover.ts'
import { open, queryOf, wordOf, type Opened } from './sql-rig.ts'

const bin = replicatingPostgres()

describe.runIf(bin !== undefined)('a standby (PostgreSQL of Debian with pg_basebackup is needed)', () => {
  let pair: FailoverPair
  const opened: Opened[] = []
  beforeAll(async () => {
    pair = await startFailoverPair(bin ?? '')
    await run(
      pair.url,
      'create table withdrawal (reference text, state text, asset text, amount text, address text, memo text, valid_until text)',
      `insert into withdrawal (reference, amount) values ('WD-1', '1')`,
      `create role reader login password 'reader'`,
      'grant select on withdrawal to reader',
    )
    await replayed()
  })
  afterAll(async () => {
    await Promise.all(opened.map(({ connector }) => connector.close()))
    await pair.close()
  })

  const openAt = async (url: string, replica?: object): Promise<Opened> => {
    const reader = new URL(url)
    reader.username = 'reader'
    reader.password = 'reader'
    const written = { database_url: reader.href, query: queryOf('$1'), ...(replica === undefined ? {} : { replica }) }
    const made = await open(written)
    opened.push(made)
    return made
  }
  /** Until the standby shows what the primary has written so far. */
  const replayed = async (): Promise<void> => {
    const [end] = await run(pair.url, 'select pg_current_wal_lsn() as lsn')
    const text = `select pg_last_wal_replay_lsn() >= '${String(end?.lsn)}' as done`
    const isDone = async (): Promise<void> => {
      expect(await run(pair.standbyUrl, text)).toEqual([{ done: true }])
    }
    await vi.waitFor(isDone, { timeout: 20_000 })
  }

  /** Lets the standby's receiver give up when it has heard nothing for so long. */
  const settle = async (receiverTimeout: string): Promise<void> => {
    await run(
      pair.standbyUrl,
      `alter system set wal_receiver_timeout = '${receiverTimeout}'`,
      'select pg_reload_conf()',
    )
    const isSet = async (): Promise<void> => {
      expect(await run(pair.standbyUrl, 'show wal_receiver_timeout')).toEqual([
        { wal_receiver_timeout: receiverTimeout },
      ])
    }
    await vi.waitFor(isSet, { timeout: 10_000 })
  }

  test('that the configuration does not name is never asked, and says so', async () => {
    const { ask, connector } = await openAt(pair.standbyUrl)
    expect(await ask('WD-1')).toMatchObject({ found: 'unavailable', code: 'STALE_REPLICA' })
    expect(await connector.problems()).toEqual([
      'the business system is a replica, and the configuration does not say so',
    ])
    expect(wordOf(await (await openAt(pair.url)).ask('WD-1'))).toBe('1')
  })

  test('B24: that shows everything it received is asked; behind, it is STALE_REPLICA, whether or not it has the row', async () => {
    const { ask, connector } = await openAt(pair.standbyUrl, { lag_max: '2s' })
    await settle('2s')
    await replayed()
    // However long nothing was written: its receiver would not run without a word of the primary within these two seconds.
    await expect.poll(async () => wordOf(await ask('WD-1'))).toBe('1')
    expect(wordOf(await ask('WD-2'))).toBe('none')
    expect(await connector.problems()).toEqual([])

    await run(pair.standbyUrl, 'select pg_wal_replay_pause()')
    await run(pair.url, `insert into withdrawal (reference, amount) values ('WD-2', '2')`)
    await expect.poll(async () => wordOf(await ask('WD-2')), { timeout: 10_000 }).toBe('STALE_REPLICA')
    expect(wordOf(await ask('WD-1'))).toBe('STALE_REPLICA')
    expect(await connector.problems()).toEqual(['the replica of the business system is too far behind'])
    // An hour is a limit of the operator's, within which a missing row is not there yet.
    expect(wordOf(await (await openAt(pair.standbyUrl, { lag_max: '1h' })).ask('WD-2'))).toBe('none')

    await run(pair.standbyUrl, 'select pg_wal_replay_resume()')
    await expect.poll(async () => wordOf(await ask('WD-2')), { timeout: 10_000 }).toBe('2')
  })

  test('whose receiver hears nothing is not young for having replayed everything: it grows old before its receiver gives up', async () => {
    const { ask } = await openAt(pair.standbyUrl, { lag_max: '2s' })
    await settle('2s')
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('1')
    await settle('90s')
    const [sender] = await run(pair.url, 'select pid from pg_stat_replication')
    // As a network that swallows packets: the receiver is there, and what the primary writes is not.
    process.kill(Number(sender?.pid), 'SIGSTOP')
    try {
      await run(
        pair.url,
        'set synchronous_commit = local',
        `update withdrawal set amount = '9' where reference = 'WD-1'`,
      )
      await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('STALE_REPLICA')
      expect(await run(pair.standbyUrl, 'select count(*)::int as receivers from pg_stat_wal_receiver')).toEqual([
        { receivers: 1 },
      ])
    } finally {
      process.kill(Number(sender?.pid), 'SIGCONT')
    }
    await run(pair.url, `update withdrawal set amount = '1' where reference = 'WD-1'`)
    await replayed()
  })

  test('is as young as the last word of its primary for a role that may see when that came', async () => {
    await run(pair.url, 'grant pg_read_all_stats to reader', `alter system set wal_sender_timeout = '1s'`)
    await replayed()
    const { ask } = await openAt(pair.standbyUrl, { lag_max: '2s' })
    // Nothing is written any more, and the receiver would take it for ninety seconds that nothing comes.
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('STALE_REPLICA')
    await run(pair.url, 'select pg_reload_conf()')
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('1')
    await run(pair.url, 'revoke pg_read_all_stats from reader')
    await replayed()
  })

  test('that lost its primary grows old, although it has replayed all that it received', async () => {
    const { ask } = await openAt(pair.standbyUrl, { lag_max: '2s' })
    await settle('2s')
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('1')
    await pair.stopPrimary()
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('STALE_REPLICA')
    await pair.promoteStandby()
    // As a primary it is as young as a database can be.
    await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('1')
  })
})

async function run(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows: readonly Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
