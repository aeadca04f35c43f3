import { createTestDatabase, type Database, type TestDatabase } from '@callback-quorum/service'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { mysqlRightsToWrite } from '../../src/connectors/sql/mysql-rights.ts'
import { hasMariaDb, startMariaDb, type MariaDbServer } from './mariadb-server.ts'
import { MAP, open, queryOf, refusalOf, wordOf } from './sql-rig.ts'

describe.runIf(hasMariaDb)('MariaDB (mariadbd of Debian is needed)', () => {
  let server: MariaDbServer
  let own: TestDatabase
  let database: Database
  beforeAll(async () => {
    own = await createTestDatabase(inject('postgresUrl'), [])
    database = await own.open({ poolSizeMax: 1 })
    server = await startMariaDb()
    await server.run(
      'create table withdrawal (reference varchar(64), state text, asset text, amount text, address text, memo text, valid_until timestamp null)',
      'create table heartbeat (behind varchar(20))',
      'create function nothing() returns int deterministic return 1',
      'create role writer',
      'grant insert on payouts.* to writer',
    )
  })
  afterAll(async () => {
    await server.stop()
    await own.drop()
  })
  beforeEach(() =>
    server.run(`create or replace user 'r'@'%' identified by 'r'`, `grant select, show view on payouts.* to 'r'@'%'`),
  )
  // There is nothing to be revoked from a role that was never granted anything.
  afterEach(() =>
    server.run('grant insert on payouts.heartbeat to public', 'revoke insert on payouts.heartbeat from public'),
  )

  const opening = (more: Readonly<Record<string, unknown>> = {}) => {
    const base = { database_url: server.urlOf('r'), query: queryOf('?'), reference_column: 'reference' }
    return open({ ...base, ...more }, { database, map: MAP })
  }

  // prettier-ignore
  test.each([
    ['insert on a table', `grant insert on payouts.withdrawal to 'r'@'%'`, 'may INSERT on `payouts`.`withdrawal`'],
    ['update of one column', `grant update (state) on payouts.withdrawal to 'r'@'%'`, 'may UPDATE on `payouts`.`withdrawal`'],
    ['delete in a database', `grant delete on payouts.* to 'r'@'%'`, 'may DELETE on `payouts`.*'],
    ['create everywhere', `grant create on *.* to 'r'@'%'`, 'may CREATE on *.*'],
    ['everything', `grant all on *.* to 'r'@'%'`, 'may ALL PRIVILEGES on *.*'],
    ['files', `grant file on *.* to 'r'@'%'`, 'may FILE on *.*'],
    ['a function', `grant execute on function payouts.nothing to 'r'@'%'`, 'may EXECUTE on '],
    ['a right to grant', `grant select on payouts.heartbeat to 'r'@'%' with grant option`, 'may GRANT OPTION on `payouts`.`heartbeat`'],
    ['a role', `grant writer to 'r'@'%'`, 'has a role or a grant'],
    ['what everybody may', `grant insert on payouts.heartbeat to public`, 'may INSERT on `payouts`.`heartbeat`'],
  ])('B24: a role with %s does not start, and it is named', async (_, statement, expected) => {
    await server.run(statement)
    const problems = await refusalOf(opening())
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(expected)
    expect(problems[0]).not.toMatch(/password|\*[0-9A-F]{40}/i)
  })

  test('a role that may only read starts', async () => {
    expect(await refusalOf(opening())).toEqual([])
  })

  test('B24: a replica is as old as its lag query says: behind, or of unknown age, is STALE_REPLICA, whether or not there is a row', async () => {
    await server.run(`replace into withdrawal (reference, amount) values ('WD-1', '1')`)
    const { ask, connector } = await opening({ replica: { lag_max: '5s', lag_query: 'select behind from heartbeat' } })
    for (const [behind, expected] of [
      [[`'30'`], 'STALE_REPLICA'],
      [[`'5.1'`], 'STALE_REPLICA'],
      [[], 'STALE_REPLICA'],
      [['null'], 'STALE_REPLICA'],
      [[`''`], 'STALE_REPLICA'],
      [[`'-1'`], 'STALE_REPLICA'],
      [[`'soon'`], 'STALE_REPLICA'],
      [[`'0'`, `'0'`], 'STALE_REPLICA'],
      [[`'5'`], '1'],
      [[`'0'`], '1'],
    ] as const) {
      await server.run('delete from heartbeat', ...behind.map((value) => `insert into heartbeat values (${value})`))
      expect([behind, wordOf(await ask('WD-1'))]).toEqual([behind, expected])
      expect([behind, wordOf(await ask('WD-2'))]).toEqual([behind, expected === '1' ? 'none' : expected])
      expect((await connector.problems()).length === 0).toBe(expected === '1')
    }
    await connector.close()
  })

  test('a TIMESTAMP is a moment, whatever the time zone of the server', async () => {
    await server.run(`set time_zone = '+05:00'`, `set global time_zone = '+05:00'`)
    await server.run(`insert into withdrawal (reference, valid_until) values ('WD-7', '2026-11-21 18:00:00')`)
    const { ask, connector } = await opening()
    expect(await ask('WD-7')).toMatchObject({ intent: { expiresAt: { is: 'text', text: '2026-11-21 13:00:00+00' } } })
    await connector.close()
  })
})

describe('the lines of SHOW GRANTS', () => {
  // As MySQL 8.4 writes them (reference manual, SHOW GRANTS).
  test.each([
    ['GRANT USAGE ON *.* TO `r`@`%`', []],
    ['GRANT SELECT (`a`, `b`), SHOW VIEW ON `d`.`t` TO `r`@`%`', []],
    ["GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD '*0123' REQUIRE SSL", []],
    ['GRANT SELECT, INSERT (`a`) ON `d`.`t` TO `r`@`%`', ['may INSERT on `d`.`t`']],
    ['GRANT SELECT (`a) ON x`), INSERT ON `d`.`t` TO `r`@`%`', ['may INSERT on `d`.`t`']],
    ['GRANT SELECT ON `d ON e`.* TO `r`@`%` WITH GRANT OPTION', ['may GRANT OPTION on `d ON e`.*']],
    ['GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `r`@`%`', ['may BACKUP_ADMIN on *.*', 'may CLONE_ADMIN on *.*']],
    ["GRANT PROXY ON ''@'' TO 'r'@'%'", [expect.stringMatching(/^may PROXY on/) as string]],
    ['GRANT `writer`@`%` TO `r`@`%`', [expect.stringContaining('a role') as string]],
    ['REVOKE INSERT ON `d`.* FROM `r`@`%`', [expect.stringContaining('a grant that is not') as string]],
  ])('%s', (line, expected) => {
    expect(mysqlRightsToWrite([line])).toEqual(expected)
  })

  test('none at all is not "nothing"', () => {
    expect(mysqlRightsToWrite([])).toHaveLength(1)
  })
})
