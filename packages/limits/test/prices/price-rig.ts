import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { createLogger, parseConfigText, type Stoppable } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { openPriceBook, pricesSchema, type PriceBook, type PricesConfig } from '../../src/prices/index.ts'

export const ASSETS = createAssetRegistry(STARTER_ASSETS)
export const NOW = new Date('2026-03-01T12:00:00Z')
/** Test-only certificate for 127.0.0.1, self-signed. */
const TLS_FOLDER = join(import.meta.dirname, '../../../simulator/test/tls')
export const CERTIFICATE = join(TLS_FOLDER, 'cert.pem')

export type Respond = (request: IncomingMessage, response: ServerResponse) => void

export interface PriceServer {
  readonly url: string
  readonly requests: IncomingMessage[]
  /** What it does from now on; a text is sent with status 200. */
  respond: Respond | string
}

export interface PriceRig {
  /** The book of `prices:` written as YAML, with the clock of the rig; `adjust` changes what the schema would not let through. */
  open(yaml: string, adjust?: (config: PricesConfig) => PricesConfig): Promise<PriceBook & Stoppable>
  server(tls?: 'tls'): Promise<PriceServer>
  write(name: string, text: string, mode?: number): Promise<string>
  remove(name: string): Promise<void>
  readonly clock: { ms: number }
  readonly registry: Registry
  readonly log: string[]
  close(): Promise<void>
}

export async function createPriceRig(): Promise<PriceRig> {
  const directory = await mkdtemp(join(tmpdir(), 'cq prices '))
  const clock = { ms: NOW.getTime() }
  const registry = new Registry()
  const log: string[] = []
  const ends: (() => Promise<unknown>)[] = []
  return {
    clock,
    registry,
    log,
    open: async (yaml, adjust = (config) => config) => {
      const config = adjust(parseConfigText(yaml, 'limits.yaml', pricesSchema, {}).value)
      const destination = { write: (line: string) => void log.push(line) }
      const book = await openPriceBook(config, {
        directory,
        assets: ASSETS,
        log: createLogger({ name: 'rig', level: 'info', format: 'json', destination }),
        clock: { nowMs: () => clock.ms },
        registry,
      })
      ends.unshift(() => book.stop())
      return book
    },
    server: async (tls) => {
      const { served, end } = await startServer(tls)
      ends.push(end)
      return served
    },
    write: async (name, text, mode = 0o644) => {
      await rm(join(directory, name), { force: true })
      await writeFile(join(directory, name), text, { mode })
      return join(directory, name)
    },
    remove: (name) => rm(join(directory, name)),
    close: async () => {
      for (const end of ends) await end()
      await rm(directory, { recursive: true })
    },
  }
}

async function startServer(tls: 'tls' | undefined): Promise<{ served: PriceServer; end: () => Promise<void> }> {
  const onRequest: Respond = (request, response) => {
    served.requests.push(request)
    if (typeof served.respond === 'string') response.end(served.respond)
    else served.respond(request, response)
  }
  const pem = (name: string): Promise<Buffer> => readFile(join(TLS_FOLDER, name))
  const server =
    tls === undefined
      ? createHttpServer(onRequest)
      : createHttpsServer({ cert: await pem('cert.pem'), key: await pem('key.pem') }, onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`
  const served: PriceServer = { url, requests: [], respond: '[]' }
  return {
    served,
    end: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
