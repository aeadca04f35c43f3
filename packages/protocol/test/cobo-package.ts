import { readFileSync } from 'node:fs'
import { readCoboRequest } from '../src/index.ts'
import type { CoboDialect, CoboReading, CoboRequest, CoboV2KeySign } from '../src/index.ts'

export type Members = Readonly<Record<string, unknown>>

export interface RequestVector {
  readonly id: string
  readonly request_type: number
  readonly kind: string
  readonly transaction_id: string
  readonly request_detail: Members
  readonly extra_info: Members
}

export interface V2Vectors {
  readonly requests: readonly RequestVector[]
  readonly sources: readonly Members[]
  readonly destinations: readonly Members[]
  readonly fees: readonly Members[]
}

export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`vectors/${name}`, import.meta.url), 'utf8'))
}

export const v1Vectors = (readVectors('cobo-v1-requests.json') as Pick<V2Vectors, 'requests'>).requests
export const v2Vectors = readVectors('cobo-v2-requests.json') as V2Vectors

export function vectorOf(dialect: CoboDialect, kind: string): RequestVector {
  const vector = (dialect === 'cobo-v1' ? v1Vectors : v2Vectors.requests).find((candidate) => candidate.kind === kind)
  if (vector === undefined) throw new Error(`no vector for ${kind}`)
  return vector
}

/** Reads a base object, given as members or as the very text. */
export function readBase(dialect: CoboDialect, base: Members | string): CoboReading {
  return readCoboRequest(dialect, new TextEncoder().encode(typeof base === 'string' ? base : JSON.stringify(base)))
}

/** Reads a vector with members of its detail or extra replaced. */
export function readWith(dialect: CoboDialect, kind: string, detail: Members, extra: Members): CoboReading {
  const vector = vectorOf(dialect, kind)
  return readBase(dialect, {
    request_id: 'r-1',
    request_type: vector.request_type,
    request_detail: JSON.stringify({ ...vector.request_detail, ...detail }),
    extra_info: JSON.stringify({ ...vector.extra_info, ...extra }),
  })
}

export function requestOf(reading: CoboReading): CoboRequest {
  if (reading.result !== 'request') throw new Error(`not a request but ${JSON.stringify(reading)}`)
  return reading.request
}

/** Reads the key signing vector of v2 with members of its transaction replaced. */
export function readTransaction(change: Members): CoboReading {
  const { transaction } = vectorOf('cobo-v2', 'keysign').extra_info
  return readWith('cobo-v2', 'keysign', {}, { transaction: { ...(transaction as Members), ...change } })
}

export function v2TransactionOf(reading: CoboReading): CoboV2KeySign['extra']['transaction'] {
  const request = requestOf(reading)
  if (request.dialect !== 'cobo-v2' || request.kind !== 'keysign') throw new Error('not a key signing request of v2')
  return request.extra.transaction
}
