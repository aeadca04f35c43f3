import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENGINES, type Engine } from './sql-engines.ts'
import { open, queryOf, wordOf, type Opened } from './sql-rig.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Long enough for any machine, far below every sleep of the queries here. */
const SOON_MS = 4_000
const UNAVAILABLE = 'CONNECTOR_UNAVAILABLE'

describe.each(ENGINES)('%s', (_, isHere, start) => {
  describe.runIf(isHere)('is slow, silent or away', () => {
    let engine: Engine
    let proxy: TcpProxy
    const opened: Opened[] = []
    beforeAll(async () => {
      engine = await start()
      proxy = await startTcpProxy(engine.readerUrl)
      await engine.run(`insert into withdrawal values ('WD-1', 'approved', 'ETH', '1', 'a', null, null)`)
    })
    afterAll(async () => {
      await Promise.all(opened.map(({ connector }) => connector.close()))
      await proxy.close()
      await engine.close()
    })

    const slowQuery = (seconds: number): string =>
      `select reference, state, asset, amount, address, ${engine.sleep(seconds)} as memo, valid_until from withdrawal where reference = ${engine.placeholder}`
    const openHere = async (written: Readonly<Record<string, unknown>> = {}): Promise<Opened> => {
      const base = { database_url: engine.readerUrl, query: queryOf(engine.placeholder) }
      const made = await open({ ...base, ...written })
      opened.push(made)
      return made
    }
    const timed = async (work: Promise<unknown>): Promise<number> => {
      const from = performance.now()
      await work
      return performance.now() - from
    }
    /** Statements of the reader that run now. */
    const running = async (): Promise<number> => {
      const text =
        engine.placeholder === '?'
          ? `select count(*) from information_schema.processlist where user = 'reader' and info like '%sleep%'`
          : `select count(*) from pg_stat_activity where application_name = 'callback-quorum-business-lookup' and state = 'active' and wait_event = 'PgSleep' and datname = current_database()`
      return Number((await engine.rows(text))[0]?.[0])
    }

    test('B24: a query over the statement timeout is ended by the server, and the next look-up is answered', async () => {
      const { ask, registry } = await openHere({ query: slowQuery(30), statement_timeout: '300ms' })
      expect(await timed(ask('WD-1').then((found) => expect(wordOf(found)).toBe(UNAVAILABLE)))).toBeLessThan(SOON_MS)
      await expect.poll(running).toBe(0)
      expect(await registry.metrics()).toContain('connector="sql",kind="timeout"} 1')
      expect(await ask('WD-2')).toEqual({ found: 'none' })
    })

    test('a server that says nothing more is left when the statement timeout is over', async () => {
      const { ask } = await openHere({ database_url: proxy.url, statement_timeout: '300ms' })
      expect(wordOf(await ask('WD-1'))).toBe('1')
      proxy.setSilent(true)
      expect(await timed(ask('WD-1').then((found) => expect(wordOf(found)).toBe(UNAVAILABLE)))).toBeLessThan(SOON_MS)
      proxy.setSilent(false)
      expect(wordOf(await ask('WD-1'))).toBe('1')
    })

    test('a look-up ends when its signal fires, and so does its connection', async () => {
      const { ask } = await openHere({ query: slowQuery(30), statement_timeout: '30s' })
      const asking = new AbortController()
      const asked = ask('WD-1', asking.signal)
      await expect.poll(running).toBe(1)
      asking.abort()
      expect(await timed(asked.then((found) => expect(wordOf(found)).toBe(UNAVAILABLE)))).toBeLessThan(1_000)
      expect(wordOf(await ask('WD-1', AbortSignal.abort()))).toBe(UNAVAILABLE)
      expect(await ask('WD-2')).toEqual({ found: 'none' })
    })

    test('a connection that breaks is "cannot tell", and the next look-up has a new one', async () => {
      const { ask } = await openHere({ database_url: proxy.url, query: slowQuery(1), statement_timeout: '10s' })
      const asked = ask('WD-1')
      await expect.poll(running).toBe(1)
      proxy.reset()
      expect(wordOf(await asked)).toBe(UNAVAILABLE)
      expect(wordOf(await ask('WD-1'))).toBe('1')
      // An idle one too, without ending the process.
      proxy.reset()
      await expect.poll(async () => wordOf(await ask('WD-1')), { timeout: 10_000 }).toBe('1')
    })

    test('has four connections of us at most, and a look-up that gets none in time is "cannot tell"', async () => {
      const others = await engine.connections()
      const { ask } = await openHere({ query: slowQuery(4), statement_timeout: '10s' })
      const asked = Array.from({ length: 4 }, () => ask('WD-1'))
      await expect.poll(running).toBeGreaterThanOrEqual(4)
      const late = Array.from({ length: 6 }, () => ask('WD-2'))
      const most = await engine.connections()
      expect((await Promise.all(late)).map(wordOf)).toEqual(Array.from({ length: 6 }, () => UNAVAILABLE))
      expect(most - others).toBeLessThanOrEqual(4)
      expect((await Promise.all(asked)).map(wordOf)).toEqual(['1', '1', '1', '1'])
      expect(await ask('WD-2')).toEqual({ found: 'none' })
    })

    test('that is away at the start is asked again by every look-up, and says so meanwhile', async () => {
      proxy.setReachable(false)
      const { ask, connector } = await openHere({ database_url: proxy.url })
      expect(wordOf(await ask('WD-1'))).toBe(UNAVAILABLE)
      expect(await connector.problems()).toHaveLength(1)
      proxy.setReachable(true)
      expect(wordOf(await ask('WD-1'))).toBe('1')
      expect(await connector.problems()).toEqual([])
    })
  })
})
