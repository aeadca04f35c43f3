import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CUSTODY, makeV2KeySign } from '@callback-quorum/simulator'
import { afterEach, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig } from './gateway-rig.ts'

/** The test-only certificates of the simulator, self-signed for 127.0.0.1. */
const FOLDER = join(import.meta.dirname, '../../simulator/test/tls')
const file = (name: string): Buffer => readFileSync(join(FOLDER, name))
const pinOf = (pem: Buffer): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')

const server = { cert: file('cert.pem'), key: file('key.pem') }
const ca = join(FOLDER, 'cert.pem')
const payment = makeV2KeySign({
  to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
  amount: '1',
  organisation: CUSTODY.organisation,
})

let rig: GatewayRig
afterEach(() => rig.close())

const answerWith = async (
  tls: string,
  serverTls: typeof server & { readonly clientCa?: Buffer } = server,
): Promise<string> => {
  rig = await startGatewayRig({ checkers: [{ name: 'alpha', tls: serverTls, entry: `outcome: true${tls}` }] })
  return (await rig.ask(payment)).result
}

test('a checker behind TLS is asked when its certificate is trusted', async () => {
  expect(await answerWith(`, tls: { ca: "${ca}" }`)).toBe('approve')
})

test('and when its public key is the pinned one', async () => {
  expect(await answerWith(`, tls: { ca: "${ca}", pin_sha256: "${pinOf(server.cert)}" }`)).toBe('approve')
})

test('a key that is not the pinned one is never talked to', async () => {
  expect(await answerWith(`, tls: { ca: "${ca}", pin_sha256: "${pinOf(file('client-cert.pem'))}" }`)).toBe('no_answer')
  expect(rig.doubles.get('alpha')?.requests).toEqual([])
})

test('a certificate that nobody vouches for is never talked to', async () => {
  expect(await answerWith('')).toBe('no_answer')
  expect(rig.doubles.get('alpha')?.requests).toEqual([])
})

test('a checker that demands a client certificate is asked only with it', async () => {
  const demanding = { ...server, clientCa: file('client-cert.pem') }
  const client = `client_cert: "${join(FOLDER, 'client-cert.pem')}", client_key: "${join(FOLDER, 'client-key.pem')}"`
  expect(await answerWith(`, tls: { ca: "${ca}", ${client} }`, demanding)).toBe('approve')
  await rig.close()
  expect(await answerWith(`, tls: { ca: "${ca}" }`, demanding)).toBe('no_answer')
})
