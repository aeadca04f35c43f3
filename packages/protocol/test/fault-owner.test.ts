import { describe, expect, it } from 'vitest'
import {
  ProtocolFault,
  verifyFireblocksToken,
  verifyJsonWrap,
  verifyPackageToken,
  wrapJsonRequest,
} from '../src/index.ts'
import { handmadeToken } from './handmade-token.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const node = createTestKey('node-a')
const stranger = createTestKey('stranger')
const RS256 = { alg: 'RS256', typ: 'JWT' }
const exp = NOW_MS / 1_000 + 60
const claims = { package_data: 'e30=', iss: 'node-b', exp }

async function ownerOf(verifying: Promise<unknown>): Promise<string | undefined> {
  const fault = await verifying.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(fault instanceof ProtocolFault)) throw new Error('was accepted')
  return fault.owner
}
const signed = (payload: object, key = node, header: object = RS256): string =>
  handmadeToken(header, payload, key.privateKey)

describe('a token that is refused says whose key signed it', () => {
  const ofNode = (token: string, keys = [stranger.verification, node.verification]): Promise<string | undefined> =>
    ownerOf(verifyPackageToken(token, keys, NOW_MS))

  it.each([
    ['that has expired', { ...claims, exp: 1 }],
    ['without exp', { package_data: 'e30=' }],
    ['that expires too late', { ...claims, exp: exp + 86_400_000 }],
    ['that is not valid yet', { ...claims, nbf: exp }],
    ['without package data', { exp }],
  ])('when a token of Cobo %s', async (_, payload) => {
    expect(await ofNode(signed(payload))).toBe('node-a')
  })

  it('when the key is past its last day', async () => {
    const past = { ...node.verification, notAfterMs: NOW_MS - 1 }
    expect(await ofNode(signed(claims), [stranger.verification, past])).toBe('node-a')
    expect(await ofNode(signed(claims, stranger), [past])).toBeUndefined()
  })

  it('when a token of a Co-signer has expired, or is no object', async () => {
    const verify = (token: string): Promise<string | undefined> =>
      ownerOf(verifyFireblocksToken(Buffer.from(token), [node.verification], NOW_MS))
    expect(await verify(signed({ exp: 1 }))).toBe('node-a')
    expect(await verify(signed([]))).toBe('node-a')
  })

  it('when a wrap is of another endpoint', async () => {
    const wrap = await wrapJsonRequest(Buffer.from('{}'), node.privateKey, { endpoint: 'tx' })
    expect(await ownerOf(verifyJsonWrap(Buffer.from(wrap), [node.verification], NOW_MS, 'config'))).toBe('node-a')
  })
})

describe('a token that proves nobody names nobody, whatever it says', () => {
  it.each([
    ['signed by a stranger', signed(claims, stranger)],
    ['with a stranger as kid', signed(claims, stranger, { ...RS256, kid: 'node-a' })],
    ['with a header that is refused', signed(claims, node, { ...RS256, jku: 'https://127.0.0.1/' })],
    ['of another algorithm', signed(claims, node, { alg: 'none' })],
    ['that is none', 'hello'],
  ])('%s', async (_, token) => {
    expect(await ownerOf(verifyPackageToken(token, [node.verification], NOW_MS))).toBeUndefined()
  })
})
