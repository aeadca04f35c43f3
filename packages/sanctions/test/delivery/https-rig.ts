import { execFile } from 'node:child_process'
import type { LookupAddress } from 'node:dns'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Delivered, Delivery, Validators } from '../../src/delivery/delivery.ts'
import { openHttpsDelivery, type HttpsDeliveryOptions } from '../../src/delivery/https-delivery.ts'
import { HTTPS_LIMITS, type HttpsLimits } from '../../src/delivery/https-limits.ts'
import { SanctionsFault, type SanctionsFaultCode } from '../../src/faults.ts'

const run = promisify(execFile)

export type Respond = (request: IncomingMessage, response: ServerResponse) => void

export interface ListServer {
  readonly port: number
  readonly requests: IncomingMessage[]
  respond: Respond
}

/** Names that the rig's look-up knows; everything listens on loopback, whatever it is called. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  'list.test': ['127.0.0.1'],
  'store.test': ['127.0.0.1'],
  'eu.store.test': ['127.0.0.1'],
  'metadata.store.test': ['169.254.169.254'],
  'half.store.test': ['203.0.113.7', 'fe80::1'],
}
export const LIST_TEXT = 'one address\nanother address\n'
export const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
/** Bounds short enough for tests, long enough for two busy cores. */
const SHORT: HttpsLimits = { ...HTTPS_LIMITS, totalMs: 20_000, connectMs: 5_000, stallMs: 5_000, backoffMs: 5 }

export type Opening = Partial<Omit<HttpsDeliveryOptions, 'limits'>> & { readonly limits?: Partial<HttpsLimits> }
export type Outcome = Delivered | { readonly code: SanctionsFaultCode; readonly message: string }

export interface HttpsRig {
  readonly directory: string
  readonly caFile: string
  readonly strangerCaFile: string
  server(respond?: Respond): Promise<ListServer>
  open(server: ListServer, opening?: Opening): Promise<Delivery>
  /** Fetches once from `server` by the name list.test; a fault is given back as code and message. */
  fetch(server: ListServer, opening?: Opening, previous?: Validators, stopping?: AbortSignal): Promise<Outcome>
  /** What lies in the folder of deliveries. */
  left(): Promise<readonly string[]>
  write(name: string, text: string, mode?: number): Promise<string>
  /** Ends the servers of one test and empties the folder. */
  clear(): Promise<void>
  close(): Promise<void>
}

export const urlOf = ({ port }: ListServer, host = 'list.test', path = '/sdn.xml'): string =>
  `https://${host}:${port}${path}`

export async function createHttpsRig(): Promise<HttpsRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq delivery '))
  const directory = join(folder, 'received')
  await mkdir(directory)
  await certify(folder, 'server')
  await certify(folder, 'stranger')
  const [cert, key] = await Promise.all(['server.pem', 'server.key'].map((name) => readFile(join(folder, name))))
  const caFile = join(folder, 'server.pem')
  const ends: (() => Promise<unknown>)[] = []
  const open = (server: ListServer, { limits, ...opening }: Opening = {}): Promise<Delivery> =>
    openHttpsDelivery({
      url: urlOf(server),
      caFile,
      directory,
      everyMs: 60_000,
      clock: { nowMs: () => NOW_MS },
      lookup,
      limits: { ...SHORT, ...limits },
      ...opening,
    })
  return {
    directory,
    caFile,
    strangerCaFile: join(folder, 'stranger.pem'),
    server: async (respond = (_, response) => void response.end(LIST_TEXT)) => {
      const served: ListServer = { port: 0, requests: [], respond }
      const server = createServer({ cert, key }, (request, response) => {
        served.requests.push(request)
        served.respond(request, response)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      ends.push(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
      return Object.assign(served, { port: (server.address() as AddressInfo).port })
    },
    open,
    fetch: async (server, opening, previous, stopping = new AbortController().signal) => {
      const delivery = await open(server, opening)
      return delivery.fetch(previous, stopping).catch((error: unknown) => {
        if (error instanceof SanctionsFault) return { code: error.code, message: error.message }
        throw error
      })
    },
    left: () => readdir(directory),
    write: async (name, text, mode = 0o600) => {
      await rm(join(folder, name), { force: true })
      await writeFile(join(folder, name), text, { mode })
      return join(folder, name)
    },
    clear: async () => {
      for (const end of ends.splice(0)) await end()
      for (const name of await readdir(directory)) await rm(join(directory, name))
    },
    close: () => rm(folder, { recursive: true }),
  }
}

const lookup: LookupFunction = (host, _, callback) => {
  const found: readonly LookupAddress[] = (NAMES[host] ?? []).map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }))
  if (found.length === 0) callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
  else callback(null, [...found])
}

async function certify(cwd: string, name: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`]
  const hosts = ['list.test', 'store.test', '*.store.test', 'localhost'].map((host) => `DNS:${host}`)
  const names = ['-addext', `subjectAltName=IP:127.0.0.1,${hosts.join(',')}`]
  await run('openssl', ['req', '-x509', ...key, ...subject, ...names], { cwd })
}
