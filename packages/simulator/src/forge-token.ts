import { constants, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { type PackageContent, packageBytes } from './cobo-package.ts'
import { TOKEN_EXPIRE_MINUTES_DEFAULT } from './request-token.ts'
import { strangerKey } from './stranger-key.ts'

export type Forgery =
  | 'wrong-key'
  | 'rs384'
  | 'rs512'
  | 'ps256'
  | 'hs256-public-key'
  | 'alg-none'
  | 'no-exp'
  | 'expired'
  | 'far-exp'
  | 'exp-text'
  | 'bad-base64'
  | 'base64url'
  | 'unpadded-base64'
  | 'no-package-data'
  | 'package-data-object'
  | 'not-json'
  | 'crit-header'
  | 'jwk-header'
  | 'flipped-payload'
  | 'flipped-signature'
  | 'two-parts'
  | 'truncated'

export interface ForgeTokenOptions {
  /** The caller's true key: every forgery but `wrong-key` and those without signature is signed with it. */
  readonly privateKey: KeyObject
  readonly issuer?: string
  readonly nowMs?: number
}

type Claims = Readonly<Record<string, unknown>>
interface Parts {
  readonly header: Claims
  readonly payload: string
  readonly sign: (input: string) => Buffer
}

const TRUNCATED_LENGTH = 168

/** A year: past every `maxTokenAgeMs` a server could sensibly have. */
const FAR_SECONDS = 365 * 24 * 3600

/**
 * None of these may be approved, although most carry a true signature of the caller: status 20 is the answer, or 10 where only
 * `package_data` is broken (protocol section 9).
 */
export const FORGERIES: readonly Forgery[] = [
  'wrong-key',
  'rs384',
  'rs512',
  'ps256',
  'hs256-public-key',
  'alg-none',
  'no-exp',
  'expired',
  'far-exp',
  'exp-text',
  'bad-base64',
  'base64url',
  'unpadded-base64',
  'no-package-data',
  'package-data-object',
  'not-json',
  'crit-header',
  'jwk-header',
  'flipped-payload',
  'flipped-signature',
  'two-parts',
  'truncated',
]

/** A token that looks right and is not. Written without jose on purpose: a good library refuses to make most of these. */
export function forgeToken(kind: Forgery, content: PackageContent, options: ForgeTokenOptions): string {
  const { header, payload, sign: signInput } = forgedParts(kind, packageBytes(content), options)
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`
  const signature = signInput(input).toString('base64url')
  switch (kind) {
    case 'truncated':
      // A multiple of four characters, so that only the signature is wrong and not its encoding.
      return `${input}.${signature.slice(0, TRUNCATED_LENGTH)}`
    case 'two-parts':
      return input
    case 'flipped-signature':
      return `${input}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    case 'flipped-payload':
      // A later expiry under the old signature: what somebody does who wants to use a captured token again.
      return `${base64url(JSON.stringify(header))}.${base64url(payload.replace(/"exp":(\d)/, bumpDigit))}.${signature}`
    default:
      return `${input}.${signature}`
  }
}

function forgedParts(kind: Forgery, content: Uint8Array, { privateKey, issuer, nowMs }: ForgeTokenOptions): Parts {
  const nowSeconds = Math.floor((nowMs ?? Date.now()) / 1000)
  const good = goodClaims(content, issuer, nowSeconds + TOKEN_EXPIRE_MINUTES_DEFAULT * 60)
  const claims = forgedClaims(kind, good, nowSeconds)
  const payload = kind === 'not-json' ? `${JSON.stringify(claims)}}` : JSON.stringify(claims)
  const header: Claims = { alg: 'RS256', typ: 'JWT' }
  switch (kind) {
    case 'rs384':
      return { header: { ...header, alg: 'RS384' }, payload, sign: rsa('sha384', privateKey) }
    case 'rs512':
      return { header: { ...header, alg: 'RS512' }, payload, sign: rsa('sha512', privateKey) }
    case 'ps256':
      return { header: { ...header, alg: 'PS256' }, payload, sign: pss(privateKey) }
    case 'alg-none':
      return { header: { ...header, alg: 'none' }, payload, sign: () => Buffer.alloc(0) }
    case 'hs256-public-key':
      return { header: { ...header, alg: 'HS256' }, payload, sign: hmacWithPublicKey(privateKey) }
    case 'wrong-key':
      return { header, payload, sign: rsa('sha256', strangerKey()) }
    case 'crit-header':
      return { header: { ...header, crit: ['x'], x: 1 }, payload, sign: rsa('sha256', privateKey) }
    case 'jwk-header': {
      const stranger = strangerKey()
      const jwk = createPublicKey(stranger).export({ format: 'jwk' })
      return { header: { ...header, jwk }, payload, sign: rsa('sha256', stranger) }
    }
    default:
      return { header, payload, sign: rsa('sha256', privateKey) }
  }
}

const goodClaims = (content: Uint8Array, issuer = 'TEST_CHECKER', exp: number) => ({
  package_data: Buffer.from(content).toString('base64'),
  iss: issuer,
  exp,
})

function forgedClaims(kind: Forgery, good: ReturnType<typeof goodClaims>, nowSeconds: number): Claims {
  const { package_data, iss, exp } = good
  switch (kind) {
    case 'no-exp':
      return { package_data, iss }
    case 'expired':
      return { ...good, exp: nowSeconds - 1 }
    case 'far-exp':
      return { ...good, exp: nowSeconds + FAR_SECONDS }
    case 'exp-text':
      return { ...good, exp: String(exp) }
    case 'bad-base64':
      return { ...good, package_data: `${package_data.slice(0, 8)}*${package_data.slice(9)}` }
    case 'base64url':
      // Characters outside the common part of both alphabets, so that the difference is there to be seen.
      return { ...good, package_data: `-_${package_data.slice(2)}` }
    case 'unpadded-base64':
      return {
        ...good,
        package_data: Buffer.concat([Buffer.from(package_data, 'base64'), padding(package_data)])
          .toString('base64')
          .replace(/=+$/, ''),
      }
    case 'no-package-data':
      return { iss, exp }
    case 'package-data-object':
      return { ...good, package_data: { request_id: 'x' } }
    default:
      return good
  }
}

/** White space behind the JSON that makes the length need padding. */
const padding = (base64: string): Buffer => Buffer.from(base64.endsWith('=') ? '' : ' ')

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')
const bumpDigit = (_: string, digit: string): string => `"exp":${digit === '9' ? '8' : String(Number(digit) + 1)}`
const rsa = (hash: string, key: KeyObject) => (input: string) => sign(hash, Buffer.from(input), key)
const pss = (key: KeyObject) => (input: string) =>
  sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
const hmacWithPublicKey = (key: KeyObject) => (input: string) =>
  createHmac('sha256', createPublicKey(key).export({ format: 'pem', type: 'spki' }))
    .update(input)
    .digest()
