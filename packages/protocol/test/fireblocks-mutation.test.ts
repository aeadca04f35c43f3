import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ProtocolFault,
  readFireblocksReply,
  readFireblocksRequest,
  stageOf,
  verifyFireblocksToken,
} from '../src/index.ts'
import type { FireblocksEndpoint, FireblocksReading } from '../src/index.ts'
import { signBytes } from '../src/signed-token.ts'
import { bytesOf, vectors } from './fireblocks-content.ts'
import { createTestKey, NOW_MS } from './signing-keys.ts'

const cosigner = createTestKey('co-signer')
const keys = [cosigner.verification]

const typed = {
  requestId: 'r-1',
  txId: 't-1',
  signerId: 's-1',
  operation: 'TYPED_MESSAGE',
  destinations: [],
  extraParameters: {
    inputsSelection: { inputsToSpend: [{ txHash: 'ab', index: '1' }] },
    contractCallData: '0xab',
    rawMessageData: { messages: [{ content: { domain: { chainId: 1 } }, derivationPath: [44] }] },
  },
}
const account = {
  requestId: 'r-1',
  signerId: 's',
  type: 'EXCHANGE',
  extraInfo: { apiKey: 'k', addresses: '{"A":"b"}' },
}
const address = { requestId: 'r-1', type: 'UNMANAGED_WALLET', extraInfo: { subType: 'EXTERNAL', walletId: { a: 1 } } }

const ORIGINS: readonly (readonly [FireblocksEndpoint, unknown])[] = [
  ['tx', vectors.request.decoded_payload],
  ['tx', vectors.btc_request.decoded_payload],
  ['tx', typed],
  ['config', account],
  ['config', address],
]

/** What breaks readers: structure, ends of texts, numbers, escapes and names that objects have anyway. */
const SPLICES = [
  '{}',
  '[]',
  '[[',
  '{"',
  '":',
  '"',
  ',',
  ':',
  '}',
  ']',
  '\\',
  '\\u0000',
  '\\ud800',
  'null',
  'true',
  '-',
  '1e999',
  '-0',
  '0.0',
  '9007199254740993',
  '"__proto__":1,',
  '"constructor":{},',
  '"toString":0,',
  '"requestId":1,',
  '"\u{1F600}"',
  '\u0000',
] as const

const ATS_MAX = 9_999

interface Mutation {
  /** Of ATS_MAX parts of the content. */
  readonly at: number
  readonly remove: number
  readonly insert: string | number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(ATS_MAX),
  remove: fc.nat(6),
  insert: fc.oneof(fc.constantFrom(...SPLICES), fc.constant(''), fc.integer({ min: 0, max: 255 })),
})

function mutate(content: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce<Uint8Array>((bytes, { at, remove, insert }) => {
    const from = Math.floor((at * bytes.length) / ATS_MAX)
    const inserted = typeof insert === 'number' ? Uint8Array.of(insert) : bytesOf(insert)
    return Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + remove)])
  }, content)
}

/** Values that stand where none of their kind was expected. */
const ODD_VALUES = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'null',
  '{}',
  '[1]',
  '0x',
  'AB',
  'a\n',
  'x'.repeat(600),
  {},
  { a: 1 },
  [],
  [null],
  [[]],
)

/** Replaces the value that the picks lead to, one level each. */
function replaced(value: unknown, picks: readonly number[], odd: unknown): unknown {
  const [pick = 0, ...rest] = picks
  if (picks.length === 0 || typeof value !== 'object' || value === null) return odd
  const at = pick % Math.max(1, Object.keys(value).length)
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === at ? replaced(item, rest, odd) : item))
  return Object.fromEntries(
    Object.entries(value).map(([name, item], index) => [name, index === at ? replaced(item, rest, odd) : item]),
  )
}

const ofBytes = fc
  .tuple(fc.constantFrom(...ORIGINS), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([[endpoint, payload], mutations]) => ({ endpoint, content: mutate(bytesOf(payload), mutations) }))

const ofValues = fc
  .tuple(fc.constantFrom(...ORIGINS), fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), ODD_VALUES)
  .map(([[endpoint, payload], picks, odd]) => ({ endpoint, content: bytesOf(replaced(payload, picks, odd)) }))

const mutated = fc.oneof(ofBytes, ofValues)

function isWellFormed(reading: FireblocksReading): boolean {
  switch (reading.result) {
    case 'unidentified':
      return reading.reason !== ''
    case 'malformed':
      return reading.requestId !== '' && /^[A-Z_]+_INVALID$/.test(reading.code) && /^[\x20-\x7e]+$/.test(reading.reason)
    case 'request':
      if (reading.request.endpoint === 'tx') stageOf(reading.request)
      return reading.requestId !== ''
    default:
      return reading satisfies never
  }
}

describe('mutated payloads', () => {
  it('twenty thousand of them are read, or refused with a code and a reason, and never throw', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(mutated, ({ endpoint, content }) => {
        const reading = readFireblocksRequest(endpoint, content)
        seen.set(reading.result, (seen.get(reading.result) ?? 0) + 1)
        return isWellFormed(reading)
      }),
      { numRuns: 20_000 },
    )
    expect([...seen.keys()].toSorted()).toEqual(['malformed', 'request', 'unidentified'])
    expect(Math.min(...seen.values())).toBeGreaterThan(100)
  })

  it('are verified and read as replies, or refused with a fault, and nothing else is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async ({ content }) => {
        const token = await signBytes(content, { typ: 'JWT' }, cosigner.privateKey)
        for (const read of [verifyFireblocksToken, readFireblocksReply]) {
          const fault: unknown = await read(bytesOf(token), keys, NOW_MS).catch((error: unknown) => error)
          expect(fault instanceof ProtocolFault || !(fault instanceof Error)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
