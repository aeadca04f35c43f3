import { createPublicKey } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type CosignerOptions, type CosignerTrust, PIN_DIFFERS, pinOf } from '../src/index.ts'
import { certificatesIn, type KeyPair } from './certificates.ts'
import { approval, closeCosigners, openCosigner, openHandler, signing } from './co-signer-rig.ts'
import { closeAll, nodeKeys } from './constellation.ts'

let directory: string
let root: KeyPair
let other: KeyPair
let server: KeyPair
let expired: KeyPair
let renewed: KeyPair
let elsewhere: KeyPair

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'co-signer-tls-'))
  const { authority, issued } = await certificatesIn(directory)
  root = await authority('root')
  other = await authority('other')
  server = await issued('root', 'server')
  elsewhere = await issued('root', 'elsewhere', { host: 'DNS:callback.example.com' })
  expired = await issued('root', 'aged', { end: '210101000000Z' })
  renewed = await issued('root', 'aged', { keepKey: true })
})
afterEach(async () => {
  await closeCosigners()
  await closeAll()
})
afterAll(() => rm(directory, { recursive: true }))

const pinned = ({ cert }: KeyPair): CosignerTrust => ({ kind: 'pin', pin: pinOf(createPublicKey(cert)) })

/** What a Co-signer of this trust concludes about a handler with this certificate that approves, and whether it was asked at all. */
async function endOf(tls: KeyPair, messages: 'jwt' | 'json', trust: CosignerTrust) {
  const double = await openHandler({ tls, callerKeys: [nodeKeys.publicKey] })
  const { cosigner } = openCosigner(double, { messages, trust })
  const { decision, failure, reason } = await cosigner.ask(signing)
  return { option: cosigner.option, end: failure ?? decision, reason, asked: double.requests.length }
}

describe('the five options over TLS', () => {
  it('1: asks in tokens behind a certificate of an authority that the machine trusts, and only then', async () => {
    const trusted = await endOf(server, 'jwt', { kind: 'ca', pem: root.cert })
    expect(trusted).toMatchObject({ option: 1, end: 'approved', asked: 1 })
    expect(await endOf(server, 'jwt', { kind: 'ca', pem: other.cert })).toMatchObject({ end: 'unreachable', asked: 0 })
    expect(await endOf(server, 'jwt', { kind: 'system' })).toMatchObject({ end: 'unreachable', asked: 0 })
  })

  it('2: asks in JSON behind the pinned key, and sends nothing to another', async () => {
    expect(await endOf(server, 'json', pinned(server))).toMatchObject({ option: 2, end: 'approved', asked: 1 })
    const wrong = await endOf(server, 'json', pinned(other))
    expect(wrong).toEqual({ option: 2, end: 'unreachable', reason: PIN_DIFFERS, asked: 0 })
  })

  it('3: asks in JSON behind a certificate of the own Root-CA and of the right name', async () => {
    const trust = { kind: 'root-ca', pem: root.cert } as const
    expect(await endOf(server, 'json', trust)).toMatchObject({ option: 3, end: 'approved', asked: 1 })
    expect(await endOf(server, 'json', { kind: 'root-ca', pem: other.cert })).toMatchObject({
      end: 'unreachable',
      asked: 0,
    })
    const misnamed = await endOf(elsewhere, 'json', trust)
    expect(misnamed).toMatchObject({ end: 'unreachable', asked: 0 })
    expect(misnamed.reason).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    expect((await endOf(expired, 'json', trust)).reason).toContain('CERT_HAS_EXPIRED')
  })

  it('4 and 5: ask in tokens behind a pin or the own Root-CA', async () => {
    expect(await endOf(server, 'jwt', pinned(server))).toMatchObject({ option: 4, end: 'approved', asked: 1 })
    expect(await endOf(server, 'jwt', pinned(other))).toMatchObject({ option: 4, end: 'unreachable', asked: 0 })
    const trust = { kind: 'root-ca', pem: root.cert } as const
    expect(await endOf(server, 'jwt', trust)).toMatchObject({ option: 5, end: 'approved', asked: 1 })
    expect(await endOf(server, 'jwt', { kind: 'root-ca', pem: other.cert })).toMatchObject({
      option: 5,
      end: 'unreachable',
    })
  })
})

describe('a pin', () => {
  it('holds for a renewed certificate of the same key, and for an expired one, and ends with the key', async () => {
    const pin = pinned(expired)
    expect((await endOf(expired, 'json', pin)).end).toBe('approved')
    expect((await endOf(renewed, 'json', pin)).end).toBe('approved')
    expect((await endOf(server, 'json', pin)).end).toBe('unreachable')
  })

  it('is the key alone: neither authority nor host name are looked at', async () => {
    expect((await endOf(elsewhere, 'json', pinned(elsewhere))).end).toBe('approved')
  })

  it('can be given as a certificate or as libcurl writes pins, several of them for a rotation', async () => {
    const key = (pair: KeyPair): string => `sha256//${pinOf(createPublicKey(pair.cert))}`
    expect((await endOf(server, 'jwt', { kind: 'pin', pin: server.cert.toString() })).end).toBe('approved')
    const both = { kind: 'pin', pin: `${key(other)};${key(server)}` } as const
    expect((await endOf(server, 'jwt', both)).end).toBe('approved')
  })

  it('is looked at anew for every question', async () => {
    const double = await openHandler({ tls: server, behaviour: 'retry' })
    const port = Number(new URL(double.url).port)
    let successor: Awaited<ReturnType<typeof openHandler>> | undefined
    const options: Partial<CosignerOptions> = {
      messages: 'json',
      trust: pinned(server),
      sleep: async () => {
        await double.close()
        successor = await openHandler({ tls: elsewhere, port })
      },
    }
    const result = await openCosigner(double, options).cosigner.ask(approval)
    expect(result).toMatchObject({ decision: 'failed', failure: 'unreachable', reason: PIN_DIFFERS })
    expect(result.exchanges.map((exchange) => exchange.result)).toEqual(['retry', 'unreachable'])
    expect(successor?.requests).toHaveLength(0)
  })
})

describe('plain JSON', () => {
  it('is the very payload of the token, on the paths without /v2, and is answered in JSON', async () => {
    const double = await openHandler({ tls: server })
    const { cosigner } = openCosigner(double, { messages: 'json', trust: pinned(server) })
    const { decision, exchanges } = await cosigner.ask(approval)
    expect(decision).toBe('approved')
    expect(exchanges[0]?.body).toMatch(/^\{"action":"APPROVE","requestId":"/)
    const [received] = double.requests
    expect(received).toMatchObject({ path: '/tx_sign_request', headers: { 'content-type': 'application/json' } })
    const token = openCosigner(double, { trust: pinned(server) }).cosigner.mint(approval)
    expect(received?.token).toBe(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(received?.fireblocks).toMatchObject({ dialect: 'fireblocks-json', kind: 'tx-approval', fingerprint: '' })
  })
})
