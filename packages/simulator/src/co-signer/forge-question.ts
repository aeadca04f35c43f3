import { constants, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { strangerKey } from '../stranger-key.ts'
import { cosignerContent, type CosignerRequest } from './cosigner-request.ts'
import { signCosignerToken } from './cosigner-token.ts'

/** A handler answers none of these (HTTP 401): nobody known asked (protocol/fireblocks.md 5). */
export const FIREBLOCKS_FORGERIES = [
  'wrong-key',
  'alg-none',
  'hs256-public-key',
  'rs384',
  'rs512',
  'ps256',
  'kid-header',
  'jwk-header',
  'x5c-header',
  'crit-header',
  'typ-other',
  'expired',
  'exp-text',
  'not-yet-valid',
  'flipped-payload',
  'flipped-signature',
  'zero-signature',
  'obfuscated-signature',
  'standard-base64',
  'truncated',
  'two-parts',
  'four-parts',
  'form',
  'json',
  'not-json',
  'duplicate-members',
  'empty',
] as const
export type FireblocksForgery = (typeof FIREBLOCKS_FORGERIES)[number]

export interface ForgeQuestionOptions {
  /** The Co-signer's true key: what is wrong is mostly something else. */
  readonly privateKey: KeyObject
  readonly signerId?: string
  readonly nowMs?: number
}

type Header = Readonly<Record<string, unknown>>

const HEADER: Header = { typ: 'JWT', alg: 'RS256' }
/** Bytes of a signature of an RSA key of 2048 bits. */
const SIGNATURE_BYTES = 256
const TRUNCATED_LENGTH = 168
const OBFUSCATED_LENGTH = 47
const HOUR_SECONDS = 3_600

/** The body of a question that looks right and is not. */
export function forgeQuestion(kind: FireblocksForgery, request: CosignerRequest, o: ForgeQuestionOptions): string {
  const content = Buffer.from(cosignerContent(request, o.signerId)).toString('utf8')
  const good = signCosignerToken(Buffer.from(content), o.privateKey)
  const [header = '', payload = '', signature = ''] = good.split('.')
  switch (kind) {
    case 'flipped-payload':
      // Another request under the old signature.
      return `${header}.${base64url(content.replace(/"requestId":"./, '"requestId":"x'))}.${signature}`
    case 'flipped-signature':
      return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    case 'zero-signature':
      // What a switch of a customer's handler let pass (protocol/fireblocks.md 7, no. 16).
      return `${header}.${payload}.${Buffer.alloc(SIGNATURE_BYTES).toString('base64url')}`
    case 'obfuscated-signature':
      // As the vendor prints a real token in its guide.
      return `${header}.${payload}.${'0'.repeat(OBFUSCATED_LENGTH)}`
    case 'standard-base64':
      return `${header}.${Buffer.from(content).toString('base64')}.${Buffer.from(signature, 'base64url').toString('base64')}`
    case 'truncated':
      return `${header}.${payload}.${signature.slice(0, TRUNCATED_LENGTH)}`
    case 'two-parts':
      return `${header}.${payload}`
    case 'four-parts':
      return `${good}.${signature}`
    case 'form':
      // As the other platform asks.
      return `TSS_JWT_MSG=${encodeURIComponent(good)}`
    case 'json':
      return content
    case 'empty':
      return ''
    default:
      return signedForgery(kind, content, o)
  }
}

function signedForgery(kind: FireblocksForgery, content: string, o: ForgeQuestionOptions): string {
  const { privateKey } = o
  switch (kind) {
    case 'wrong-key':
      return token(HEADER, content, rsa('sha256', strangerKey()))
    case 'alg-none':
      return token({ ...HEADER, alg: 'none' }, content, () => Buffer.alloc(0))
    case 'hs256-public-key':
      return token({ ...HEADER, alg: 'HS256' }, content, hmacWithPublicKey(privateKey))
    case 'rs384':
      return token({ ...HEADER, alg: 'RS384' }, content, rsa('sha384', privateKey))
    case 'rs512':
      return token({ ...HEADER, alg: 'RS512' }, content, rsa('sha512', privateKey))
    case 'ps256':
      return token({ ...HEADER, alg: 'PS256' }, content, pss(privateKey))
    case 'jwk-header': {
      const jwk = createPublicKey(strangerKey()).export({ format: 'jwk' })
      return token({ ...HEADER, jwk }, content, rsa('sha256', strangerKey()))
    }
    default: {
      const header = { ...HEADER, ...OTHER_HEADERS[kind] }
      return token(header, forgedContent(kind, content, o.nowMs ?? Date.now()), rsa('sha256', privateKey))
    }
  }
}

/** Parameters that no Co-signer writes. */
const OTHER_HEADERS: Readonly<Partial<Record<FireblocksForgery, Header>>> = {
  'kid-header': { kid: 'co-signer' },
  'x5c-header': { x5c: ['MIIB'] },
  'crit-header': { crit: ['x'], x: 1 },
  'typ-other': { typ: 'cq-outcome+jwt' },
}

function forgedContent(kind: FireblocksForgery, content: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000)
  switch (kind) {
    case 'expired':
      return `{"exp":${String(seconds - 1)},${content.slice(1)}`
    case 'exp-text':
      return `{"exp":"${String(seconds + HOUR_SECONDS)}",${content.slice(1)}`
    case 'not-yet-valid':
      return `{"nbf":${String(seconds + HOUR_SECONDS)},${content.slice(1)}`
    case 'not-json':
      return `${content}}`
    case 'duplicate-members':
      // A reader that takes the first member sees another request than one that takes the last.
      return `{"requestId":"another-request",${content.slice(1)}`
    default:
      return content
  }
}

function token(header: Header, content: string, signInput: (input: string) => Buffer): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(content)}`
  return `${input}.${signInput(input).toString('base64url')}`
}

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')
const rsa = (hash: string, key: KeyObject) => (input: string) => sign(hash, Buffer.from(input), key)
const pss = (key: KeyObject) => (input: string) =>
  sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
const hmacWithPublicKey = (key: KeyObject) => (input: string) =>
  createHmac('sha256', createPublicKey(key).export({ format: 'pem', type: 'spki' }))
    .update(input)
    .digest()
