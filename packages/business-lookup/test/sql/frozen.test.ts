import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFrozenServer, type FrozenServer } from './frozen-server.ts'
import { ENGINES, type Engine } from './sql-engines.ts'
import { open, queryOf, wordOf } from './sql-rig.ts'

describe.each(ENGINES)('%s', (_, isHere, start) => {
  describe.runIf(isHere)('behind a network that froze', () => {
    let engine: Engine
    let frozen: FrozenServer
    beforeAll(async () => {
      engine = await start()
      frozen = await startFrozenServer(engine.readerUrl)
      await engine.run(`insert into withdrawal values ('WD-1', 'approved', 'ETH', '1', 'a', null, null)`)
    })
    afterAll(async () => {
      await frozen.close()
      await engine.close()
    })

    const sockets: Socket[] = []
    const onSocket = (message: unknown): void => {
      if (typeof message === 'object' && message !== null && 'socket' in message && message.socket instanceof Socket)
        sockets.push(message.socket)
    }
    /** Those to the frozen server that keep a descriptor, and the process with it. */
    const held = (): number =>
      sockets.filter(({ destroyed, remotePort }) => !destroyed && String(remotePort) === new URL(frozen.url).port)
        .length

    test('a look-up that gives up lets go of its socket, and so does the stop of one that is idle', async () => {
      subscribe('net.client.socket', onSocket)
      try {
        const query = queryOf(engine.placeholder)
        const asks = await open({ database_url: frozen.url, query, statement_timeout: '100ms' })
        const idle = await open({ database_url: frozen.url, query })
        expect(wordOf(await asks.ask('WD-1'))).toBe('1')
        expect(wordOf(await idle.ask('WD-1'))).toBe('1')
        expect(held()).toBe(2)
        frozen.freeze()
        expect(wordOf(await asks.ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
        await expect.poll(held).toBe(1)
        await idle.connector.close()
        await asks.connector.close()
        await expect.poll(held, { timeout: 5_000 }).toBe(0)
      } finally {
        unsubscribe('net.client.socket', onSocket)
      }
    })
  })
})
