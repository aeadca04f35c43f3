import { generateKeyPairSync } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, parseConfigText } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkProof, proofSchema, type ProofConfig } from '../../src/proof/proof-config.ts'
import { loadProofKeys } from '../../src/proof/proof-keys.ts'
import { MAP } from '../compare/records.ts'
import { ed25519, keyFolder, p256, rsa, spki, type KeyFolder } from './signing.ts'

let folder: KeyFolder
beforeAll(async () => {
  folder = await keyFolder()
  for (const [name, text] of Object.entries(FILES)) await folder.write(name, text)
  await mkdir(join(folder.path, 'folder'))
})
afterAll(() => folder.close())

const RSA = rsa()
const FILES: Readonly<Record<string, string>> = {
  rsa: spki(RSA),
  'rsa-again': spki(RSA),
  p256: spki(p256()),
  ed25519: spki(ed25519()),
  'rsa-1024': spki(rsa(1_024)),
  'rsa-exponent-3': spki(rsa(2_048, 3)),
  private: RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  pkcs1: RSA.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  two: spki(p256()) + spki(p256()),
  p384: spki(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  secp256k1: spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
  x25519: spki(generateKeyPairSync('x25519')),
  'rsa-pss': spki(generateKeyPairSync('rsa-pss', { modulusLength: 2_048 })),
  empty: '',
  broken: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  secret: 'shared-secret-of-hs256',
}

describe('a key of the business system', () => {
  test.each([
    ['rsa', ['RS256']],
    ['rsa-exponent-3', ['RS256']],
    ['p256', ['ES256']],
    ['ed25519', ['EdDSA']],
  ])('%s has one algorithm', async (file, algorithms) => {
    const keys = await loadProofKeys(folder.config([file]), folder.path)
    expect(keys.get(file)?.algorithms).toEqual(algorithms)
  })

  test('of RSA has the algorithms that are configured', async () => {
    const load = async (algorithms: ProofConfig['algorithms']) =>
      (await loadProofKeys(folder.config(['rsa'], { algorithms }), folder.path)).get('rsa')?.algorithms
    expect(await load(['PS256'])).toEqual(['PS256'])
    expect(await load(['PS256', 'ES256', 'RS256'])).toEqual(['RS256', 'PS256'])
    await expect(load(['ES256', 'EdDSA'])).rejects.toThrow(/proof\.keys\[0\].*no one of proof\.algorithms/)
  })

  test.each([
    ['rsa-1024', /modulus of 1024 bits/],
    ['private', /exactly one PEM block "PUBLIC KEY"/],
    ['pkcs1', /exactly one PEM block "PUBLIC KEY"/],
    ['two', /exactly one PEM block "PUBLIC KEY"/],
    ['empty', /exactly one PEM block/],
    ['secret', /exactly one PEM block/],
    ['broken', /cannot be decoded/],
    ['p384', /another kind/],
    ['secp256k1', /another kind/],
    ['x25519', /another kind/],
    ['rsa-pss', /another kind/],
    ['folder', /not a small regular file/],
    ['nowhere', /cannot be opened \(ENOENT\)/],
  ])('is refused when its file is %s', async (file, expected) => {
    const loading = loadProofKeys(folder.config([file]), folder.path)
    await expect(loading).rejects.toThrow(ConfigError)
    await expect(loading).rejects.toThrow(expected)
    await expect(loading).rejects.not.toThrow(/shared-secret/)
  })

  test('is told together with all others that are wrong', async () => {
    const loading = loadProofKeys(folder.config(['p384', 'rsa', 'two']), folder.path)
    const error: unknown = await loading.catch((thrown: unknown) => thrown)
    expect((error as ConfigError).problems).toHaveLength(2)
  })

  test('stands under one id, and an id for one key', async () => {
    await expect(loadProofKeys(folder.config(['rsa', 'rsa-again']), folder.path)).rejects.toThrow(/are the same key/)
    const twice = ['rsa', 'p256'].map((file) => ({ file, kid: 'one' }))
    await expect(loadProofKeys({ keys: twice }, folder.path)).rejects.toThrow(/its kid stands twice/)
  })
})

describe('proof is configured', () => {
  const problemsOf = (text: string, map = {}): string => {
    try {
      parseConfigText(text, 'proof.yaml', proofSchema, {}, (proof) =>
        checkProof(proof, { ...MAP, proof: { at: '/jws' }, ...map }),
      )
      return 'none'
    } catch (error) {
      if (error instanceof ConfigError) return error.message
      throw error
    }
  }
  const KEYS = 'keys: [{ file: a.pub, kid: "2026-1", not_after: 2026-12-31 }]'

  test('with keys, and with algorithms', () => {
    expect(problemsOf(KEYS)).toBe('none')
    expect(problemsOf(`${KEYS}\nalgorithms: [PS256, EdDSA]`)).toBe('none')
  })

  test.each([
    ['no key', 'keys: []', /keys/],
    ['a key without an id', 'keys: [{ file: a.pub }]', /kid.*missing/],
    ['an id with a space', 'keys: [{ file: a.pub, kid: "a b" }]', /kid/],
    ['a day that is in no calendar', 'keys: [{ file: a.pub, kid: a, not_after: 2026-02-30 }]', /not_after/],
    ['one id twice', 'keys: [{ file: a.pub, kid: a }, { file: b.pub, kid: a }]', /keys\[1\]\.kid.*stands twice/],
    ['no signature', `${KEYS}\nalgorithms: [none]`, /algorithms/],
    ['a shared secret', `${KEYS}\nalgorithms: [HS256]`, /algorithms/],
    ['no algorithm', `${KEYS}\nalgorithms: []`, /algorithms/],
  ])('and refused with %s', (_, text, expected) => {
    expect(problemsOf(text)).toMatch(expected)
  })

  test('together with where the signature stands', () => {
    expect(problemsOf(KEYS, { proof: undefined })).toMatch(/map\.proof.*missing/)
    expect(checkProof(undefined, { ...MAP, proof: { at: '/jws' } })).toHaveLength(1)
    expect(checkProof(undefined, MAP)).toEqual([])
  })
})
