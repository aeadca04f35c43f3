import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDigestOf, type Content } from '../../src/describe/content-digest.ts'
import { codesOf, questionOf, request, TO, v1KeySign, v2KeySign, type Members } from './requests.ts'

const bitcoin = { chain_id: 'BTC', token_id: 'BTC' }
const ADDRESSES = [
  '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h',
  '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt',
  '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd',
  'an address that cannot be read',
]

interface Paid {
  readonly address: string
  readonly amount: string
}

const outputs = fc.array(
  fc.record({ address: fc.constantFrom(...ADDRESSES), amount: fc.integer({ min: 0, max: 1_000_000 }).map(String) }),
  { minLength: 1, maxLength: 8 },
)
const digestOf = (utxo_outputs: readonly Paid[]) =>
  questionOf(v2KeySign({ transaction: bitcoin, destination: { destination_type: 'Address', utxo_outputs } }))
    .contentDigest

describe('the content digest of a payment', () => {
  it('is 64 hex digits', () => {
    expect(questionOf(v2KeySign()).contentDigest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('stays the same when the outputs stand in another order', () => {
    const shuffled = outputs.chain((paid) =>
      fc.tuple(fc.constant(paid), fc.shuffledSubarray(paid, { minLength: paid.length, maxLength: paid.length })),
    )
    fc.assert(
      fc.property(shuffled, ([paid, reordered]) => {
        expect(digestOf(reordered)).toBe(digestOf(paid))
      }),
      { numRuns: 50 },
    )
  })

  it('changes when any amount changes', () => {
    const changed = fc.tuple(outputs, fc.nat(), fc.integer({ min: 1, max: 1_000 }))
    fc.assert(
      fc.property(changed, ([paid, at, more]) => {
        const index = at % paid.length
        const other = paid.map((output, i) =>
          i === index ? { ...output, amount: String(Number(output.amount) + more) } : output,
        )
        expect(digestOf(other)).not.toBe(digestOf(paid))
      }),
      { numRuns: 50 },
    )
  })

  it('changes when any destination changes', () => {
    const changed = fc.tuple(outputs, fc.nat(), fc.integer({ min: 1, max: ADDRESSES.length - 1 }))
    fc.assert(
      fc.property(changed, ([paid, at, by]) => {
        const index = at % paid.length
        const next = (address: string) => ADDRESSES[(ADDRESSES.indexOf(address) + by) % ADDRESSES.length] ?? ''
        const other = paid.map((output, i) => (i === index ? { ...output, address: next(output.address) } : output))
        expect(digestOf(other)).not.toBe(digestOf(paid))
      }),
      { numRuns: 50 },
    )
  })

  it('changes when an output is added, also one of nothing', () => {
    fc.assert(
      fc.property(outputs, (paid) => {
        expect(digestOf([...paid, { address: TO, amount: '0' }])).not.toBe(digestOf(paid))
      }),
      { numRuns: 50 },
    )
  })

  it('changes with the tag', () => {
    const tagged = (memo: string | null) =>
      questionOf(
        v2KeySign({
          transaction: { chain_id: 'XRP', token_id: 'XRP' },
          destination: {
            destination_type: 'Address',
            account_output: { address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', memo, amount: '1' },
          },
        }),
      ).contentDigest
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.option(fc.string({ minLength: 1 })), { minLength: 2, maxLength: 2 }),
        ([one, other]) => {
          expect(tagged(one ?? null)).not.toBe(tagged(other ?? null))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('does not change with the spelling of an address', () => {
    const spelled = (address: string) =>
      questionOf(v2KeySign({ destination: { destination_type: 'Address', account_output: { address, amount: '1' } } }))
    const lower = spelled(TO)
    expect(spelled('0x44DECA05623D5D85FAA426C972064A944591561F').contentDigest).toBe(lower.contentDigest)
  })

  const original = questionOf(v2KeySign()).contentDigest
  const v1Original = questionOf(v1KeySign()).contentDigest

  it.each<[string, Members]>([
    ['the fee', { fee: { fee_type: 'EVM_EIP_1559', max_fee_per_gas: '9', token_id: 'SETH' } }],
    ['the timestamps', { created_timestamp: 1, updated_timestamp: 2 }],
    ['the request id', { request_id: 'another' }],
    ['the status', { status: 'Broadcasting', sub_status: 'PendingSignerProcessing' }],
    ['the description', { description: 'another' }],
    ['the initiator', { initiator: 'another' }],
    ['the nonce', { raw_tx_info: { used_nonce: 99 } }],
    ['the transaction id', { cobo_id: 'another' }],
  ])('does not change with %s', (_, transaction) => {
    expect(questionOf(v2KeySign({ transaction })).contentDigest).toBe(original)
  })

  it('does not change with display names and the hashes of a replacement', () => {
    const extra = { org: { org_id: 'SYNTHETIC', name: 'another' } }
    expect(questionOf(v2KeySign({ extra })).contentDigest).toBe(original)
    expect(questionOf(v2KeySign({ detail: { msg_hash_list: ['ab'.repeat(32)] } })).contentDigest).toBe(original)
  })

  it.each<[string, Members]>([
    ['the wallet', { wallet: null }],
    [
      'the sources',
      { source_addresses: [{ address: '0x1111111111111111111111111111111111111111', chain_id: 'SETH' }] },
    ],
  ])('changes with %s', (_, extra) => {
    expect(questionOf(v2KeySign({ extra })).contentDigest).not.toBe(original)
  })

  it('changes with the chain', () => {
    expect(questionOf(v2KeySign({ transaction: { chain_id: 'ETH', token_id: 'ETH' } })).contentDigest).not.toBe(
      original,
    )
  })

  it.each<[string, Members]>([
    ['the fee', { fee: 99, gas_price: '1', gas_limit: 5 }],
    ['the ids', { cobo_id: 'another', api_request_id: 'another' }],
    ['the note', { note: 'another' }],
  ])('of v1 does not change with %s', (_, extra) => {
    expect(questionOf(v1KeySign(extra)).contentDigest).toBe(v1Original)
  })

  it.each<[string, Members]>([
    ['the amount', { amount: '10000000000001' }],
    ['the destination', { to_address: '0x1111111111111111111111111111111111111111' }],
    ['the source', { from_address: '0x1111111111111111111111111111111111111111' }],
    ['the coin', { coin: 'ETH' }],
    ['the operation', { operation: 201 }],
  ])('of v1 changes with %s', (_, extra) => {
    expect(questionOf(v1KeySign(extra)).contentDigest).not.toBe(v1Original)
  })
})

describe('the content digest of a contract call', () => {
  const base = { destination_type: 'EVM_Contract', address: TO, calldata: '0xa9059cbb00', value: '1' }
  const called = (change: Members = {}) =>
    questionOf(v2KeySign({ transaction: { type: 'ContractCall' }, destination: { ...base, ...change } })).contentDigest

  it.each<[string, Members]>([
    ['the call data', { calldata: '0xa9059cbb01' }],
    ['the value', { value: '2' }],
    ['the contract', { address: '0x1111111111111111111111111111111111111111' }],
  ])('changes with %s', (_, change) => {
    expect(called(change)).not.toBe(called())
  })

  it('does not change with what is only shown', () => {
    expect(called({ calldata_info: { name: 'Harmless' }, calldata: '0xA9059CBB00' })).toBe(called())
  })

  it('differs from a payment of the same value to the same address', () => {
    const destination = { destination_type: 'Address', account_output: { address: TO, amount: '1' } }
    expect(called()).not.toBe(questionOf(v2KeySign({ destination })).contentDigest)
  })
})

describe('the content digest of a ceremony', () => {
  const detail = { threshold: 2, node_ids: ['a', 'b'], curve: 0, task_id: 't', biz_task_id: 'b' }
  const extra = { org: { org_id: 'SYNTHETIC' } }
  const original = questionOf(request('cobo-v2', 1, detail, extra))

  it('is described without anything that moves', () => {
    expect(original).toMatchObject({
      kind: 'keygen',
      operation: 'ceremony',
      transactionId: 'b',
      outputs: [],
      signingHashes: [],
    })
    expect(original).not.toHaveProperty('totalAtomic')
  })

  it.each<[string, Members]>([
    ['threshold', { threshold: 1 }],
    ['node_ids', { node_ids: ['a', 'c'] }],
    ['the order of node_ids', { node_ids: ['b', 'a'] }],
    ['curve', { curve: 2 }],
  ])('changes with %s', (_, change) => {
    expect(questionOf(request('cobo-v2', 1, { ...detail, ...change }, extra)).contentDigest).not.toBe(
      original.contentDigest,
    )
  })

  it('does not change with the order of members', () => {
    const reversed = Object.fromEntries(Object.entries(detail).reverse())
    expect(questionOf(request('cobo-v2', 1, reversed, extra)).contentDigest).toBe(original.contentDigest)
  })

  it.each([
    ['keyreshare', 3, { biz_task_id: 'b', new_threshold: 1, new_node_ids: ['evil'] }],
    ['keysharesign', 5, { biz_task_id: 'b', details: [{ group_id: 'g', message: 'ab' }] }],
  ])('covers %s', (kind, type, members) => {
    const question = questionOf(request('cobo-v2', type, members, extra))
    expect(question).toMatchObject({ kind, operation: 'ceremony' })
    expect(question.contentDigest).not.toBe(original.contentDigest)
  })

  it('of two kinds with the same detail differs', () => {
    const asked = (type: number) => request('cobo-v2', type, { biz_task_id: 'b', task_id: 't' }, extra)
    expect(questionOf(asked(1)).contentDigest).not.toBe(questionOf(asked(3)).contentDigest)
  })

  it('of v1 takes its ids from extra_info', () => {
    const asked = request('cobo-v1', 1, { threshold: 2, node_ids: ['a'] }, { cobo_id: 'c', api_request_id: 'r' })
    expect(codesOf(asked)).toEqual([])
    expect(questionOf(asked)).toMatchObject({ transactionId: 'c', reference: 'r', operation: 'ceremony' })
  })
})

describe('every part of the content', () => {
  const contract = { address: TO, calldata: 'a9059cbb', valueAtomic: 1n }
  const content: Content = {
    operation: 'contract-call',
    sources: ['a', 'b'],
    outputs: [],
    contract,
    payload: { said: 1 },
  }
  const original = contentDigestOf(content)

  it.each<[string, Partial<Content>]>([
    ['operation', { operation: 'other' }],
    ['wallet', { wallet: 'hot-1' }],
    ['sources', { sources: ['a'] }],
    ['outputs', { outputs: [{ addressText: 'a', own: false }] }],
    ['call data', { contract: { ...contract, calldata: '' } }],
    ['value', { contract: { ...contract, valueAtomic: 2n } }],
    ['payload', { payload: { said: '1' } }],
  ])('counts by itself: %s', (_, change) => {
    expect(contentDigestOf({ ...content, ...change })).not.toBe(original)
  })

  it('does not count what is undefined, nor the order of sources', () => {
    expect(contentDigestOf({ ...content, sources: ['b', 'a'], payload: { said: 1, more: undefined } })).toBe(original)
  })
})
