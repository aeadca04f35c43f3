import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually, KEYGEN, KEYS, replyOf, startRig, stopRigs, tokenOf, type Rig } from './callback-rig.ts'
import { connectTo, readToEnd, send, type Received, type Sending } from './http-client.ts'

const run = promisify(execFile)
let directory = ''
const LOOPBACK = { host: '127.0.0.1', port: 0 }
const FILES = { cert: 'server.pem', key: 'server.key' }

/** A certificate for 127.0.0.1, signed by `issuer` or, when that is absent, by itself. */
async function certify(name: string, issuer?: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`]
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1']
  const signer = issuer === undefined ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]
  await run('openssl', ['req', '-x509', ...key, ...subject, ...names, ...signer], { cwd: directory })
  await chmod(join(directory, `${name}.key`), 0o600)
}

const text = (name: string): Promise<string> => readFile(join(directory, name), 'utf8')

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callback-tls-'))
  await certify('server')
  await certify('client-ca')
  await certify('client', 'client-ca')
  await certify('stranger')
})
afterAll(() => rm(directory, { recursive: true }))
afterEach(stopRigs)

function startTls(tls: { cert: string; key: string; client_ca?: string }): Promise<Rig> {
  return startRig({ directory, listeners: [{ listen: LOOPBACK, dialects: ['cobo-v2'], tls }] })
}

async function postOverTls(rig: Rig, options: Sending['options'] = {}): Promise<Received> {
  const form = { TSS_JWT_MSG: await tokenOf(KEYGEN, KEYS.nodeV2.privateKey) }
  return send({ url: `${rig.url}/v2/check`, form, options: { ca: await text('server.pem'), ...options } })
}

test('serves HTTPS with its certificate', async () => {
  const rig = await startTls(FILES)
  expect(rig.url).toMatch(/^https:/)
  expect(await replyOf(await postOverTls(rig))).toMatchObject({ action: 'APPROVE' })
})

test('defers without an answer over TLS too', async () => {
  const rig = await startRig({
    directory,
    listeners: [{ listen: LOOPBACK, dialects: ['cobo-v2'], tls: FILES }],
    answer: { answer: 'defer', form: 'no_answer', text: 'later' },
  })
  await expect(postOverTls(rig)).rejects.toThrow(/hang up|ECONNRESET/)
  expect(rig.asked).toHaveLength(1)
})

test('refuses TLS 1.1', async () => {
  const rig = await startTls(FILES)
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(rig.url).port),
    ca: await text('server.pem'),
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  const { promise: failed, resolve, reject } = Promise.withResolvers<Error>()
  socket.on('error', resolve)
  socket.on('secureConnect', () => {
    reject(new Error('connected with TLS 1.1'))
  })
  expect((await failed).message).toMatch(/alert protocol version/)
  await eventually(() => rig.metric('connections_refused_total', { reason: 'tls' })).toBe(1)
})

test('serves only clients with a certificate of client_ca', async () => {
  const rig = await startTls({ ...FILES, client_ca: 'client-ca.pem' })
  const credentials = async (name: string): Promise<{ cert: string; key: string }> => ({
    cert: await text(`${name}.pem`),
    key: await text(`${name}.key`),
  })
  expect(await replyOf(await postOverTls(rig, await credentials('client')))).toMatchObject({ action: 'APPROVE' })
  await expect(postOverTls(rig)).rejects.toThrow(/certificate required|hang up|ECONNRESET|EPIPE/)
  await expect(postOverTls(rig, await credentials('stranger'))).rejects.toThrow(/alert|hang up|ECONNRESET|EPIPE/)
  expect(rig.asked).toHaveLength(1)
})

test('stops although a client has not finished its handshake', async () => {
  const rig = await startTls(FILES)
  const ended = readToEnd(await connectTo(rig.url))
  await rig.server.stop(50)
  expect(await ended).toBe('')
  await expect(postOverTls(rig)).rejects.toThrow('ECONNREFUSED')
})

test.for([
  ['a certificate that is not there', { cert: 'missing.pem', key: 'server.key' }, /missing\.pem: cannot be read/],
  ['a client_ca that is not there', { ...FILES, client_ca: 'missing.pem' }, /missing\.pem: cannot be read/],
  ['a key of another certificate', { cert: 'server.pem', key: 'client.key' }, /key values mismatch/],
] as const)('does not start with %s', async ([, tls, message]) => {
  await expect(startTls(tls)).rejects.toThrow(message)
})

test('does not start with a key that others may read, and does with one that its group may', async () => {
  await chmod(join(directory, 'server.key'), 0o644)
  await expect(startTls(FILES)).rejects.toThrow(/server\.key: this private key is readable by others/)
  await chmod(join(directory, 'server.key'), 0o640)
  await expect(startTls(FILES)).resolves.toBeDefined()
})
