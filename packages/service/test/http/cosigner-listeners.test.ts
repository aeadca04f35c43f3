import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually, startRig, stopRigs, type Rig } from './callback-rig.ts'
import { askJson, cosigner, JSON_LISTENER, JSON_TX_PATH, membersOf, SIGNING } from './cosigner-rig.ts'
import { send, type Received } from './http-client.ts'

const run = promisify(execFile)
let directory = ''
const LOOPBACK = { host: '127.0.0.1', port: 0 }
const CALLERS = [cosigner('cosigner-1', { dialect: 'fireblocks-json' })]

/** A certificate for 127.0.0.1, signed by `issuer` or, when that is absent, by itself. */
async function certify(name: string, issuer?: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`]
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1']
  const signer = issuer === undefined ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]
  await run('openssl', ['req', '-x509', ...key, ...subject, ...names, ...signer], { cwd: directory })
  await chmod(join(directory, `${name}.key`), 0o600)
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cosigner-tls-'))
  await certify('server')
  await certify('client-ca')
  await certify('client', 'client-ca')
  await certify('stranger')
})
afterAll(() => rm(directory, { recursive: true }))
afterEach(stopRigs)

const text = (name: string): Promise<string> => readFile(join(directory, name), 'utf8')

/** Asks in bare JSON over TLS, with the certificate of `client` or without one. */
async function askOverTls(rig: Rig, client?: string): Promise<Received> {
  const credentials =
    client === undefined ? {} : { cert: await text(`${client}.pem`), key: await text(`${client}.key`) }
  const options = { ca: await text('server.pem'), ...credentials }
  return send({ url: `${rig.url}${JSON_TX_PATH}`, body: JSON.stringify(SIGNING), options })
}

test('bare JSON is heard from the addresses of allow_from alone, whatever a header says', async () => {
  const refusing = await startRig({ listeners: [{ ...JSON_LISTENER, allow_from: ['10.0.0.7/32'] }], callers: CALLERS })
  const headers = { 'x-forwarded-for': '10.0.0.7' }
  const asking = send({ url: `${refusing.url}${JSON_TX_PATH}`, headers, body: JSON.stringify(SIGNING) })
  await expect(asking).rejects.toThrow(/hang up|ECONNRESET|EPIPE/)
  expect(await refusing.metric('connections_refused_total', { reason: 'address' })).toBe(1)
  expect(refusing.asked).toEqual([])
  const allowing = await startRig({ listeners: [{ ...JSON_LISTENER, allow_from: ['127.0.0.0/8'] }], callers: CALLERS })
  expect(membersOf(await askJson(allowing, SIGNING))).toEqual({ action: 'APPROVE', requestId: 'req-1' })
})

test('bare JSON is heard from clients with a certificate of client_ca alone', async () => {
  const tls = { cert: 'server.pem', key: 'server.key', client_ca: 'client-ca.pem' }
  const listeners = [{ listen: LOOPBACK, dialects: ['fireblocks-json' as const], tls }]
  const rig = await startRig({ directory, listeners, callers: CALLERS })
  expect(membersOf(await askOverTls(rig, 'client'))).toEqual({ action: 'APPROVE', requestId: 'req-1' })
  await expect(askOverTls(rig)).rejects.toThrow(/certificate required|hang up|ECONNRESET|EPIPE/)
  await expect(askOverTls(rig, 'stranger')).rejects.toThrow(/alert|hang up|ECONNRESET|EPIPE/)
  await eventually(() => rig.metric('connections_refused_total', { reason: 'tls' })).toBe(2)
  expect(rig.asked).toHaveLength(1)
})

test('a pinned server certificate is all that a Co-signer of bare JSON looks at', async () => {
  const tls = { cert: 'server.pem', key: 'server.key' }
  const rig = await startRig({ directory, listeners: [{ ...JSON_LISTENER, tls }], callers: CALLERS })
  expect((await askOverTls(rig)).status).toBe(200)
  const untrusting = send({ url: `${rig.url}${JSON_TX_PATH}`, body: JSON.stringify(SIGNING) })
  await expect(untrusting).rejects.toThrow('self-signed certificate')
  expect(rig.asked).toHaveLength(1)
})
