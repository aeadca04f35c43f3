import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { createCertificates, type Certificates } from '../../src/metrics/index.ts'
import { certify } from '../metrics/service-rig.ts'
import { startRig, stopRigs, type Rig, type RigOptions } from './callback-rig.ts'

const LISTENER = '127.0.0.1:0'
const FILES = { cert: 'server.pem', key: 'server.key' }
/** Several times faster than in production, in the same order: an answer of the file system fits between two looks. */
const LIMITS = { tlsPollMs: 50, tlsSettleMs: 200 }

let folder = ''
let certificates: Certificates
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq reload '))
  for (const [name, days] of [
    ['server', 10],
    ['next', 90],
    ['other', 5],
  ] as const)
    await certify(folder, name, days)
  certificates = createCertificates(folder, createLogger({ name: 'rig', level: 'silent' }))
})
afterEach(async () => {
  await stopRigs()
  await rm(folder, { recursive: true })
})

const start = (tls: { cert: string; key: string; client_ca?: string } = FILES): Promise<Rig> => {
  const listeners: RigOptions['listeners'] = [{ listen: { host: '127.0.0.1', port: 0 }, dialects: ['cobo-v2'], tls }]
  return startRig({ directory: folder, listeners, limits: LIMITS, certificates })
}

/** Whose certificate a new connection is shown. */
async function served(rig: Rig): Promise<string> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: Number(new URL(rig.url).port),
    rejectUnauthorized: false,
  })
  try {
    await once(socket, 'secureConnect')
    return socket.getPeerCertificate().subject.CN
  } finally {
    socket.destroy()
  }
}
const reloads = (rig: Rig, result: string): Promise<number> =>
  rig.metric('tls_reload_total', { listener: LISTENER, result })
const seenEnd = async (): Promise<number | undefined> => (await certificates.all()).get(`callback ${LISTENER} tls.cert`)
const endOf = async (name: string): Promise<number> =>
  new X509Certificate(await readFile(join(folder, name))).validToDate.getTime()
const replace = async (from: string, to: string): Promise<void> => {
  await cp(join(folder, from), join(folder, 'new'))
  await rename(join(folder, 'new'), join(folder, to))
}
const eventually = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 10_000, interval: 50 })

test('a renewed certificate is served without a restart, and its expiry is the one that is seen', async () => {
  const rig = await start()
  expect(await served(rig)).toBe('server')
  expect(await seenEnd()).toBe(await endOf('server.pem'))
  expect([await reloads(rig, 'loaded'), await reloads(rig, 'failed')]).toEqual([0, 0])
  await replace('next.pem', 'server.pem')
  await replace('next.key', 'server.key')
  await eventually(() => served(rig)).toBe('next')
  expect(await seenEnd()).toBe(await endOf('next.pem'))
  expect([await reloads(rig, 'loaded'), await reloads(rig, 'failed')]).toEqual([1, 0])
})

test('a connection that is open goes on over the exchange', async () => {
  const rig = await start()
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(rig.url).port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  await replace('next.pem', 'server.pem')
  await replace('next.key', 'server.key')
  await eventually(() => reloads(rig, 'loaded')).toBe(1)
  socket.write('GET /ping HTTP/1.1\r\nHost: x\r\n\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
})

test.each([
  ['a key of another certificate', () => replace('other.key', 'server.key'), 'key values mismatch'],
  ['no certificate', () => writeFile(join(folder, 'server.pem'), 'nonsense'), 'no start line'],
  ['a key that others may read', () => chmod(join(folder, 'server.key'), 0o644), 'readable by others'],
  ['nothing', () => rm(join(folder, 'server.pem')), 'cannot be read'],
])('%s in the files changes nothing but the count and the log, until they are good again', async (_, spoil, why) => {
  const rig = await start()
  await spoil()
  await eventually(() => reloads(rig, 'failed')).toBe(1)
  expect(await served(rig)).toBe('server')
  expect(await seenEnd()).not.toBe(await endOf('next.pem'))
  expect(rig.logLines.join('')).toContain(why)
  await replace('next.key', 'server.key')
  await replace('next.pem', 'server.pem')
  await eventually(() => served(rig)).toBe('next')
  expect([await reloads(rig, 'loaded'), await seenEnd()]).toEqual([1, await endOf('next.pem')])
})

test('another client_ca counts for new connections: who it does not know is refused', async () => {
  const rig = await start({ ...FILES, client_ca: 'other.pem' })
  const ask = async (name: string): Promise<string> => {
    const [cert, key] = [await readFile(join(folder, `${name}.pem`)), await readFile(join(folder, `${name}.key`))]
    const port = Number(new URL(rig.url).port)
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, cert, key })
    socket.on('error', () => undefined)
    socket.write('GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
    await once(socket, 'close')
    return Buffer.concat(chunks).toString().slice(0, 12)
  }
  await cp(join(folder, 'other.pem'), join(folder, 'before.pem'))
  await cp(join(folder, 'other.key'), join(folder, 'before.key'))
  expect(await ask('before')).toBe('HTTP/1.1 200')
  await replace('next.pem', 'other.pem')
  await eventually(() => reloads(rig, 'loaded')).toBe(1)
  expect(await ask('before')).toBe('')
  expect(await ask('next')).toBe('HTTP/1.1 200')
  expect((await certificates.all()).get(`callback ${LISTENER} tls.client_ca`)).toBe(await endOf('next.pem'))
})

test.each([
  ['an empty file', () => ''],
  ['what is no certificate', () => 'nonsense'],
  ['half of a second certificate', (pem: string) => `${pem}${pem.slice(0, pem.length / 2)}`],
])('%s as client_ca shuts nobody out: those before are still known', async (_, spoilt) => {
  await cp(join(folder, 'other.pem'), join(folder, 'clients.pem'))
  const rig = await start({ ...FILES, client_ca: 'clients.pem' })
  const ca = join(folder, 'clients.pem')
  await writeFile(ca, spoilt(await readFile(ca, 'utf8')))
  await eventually(() => reloads(rig, 'failed')).toBe(1)
  expect(await reloads(rig, 'loaded')).toBe(0)
  expect(rig.logLines.join('')).toMatch(/clients\.pem: holds (?:no certificate|a certificate that cannot be read)/)
})

test('files behind a symbolic link that is swapped are followed, as in a Kubernetes secret', async () => {
  for (const name of ['server', 'next']) {
    for (const kind of ['pem', 'key']) await cp(join(folder, `${name}.${kind}`), join(folder, name, `tls.${kind}`))
  }
  await symlink('server', join(folder, 'data'))
  const rig = await start({ cert: 'data/tls.pem', key: 'data/tls.key' })
  expect(await served(rig)).toBe('server')
  await symlink('next', join(folder, 'data-next'))
  await rename(join(folder, 'data-next'), join(folder, 'data'))
  await eventually(() => served(rig)).toBe('next')
})
