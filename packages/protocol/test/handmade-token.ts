import { createHmac, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A compact JWS with exactly these header and payload texts, however wrong they are. */
export function handmadeToken(header: unknown, payload: unknown, privateKey: KeyObject, hash = 'sha256'): string {
  const input = signingInput(header, payload)
  return `${input}.${sign(hash, Buffer.from(input), privateKey).toString('base64url')}`
}

export function hmacToken(header: unknown, payload: unknown, secret: string): string {
  const input = signingInput(header, payload)
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

export function unsignedToken(header: unknown, payload: unknown): string {
  return `${signingInput(header, payload)}.`
}

function signingInput(header: unknown, payload: unknown): string {
  return [header, payload].map((part) => Buffer.from(asText(part)).toString('base64url')).join('.')
}

function asText(part: unknown): string {
  return typeof part === 'string' ? part : JSON.stringify(part)
}
