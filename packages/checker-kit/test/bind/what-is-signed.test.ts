import { digestOf, readCoboRequest } from '@callback-quorum/protocol'
import { CUSTODY, makeV2KeySign, packageBytes, type CoboPackage } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { whatIsSigned, type Seeing } from '../../src/bind/what-is-signed.ts'
import { slotsSeen } from '../../src/question.ts'
import { describeCobo } from '../../src/describe/describe-cobo.ts'
import { assets, changed, nobodysBook } from './binding-of.ts'

const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const honest = makeV2KeySign({ to: TO, amount: '1.5' })
const withoutBytes = changed(honest, ({ extra }) => void (extra.transaction.raw_tx_info['unsigned_raw_tx'] = null))
const lying = makeV2KeySign({ to: `0x${'11'.repeat(20)}`, amount: '1.5', describedAs: { to: TO } })

type Accepted = NonNullable<Seeing['acceptUnbound']>[number]
const accepted = (change: Partial<Accepted> = {}): Accepted[] => [
  { callers: ['node'], dialects: ['cobo-v2'], chains: ['ethereum'], operations: ['transfer'], ...change },
]

function seen(content: CoboPackage, seeing: Partial<Seeing> = {}): readonly string[] | 'bound' | 'description' {
  const judged = judgedOf(content, seeing)
  if ('objections' in judged) return judged.objections.map(({ code }) => code)
  return judged.question.binding === undefined ? 'description' : 'bound'
}

function judgedOf(content: CoboPackage, seeing: Partial<Seeing>): ReturnType<typeof whatIsSigned> {
  const bytes = packageBytes(content)
  const reading = readCoboRequest('cobo-v2', bytes)
  if (reading.result !== 'request') throw new Error('it can be read')
  const caller = { name: 'node', organisation: CUSTODY.organisation, platform: 'cobo' } as const
  const described = describeCobo(reading.request, { caller, digest: digestOf(bytes), assets, addresses: nobodysBook })
  if ('objections' in described) throw new Error('it can be described')
  return whatIsSigned(
    { judges: 'raw', acceptUnbound: [], assets, addresses: nobodysBook, ...seeing },
    reading.request,
    described.question,
  )
}

/** What would prove a replacement to a checker that judges descriptions. */
function slotsOf(content: CoboPackage, seeing: Partial<Seeing> = {}): readonly string[] {
  const judged = judgedOf(content, { judges: 'description', ...seeing })
  if ('objections' in judged) throw new Error('a description alone is never refused here')
  return slotsSeen(judged.question)
}

test('a checker that judges bytes sees them, one that judges descriptions does not', () => {
  expect(seen(honest)).toBe('bound')
  expect(seen(honest, { judges: 'description' })).toBe('description')
  expect(seen(lying, { judges: 'description' })).toBe('description')
})

test('a checker that judges descriptions still learns what the bytes use up, from bytes that agree alone', () => {
  expect(slotsOf(honest)).toEqual([expect.stringMatching(/^nonce:ethereum:key20:[0-9a-f]{40}:[0-9a-f]{64}:\d+$/)])
  expect(slotsOf(lying)).toEqual([])
  expect(slotsOf(withoutBytes)).toEqual([])
})

test('a decoder that fails in a way of its own refuses nothing to a checker that judges descriptions', () => {
  const broken = new Proxy(assets, {
    get: () => () => {
      throw new TypeError('a defect of the decoder')
    },
  })
  expect(() => seen(honest, { assets: broken })).toThrow('a defect of the decoder')
  expect(slotsOf(honest, { assets: broken })).toEqual([])
})

describe('a request without bytes', () => {
  test('is refused', () => {
    expect(seen(withoutBytes)).toEqual(['RAW_MISSING'])
  })
  test('is judged by its description where caller, dialect, chain and operation are all named', () => {
    expect(seen(withoutBytes, { acceptUnbound: accepted() })).toBe('description')
  })
  const others: readonly (readonly [string, Partial<Accepted>])[] = [
    ['caller', { callers: ['another'] }],
    ['dialect', { dialects: ['cobo-v1'] }],
    ['chain', { chains: ['base'] }],
    ['operation', { operations: ['message'] }],
  ]
  test.each(others)('is refused where another %s is named', (_, change) => {
    expect(seen(withoutBytes, { acceptUnbound: accepted(change) })).toEqual(['RAW_MISSING'])
  })
})

test('bytes that disagree are refused whatever is accepted', () => {
  expect(seen(lying, { acceptUnbound: accepted() })).toEqual(['RAW_DESTINATION_DIFFERS'])
})
