import { generateKeyPair } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Mapping } from '@callback-quorum/cli'
import { forgeToken, postToken } from '@callback-quorum/simulator'
import { leafLife } from '../../../packages/cli/src/certificates/certificate-life.ts'
import { makeServerCertificate } from '../../../packages/cli/src/certificates/make-certificate.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { nodePayment } from '../rig/platforms.ts'
import { quietPort } from '../rig/quiet-port.ts'
import type { Made, Situations } from '../rig/situation.ts'
import { times } from '../rig/times.ts'
import { seenUp } from './availability.ts'

const DAY_MS = 86_400_000
const POST_MS_MAX = 20_000
/** Longer than a listener waits for its files to be left alone (HTTP_LIMITS.tlsPollMs, tlsSettleMs). */
const SETTLED_MS = 8_000

interface Listening {
  readonly service: LiveService
  readonly listen: string
  /** Of the certificate. */
  readonly file: string
}

/** One more listener, with a certificate that ends in so many days. */
async function withCertificate(o: Observed, label: string, days: number): Promise<Listening> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })
  const names = { host: 'callback.example.com', addresses: ['127.0.0.1'] }
  const pem = await makeServerCertificate({ names, privateKey, life: leafLife(Date.now(), days) })
  await mkdir(join(o.folder, 'tls'), { recursive: true })
  const [cert, key] = [`tls/${label}.pem`, `tls/${label}.key`]
  await writeFile(join(o.folder, cert), pem)
  await writeFile(join(o.folder, key), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const listen = `127.0.0.1:${await quietPort()}`
  const edit = (config: Mapping): Mapping => ({
    ...config,
    callback: [...(config.callback as readonly Mapping[]), { listen, dialects: ['cobo-v2'], tls: { cert, key } }],
  })
  const service = await o.add({ name: 'integrity', label, edit })
  return { service, listen, file: join(o.folder, cert) }
}

async function certificateEnds(o: Observed, days: number): Promise<Made> {
  const { service, listen } = await withCertificate(o, `integrity-certificate-${days}`, days)
  return { labels: { service: service.label, role: `callback ${listen} tls.cert` } }
}

/** The node's only key is taken until a day that is so many days away. */
async function keyEnds(o: Observed, days: number): Promise<Made> {
  const notAfter = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
  const edit = (config: Mapping): Mapping => ({
    ...config,
    callers: (config.callers as readonly (Mapping & { readonly pubkey_path: readonly Mapping[] })[]).map((caller) => ({
      ...caller,
      pubkey_path: caller.pubkey_path.map((key) => ({ ...key, not_after: notAfter })),
    })),
  })
  const { label: service } = await o.add({ name: 'integrity', label: `integrity-key-${days}`, edit })
  return { labels: { service, role: `callers ${o.configuration.node.name}` } }
}

const asked = async (o: Observed, label: string): Promise<LiveService> => {
  const service = await o.add({ name: 'integrity', label })
  await seenUp(o, service)
  return service
}

export const IDENTITIES: Situations = {
  CertificateNotTaken: async (o) => {
    const { service, listen, file } = await withCertificate(o, 'integrity-badly-renewed', 90)
    await seenUp(o, service)
    // A file that goes on changing is not read: it is being written.
    let written = 0
    const again = async (): Promise<void> => {
      await writeFile(file, `no certificate ${String((written += 1))}`)
      await delay(SETTLED_MS)
    }
    return { labels: { service: service.label, listener: listen, severity: 'ticket' }, again }
  },
  CertificateExpiresSoon: (o) => certificateEnds(o, 20),
  CertificateExpires: (o) => certificateEnds(o, 2),
  KeyExpiresSoon: (o) => keyEnds(o, 10),
  KeyExpires: (o) => keyEnds(o, 1),
  StrangersAsking: async (o) => {
    const service = await asked(o, 'integrity-scanned')
    const token = forgeToken('wrong-key', nodePayment(), { privateKey: o.platforms.nodeKey })
    const ask = (): Promise<unknown> => postToken(`${service.callbackUrl}/v2/check`, token, { timeoutMs: POST_MS_MAX })
    return { labels: { service: service.label }, again: () => Promise.all(times(30).map(ask)) }
  },
  CallerTokensRefused: async (o) => {
    const service = await asked(o, 'integrity-asked-late')
    const token = forgeToken('expired', nodePayment(), { privateKey: o.platforms.nodeKey })
    const ask = (): Promise<unknown> => postToken(`${service.callbackUrl}/v2/check`, token, { timeoutMs: POST_MS_MAX })
    const labels = { service: service.label, caller: o.configuration.node.name }
    return { labels, again: () => Promise.all(times(3).map(ask)) }
  },
  BodiesTurnedAway: async (o) => {
    const service = await asked(o, 'integrity-flooded')
    return { labels: { service: service.label }, again: () => flood(service) }
  },
  RequestsUnidentified: async (o) => {
    const service = await asked(o, 'integrity-asked-namelessly')
    const { request_id: _, ...nameless } = nodePayment()
    const node = o.platforms.node(service)
    const token = await node.mint(nameless)
    const ask = (): Promise<unknown> => postToken(`${service.callbackUrl}/v2/check`, token, { timeoutMs: POST_MS_MAX })
    return { labels: { service: service.label, dialect: 'cobo-v2' }, again: () => Promise.all(times(2).map(ask)) }
  },
  AdminTokensTried: async (o) => {
    const service = await asked(o, 'integrity-tried')
    const ask = (): Promise<unknown> => o.admin(service, 'none', { path: '/v1/state' })
    return { labels: { service: service.label }, again: () => Promise.all(times(12).map(ask)) }
  },
}

/** Bodies that never end keep every place, and others come. */
async function flood({ callbackUrl }: LiveService): Promise<void> {
  const { hostname, port } = new URL(callbackUrl)
  const half = [
    'POST /v2/check HTTP/1.1',
    `host: ${hostname}`,
    'content-type: application/x-www-form-urlencoded',
    'content-length: 1000',
    '',
    'TSS_JWT_MSG=',
  ].join('\r\n')
  const sockets = times(100).map((): Socket => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.write(half)
    return socket
  })
  await delay(1_000)
  for (const socket of sockets) socket.destroy()
}
