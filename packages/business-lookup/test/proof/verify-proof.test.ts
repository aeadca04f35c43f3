import { createHmac } from 'node:crypto'
import { FlattenedSign } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProofKeys } from '../../src/proof/proof-keys.ts'
import { verifyProof } from '../../src/proof/verify-proof.ts'
import type { RecordMap } from '../../src/record/record-map.ts'
import { ASSETS, CUSTOMER } from '../lookup-rig.ts'
import { intentOf, MAP, NOW, RECORD } from '../compare/records.ts'
import { ed25519, keyFolder, p256, rsa, sign, spki, type KeyFolder, type Pair } from './signing.ts'

const PAIRS = { rsa: rsa(), p256: p256(), ed25519: ed25519() } as const
const ALGORITHM = { rsa: 'RS256', p256: 'ES256', ed25519: 'EdDSA' } as const
const NONCE = 'nonce-0123456789'

const TERMS = {
  ref: 'WD-1',
  chain: 'ethereum',
  asset: 'ETH',
  amount: '1.5',
  destination: CUSTOMER,
  tag: null,
  expiry: '2026-11-21T13:00:00Z',
  nonce: NONCE,
}
const PROOF_MAP: RecordMap = {
  ...MAP,
  proof: { at: '/jws', optional: true },
  calldata: { at: '/calldata', optional: true },
}
const BATCH: RecordMap = { ...PROOF_MAP, outputs: { at: '/payments' } }

let folder: KeyFolder
let keys: ProofKeys
beforeAll(async () => {
  folder = await keyFolder()
  keys = await folder.load(PAIRS)
})
afterAll(() => folder.close())

interface Asked {
  readonly record?: object
  readonly map?: RecordMap
  readonly with?: ProofKeys
  readonly now?: Date
  readonly asset?: string
}

async function verify(jws: unknown, asked: Asked = {}): Promise<string> {
  const { record = RECORD, map = PROOF_MAP, with: known = keys, now = NOW, asset = 'ETH' } = asked
  const context = { reference: 'WD-1', organisation: 'acme', asset: ASSETS.asset(asset)! }
  const said = await verifyProof(intentOf({ ...record, jws }, map), context, known, now)
  if (!('code' in said)) return `${said.kid} ${said.nonce}`
  expect(said.code).toBe('SIGNATURE_INVALID')
  return said.text.replace('the signature of the business system does not count: ', '')
}

const signed = (payload: unknown, kid: keyof typeof PAIRS = 'p256'): Promise<string> =>
  sign(payload, PAIRS[kid], { alg: ALGORITHM[kid], kid })
const GOOD = `p256 ${NONCE}`

test.each(['rsa', 'p256', 'ed25519'] as const)('a signature of a real %s key counts', async (kid) => {
  expect(await verify(await signed(TERMS, kid))).toBe(`${kid} ${NONCE}`)
})

test('a signature by PS256 counts where it is configured, and RS256 then does not', async () => {
  const pss = await folder.load({ pss: PAIRS.rsa }, { algorithms: ['PS256'] })
  expect(await verify(await sign(TERMS, PAIRS.rsa, { alg: 'PS256', kid: 'pss' }), { with: pss })).toBe(`pss ${NONCE}`)
  const other = await sign(TERMS, PAIRS.rsa, { alg: 'RS256', kid: 'pss' })
  expect(await verify(other, { with: pss })).toBe('its algorithm is not one of its key')
  expect(await verify(await sign(TERMS, PAIRS.rsa, { alg: 'PS256', kid: 'rsa' }))).toBe(
    'its algorithm is not one of its key',
  )
})

describe('a forged signature does not count:', () => {
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each([
    ['rsa', rsa()],
    ['p256', p256()],
    ['ed25519', ed25519()],
  ] as const)('by another %s key under the same id', async (kid, pair: Pair) => {
    expect(await verify(await sign(TERMS, pair, { alg: ALGORITHM[kid], kid }))).toBe('its signature does not verify')
  })

  test('with another payload, header or signature of the same key', async () => {
    const [header = '', payload = '', signature = ''] = (await signed(TERMS)).split('.')
    const [, , other = ''] = (await signed({ ...TERMS, amount: '2' })).split('.')
    expect(await verify(`${header}.${payload}.${signature}`)).toBe(GOOD)
    expect(await verify(`${header}.${encoded({ ...TERMS, amount: '1.50' })}.${signature}`)).toBe(
      'its signature does not verify',
    )
    expect(await verify(`${header}.${payload}.${other}`)).toBe('its signature does not verify')
    const longer = encoded({ alg: 'ES256', kid: 'p256', typ: 'JOSE' })
    expect(await verify(`${longer}.${payload}.${signature}`)).toBe('its signature does not verify')
  })

  test.each(['none', 'HS256', 'RS256', 'ES384', 'es256', 'Ed25519'])(
    'with the algorithm %s of no key or another',
    async (alg) => {
      const body = `${encoded({ alg, kid: 'p256' })}.${encoded(TERMS)}`
      const mac = createHmac('sha256', spki(PAIRS.p256)).update(body).digest('base64url')
      expect(await verify(`${body}.${mac}`)).toBe('its algorithm is not one of its key')
    },
  )

  test('without an algorithm and without a signature', async () => {
    expect(await verify(`${encoded({ alg: 'none', kid: 'p256' })}.${encoded(TERMS)}.`)).toBe('it is no compact JWS')
    expect(await verify(`${encoded({ kid: 'p256' })}.${encoded(TERMS)}.AAAA`)).toBe(
      'its header does not name an algorithm and a key id',
    )
  })

  test('with an algorithm of another key of ours', async () => {
    const names: readonly (keyof typeof PAIRS)[] = ['rsa', 'p256', 'ed25519']
    for (const signer of names)
      for (const kid of names.filter((name) => name !== signer)) {
        const jws = await sign(TERMS, PAIRS[signer], { alg: ALGORITHM[signer], kid })
        expect(await verify(jws)).toBe('its algorithm is not one of its key')
      }
  })

  test('by an unknown key, and by one without an id', async () => {
    expect(await verify(await sign(TERMS, p256(), { alg: 'ES256', kid: 'elsewhere' }))).toBe('its key id is not known')
    expect(await verify(await sign(TERMS, PAIRS.p256, { alg: 'ES256' }))).toBe(
      'its header does not name an algorithm and a key id',
    )
  })

  test('by a key whose time is over, from the next millisecond on', async () => {
    const ending = await folder.load({ p256: PAIRS.p256 }, { notAfterMs: NOW.getTime() })
    const jws = await signed(TERMS)
    expect(await verify(jws, { with: ending })).toBe(GOOD)
    expect(await verify(jws, { with: ending, now: new Date(NOW.getTime() + 1) })).toBe('its key has expired')
  })

  test.each([
    ['crit', ['b64']],
    ['b64', true],
    ['jku', 'https://127.0.0.1/keys'],
    ['jwk', PAIRS.p256.publicKey.export({ format: 'jwk' })],
    ['JWK', {}],
    ['x5u', 'https://127.0.0.1/cert'],
    ['x5c', []],
    ['x5t#S256', 'AA'],
  ])('with the header %s', async (name, value) => {
    const header = { alg: 'ES256', kid: 'p256', [name]: value }
    const [, payload = '', signature = ''] = (await signed(TERMS)).split('.')
    expect(await verify(`${encoded(header)}.${payload}.${signature}`)).toBe('its header brings what is refused')
  })

  test('with a header that two readers could read differently', async () => {
    const [, payload = '', signature = ''] = (await signed(TERMS)).split('.')
    const header = Buffer.from('{"alg":"ES256","kid":"other","kid":"p256"}').toString('base64url')
    expect(await verify(`${header}.${payload}.${signature}`)).toBe('its header does not name an algorithm and a key id')
  })

  test('in another spelling of base64url, with spaces, detached, or with too many parts', async () => {
    const jws = await signed(TERMS)
    const [header = '', payload = '', signature = ''] = jws.split('.')
    // 64 bytes leave two unused bits in the last letter.
    const last = signature.slice(-1)
    const respelled = signature.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1)
    for (const other of [
      `${header}.${payload}.${respelled}`,
      `${header}.${payload}.${signature}=`,
      ` ${jws}`,
      `${jws}\n`,
      `${header}..${signature}`,
      `${jws}.`,
      `${header}.${payload}`,
      payload,
    ])
      expect(await verify(other)).toBe('it is no compact JWS')
  })

  test('in JSON serialisation', async () => {
    const flattened = await new FlattenedSign(Buffer.from(JSON.stringify(TERMS)))
      .setProtectedHeader({ alg: 'ES256', kid: 'p256' })
      .sign(PAIRS.p256.privateKey)
    expect(await verify(JSON.stringify(flattened))).toBe('it is no compact JWS')
    expect(await verify(flattened)).toBe('it is no text')
  })

  test('when it is missing, no text or without end', async () => {
    for (const nothing of [undefined, null, '']) expect(await verify(nothing)).toBe('there is none')
    expect(await verify(12)).toBe('it is no text')
    expect(await verify('A'.repeat(600_000))).toBe('it is too long')
    expect(await verify(`${'A'.repeat(5_000)}.AAAA.AAAA`)).toBe('its header is too long')
  })
})

describe('what is signed is what the record says', () => {
  test.each([
    [
      'in other words',
      { ...TERMS, amount: '1.50', destination: CUSTOMER.toLowerCase(), expiry: '2026-11-21 15:00:00+02' },
    ],
    ['with the organisation', { ...TERMS, organisation: 'acme' }],
    ['with no call data', { ...TERMS, calldata: null }],
    ['with an empty tag', { ...TERMS, tag: '' }],
    ['as a batch of one', { ...withoutPayment(), outputs: [{ amount: '1.5', destination: CUSTOMER, tag: null }] }],
  ])('%s', async (_, terms) => {
    expect(await verify(await signed(terms))).toBe(GOOD)
  })

  test.each([
    ['ref', { ref: 'WD-2' }],
    ['chain', { chain: 'bsc' }],
    ['asset', { asset: 'XRP' }],
    ['amount', { amount: '1.500000000000000001' }],
    ['amount', { amount: '1.5e0' }],
    ['destination', { destination: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe' }],
    ['tag', { tag: '1' }],
    ['expiry', { expiry: '2026-11-21T13:00:00.000001Z' }],
    ['expiry', { expiry: null }],
    ['expiry', { expiry: 'tomorrow' }],
    ['calldata', { calldata: '0x' }],
    ['organisation', { organisation: 'other' }],
    ['organisation', { organisation: '' }],
  ])('and nothing else: another %s', async (name, change) => {
    expect(await verify(await signed({ ...TERMS, ...change }))).toBe(`it is about another ${name}`)
  })

  test('all that differs is named at once', async () => {
    const text = await verify(await signed({ ...TERMS, ref: 'WD-2', amount: '2', tag: 'x' }))
    expect(text).toBe('it is about another ref, amount, tag')
  })

  test.each([
    ['the amount', { amount: '2' }, 'amount'],
    ['the destination', { address: '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe' }, 'destination'],
    ['the destination into none', { address: 'alice' }, 'destination, tag'],
    ['the tag', { memo: '7' }, 'tag'],
    ['the expiry', { valid_until: '2027-11-21T13:00:00Z' }, 'expiry'],
    ['the asset code', { asset: 'ETHER' }, 'asset'],
    ['the call data', { calldata: '0xab' }, 'calldata'],
  ])('and not what somebody made of %s in the row afterwards', async (_, change, name) => {
    expect(await verify(await signed(TERMS), { record: { ...RECORD, ...change } })).toBe(`it is about another ${name}`)
  })

  test('call data by its bytes, in any of its spellings', async () => {
    const record = { ...RECORD, calldata: '0xAB' }
    const digest = 'sha256:087d80f7f182dd44f184aa86ca34488853ebcc04f0c60d5294919a466b463831'
    for (const calldata of ['0xab', '0xAB', digest])
      expect(await verify(await signed({ ...TERMS, calldata }), { record })).toBe(GOOD)
    expect(await verify(await signed(TERMS), { record })).toBe('it is about another calldata')
    expect(await verify(await signed({ ...TERMS, calldata: '0xac' }), { record })).toBe('it is about another calldata')
  })

  test('a payment that does not expire, only where neither side says so', async () => {
    const { valid_until: _, ...record } = RECORD
    const lasting = { record, map: { ...PROOF_MAP, expires_at: undefined } }
    expect(await verify(await signed({ ...TERMS, expiry: null }), lasting)).toBe(GOOD)
    expect(await verify(await signed(TERMS), lasting)).toBe('it is about another expiry')
  })

  test('the tag inside an address is the tag', async () => {
    const account = 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'
    const record = { ...RECORD, asset: 'XRP', amount: '1', address: account, memo: '123' }
    const terms = { ...TERMS, chain: 'xrp', asset: 'XRP', amount: '1', destination: `xrp:${account}?dt=123` }
    expect(await verify(await signed(terms), { record, asset: 'XRP' })).toBe(GOOD)
    const none = { ...terms, destination: account }
    expect(await verify(await signed(none), { record, asset: 'XRP' })).toBe('it is about another tag')
  })
})

function withoutPayment(): Omit<typeof TERMS, 'amount' | 'destination' | 'tag'> {
  const { amount: _, destination: __, tag: ___, ...rest } = TERMS
  return rest
}

describe('the payload is exactly what was agreed', () => {
  const { nonce: _, ...nonceless } = TERMS
  const { tag: __, ...tagless } = TERMS
  test.each([
    ['without a nonce', nonceless],
    ['without a tag', tagless],
    ['with a nonce of 15 characters', { ...TERMS, nonce: 'x'.repeat(15) }],
    ['with a nonce of 129 characters', { ...TERMS, nonce: 'x'.repeat(129) }],
    ['with a space in its nonce', { ...TERMS, nonce: 'nonce 0123456789' }],
    ['with a number as its nonce', { ...TERMS, nonce: 1234567890123456 }],
    ['with a number as its amount', { ...TERMS, amount: 1.5 }],
    ['with a number as its tag', { ...TERMS, tag: 1 }],
    ['with a number as its expiry', { ...TERMS, expiry: 1795266000 }],
    ['with something more', { ...TERMS, note: 'x' }],
    ['with a payment and a list', { ...TERMS, outputs: [{ amount: '1.5', destination: CUSTOMER, tag: null }] }],
    ['with an empty list', { ...withoutPayment(), outputs: [] }],
    [
      'with a list of something more',
      { ...withoutPayment(), outputs: [{ amount: '1.5', destination: CUSTOMER, tag: null, note: '' }] },
    ],
    ['that is a list', [TERMS]],
    ['that is a text', 'null'],
    ['that is no JSON', 'ref=WD-1'],
    ['with a member twice', `{"amount":"9",${JSON.stringify(TERMS).slice(1)}`],
    ['with a member in two cases', `{"Amount":"9",${JSON.stringify(TERMS).slice(1)}`],
    ['with something behind', `${JSON.stringify(TERMS)}{}`],
  ])('and refused %s', async (_name, payload) => {
    expect(await verify(await signed(payload))).toBe('its payload does not have the agreed form')
  })

  test('its nonce has 16 to 128 characters', async () => {
    for (const length of [16, 128])
      expect(await verify(await signed({ ...TERMS, nonce: 'x'.repeat(length) }))).toContain('xxx')
  })
})

describe('a batch', () => {
  const OTHER = '0x8b45b84e2cf29e5f826797df7e1aa93fc71a2bfe'
  const one = { amount: '1', destination: CUSTOMER, tag: null }
  const two = { amount: '2', destination: OTHER, tag: 'a' }
  const record = {
    ...RECORD,
    payments: [
      { amount: '1.0', address: CUSTOMER.toLowerCase() },
      { amount: '2', address: OTHER, memo: 'a' },
    ],
  }
  const ask = async (outputs: readonly object[], changed: object = record): Promise<string> =>
    verify(await signed({ ...withoutPayment(), outputs }), { record: changed, map: BATCH })

  test('is signed as a whole, in any order', async () => {
    expect(await ask([one, two])).toBe(GOOD)
    expect(await ask([two, one])).toBe(GOOD)
  })

  test.each([
    ['one more', [one, two, one]],
    ['one less', [one]],
    ['one twice', [one, one]],
    ['another amount', [{ ...one, amount: '1.1' }, two]],
    [
      'amounts exchanged',
      [
        { ...one, amount: '2' },
        { ...two, amount: '1' },
      ],
    ],
    [
      'a tag moved',
      [
        { ...one, tag: 'a' },
        { ...two, tag: null },
      ],
    ],
  ])('with %s is another', async (_, outputs) => {
    expect(await ask(outputs)).toBe('it is about another outputs')
  })

  test('of which a payment cannot be read equals nothing, not even itself', async () => {
    const unread = { ...record, payments: [{ amount: '1e0', address: CUSTOMER }, record.payments[1]] }
    expect(await ask([{ ...one, amount: '1e0' }, two], unread)).toBe('it is about another outputs')
  })
})

test('a signature over another script of the same key does not count', async () => {
  const [address, other] = ['1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu', 'bc1qw6syq5aa5z5ghkj3w7ux59wrk204txrn9k4rmm']
  const terms = { ...TERMS, chain: 'bitcoin', asset: 'BTC', destination: address }
  const asked = { record: { ...RECORD, asset: 'BTC', address }, asset: 'BTC' }
  expect(await verify(await signed(terms), asked)).toBe(GOOD)
  expect(await verify(await signed({ ...terms, destination: other }), asked)).toBe('it is about another destination')
})
