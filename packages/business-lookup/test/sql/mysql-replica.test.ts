import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasMariaDb, startMariaDb } from './mariadb-server.ts'
import { open, queryOf, wordOf, type Opened } from './sql-rig.ts'

describe.runIf(hasMariaDb)('a server that takes no writes (mariadbd of Debian is needed)', () => {
  let server: Awaited<ReturnType<typeof startMariaDb>>
  const opened: Opened[] = []
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      `create user 'reader'@'%' identified by 'reader'`,
      `grant select on payouts.* to 'reader'@'%'`,
      `create table withdrawal (reference varchar(64), state varchar(64), asset varchar(64), amount varchar(64),
        address varchar(64), memo varchar(64), valid_until varchar(64))`,
      `insert into withdrawal values ('WD-1', 'approved', 'ETH', '1', 'a', null, null)`,
      'set global read_only = 1',
    )
  })
  afterAll(async () => {
    await Promise.all(opened.map(({ connector }) => connector.close()))
    await server.stop()
  })
  const openHere = async (more: object = {}): Promise<Opened> => {
    const made = await open({ database_url: server.urlOf('reader'), query: queryOf('?'), ...more })
    opened.push(made)
    return made
  }

  test('is asked when the configuration names it: that it takes none proves the role as well', async () => {
    const { ask } = await openHere({ replica: { lag_max: '1s', lag_query: 'select 0' } })
    expect(wordOf(await ask('WD-1'))).toBe('1')
  })

  test('is a replica, as servers are set up: one that the configuration does not name is not asked', async () => {
    const { ask, connector } = await openHere()
    expect(wordOf(await ask('WD-1'))).toBe('STALE_REPLICA')
    expect(await connector.problems()).toEqual([
      'the business system is a replica, and the configuration does not say so',
    ])
    await server.run('set global read_only = 0')
    expect(wordOf(await ask('WD-1'))).toBe('1')
  })
})
