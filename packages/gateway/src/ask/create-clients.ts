import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { loadVerificationKeys } from '@callback-quorum/service'
import { Pool } from 'undici'
import type { CheckerEntry } from '../config.ts'
import { pathsOf } from './asked-paths.ts'
import type { CheckerClient } from './checker-client.ts'

/** Verdicts live two minutes by default; a checker that signs for longer than this is misconfigured. */
const VERDICT_AGE_MS_MAX = 900_000
/** Enough for the requests in flight of one gateway; more connections only queue in the checker. */
const CONNECTIONS_MAX = 64
const CONNECT_TIMEOUT_MS = 2_000

/** Opens one connection pool per checker entry and loads the keys its verdicts are pinned to. */
export async function createClients(
  entries: readonly CheckerEntry[],
  directory: string,
): Promise<ReadonlyMap<string, CheckerClient>> {
  const clients = await Promise.all(entries.map((entry) => createClient(entry, directory)))
  return new Map(clients.map((client) => [client.name, client]))
}

async function createClient(entry: CheckerEntry, directory: string): Promise<CheckerClient> {
  const address = new URL(entry.service_address)
  return {
    name: entry.name,
    keys: await loadVerificationKeys(entry.name, entry.pubkey_path, directory, VERDICT_AGE_MS_MAX),
    binding: entry.binding,
    onErrorStatus: entry.on_error_status,
    pool: new Pool(address.origin, {
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(await tlsOf(entry, directory)) },
    }),
    ...pathsOf(address.pathname),
    wantsOutcome: entry.outcome,
    requestTimeoutMs: entry.request_timeout,
  }
}

interface TlsOptions {
  ca?: Buffer
  cert?: Buffer
  key?: Buffer
  checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined
}

async function tlsOf({ tls }: CheckerEntry, directory: string): Promise<TlsOptions> {
  if (tls === undefined) return {}
  const read = (path: string): Promise<Buffer> => readFile(resolve(directory, path))
  const { pin_sha256: pin } = tls
  return {
    ...(tls.ca === undefined ? {} : { ca: await read(tls.ca) }),
    ...(tls.client_cert === undefined ? {} : { cert: await read(tls.client_cert) }),
    ...(tls.client_key === undefined ? {} : { key: await read(tls.client_key) }),
    ...(pin === undefined
      ? {}
      : {
          checkServerIdentity: (host, certificate) =>
            checkServerIdentity(host, certificate) ?? checkPin(pin, certificate),
        }),
  }
}

/** The pin is on the public key (SPKI), so that a renewal that keeps the key pair keeps working. It comes on top of the CA check. */
function checkPin(pin: string, certificate: PeerCertificate): Error | undefined {
  const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' })
  const found = createHash('sha256').update(spki).digest('base64')
  return found === pin ? undefined : new Error('the server key does not match pin_sha256')
}
