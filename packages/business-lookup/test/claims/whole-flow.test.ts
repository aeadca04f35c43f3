import type { CoboPackage } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { keyOf, pay, startCheckerRig } from './checker-rig.ts'

// Over HTTP with the simulator's node, real databases, and the records and keys of checker-kit.
const REF = 'WD-00000001'

/** The same request to another key: another group or path, whatever root key stands beside it. */
const byKey = (content: CoboPackage, change: object, requestId: string): CoboPackage => ({
  ...content,
  request_id: requestId,
  request_detail: JSON.stringify({ ...(JSON.parse(content.request_detail ?? '{}') as object), ...change }),
})
const OTHER_KEYS = [
  ['group', { group_id: 'another-group' }],
  ['path', { bip32_path_list: ['m/44/60/0/0/9'] }],
  ['root key', { root_pub_key: 'another-root' }],
  ['tweak', { tweak_list: ['0x01'] }],
] as const

test('B10: a callback that is faster than the business system gets no answer yet, and an approval once it is there', async () => {
  const rig = await startCheckerRig()
  const early = pay('tx-1', { nonce: 7n })
  expect(await rig.ask(early)).toContain('INTENT_NOT_FOUND')
  const recorded = () =>
    rig.database.query<{ outcome: string; codes: readonly string[] }>({
      text: 'select outcome, codes from verdict_record order by record_id',
    })
  const notYet = { outcome: 'unable', codes: ['INTENT_NOT_FOUND'] }
  expect(await recorded()).toEqual([notYet])
  expect(await rig.claims()).toEqual([])
  await rig.add(REF)
  expect(await rig.ask(early)).toBe('approve')
  expect(await recorded()).toEqual([notYet, { outcome: 'approve', codes: [] }])
})

test('B13: the same transaction with the same hashes is approved again by the same claim, with other hashes it is not', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const first = pay('tx-1', { nonce: 7n })
  expect(await rig.ask(first)).toBe('approve')
  expect(await rig.ask(first)).toBe('approve')
  // Another request of the node for the same transaction.
  expect(await rig.ask(pay('tx-1', { nonce: 7n, requestId: 'again' }))).toBe('approve')
  expect(await rig.ask(pay('tx-1', { nonce: 8n }))).toContain('SECOND_SIGNATURE')
  expect(await rig.claims()).toEqual([`held ${REF} tx-1`])
  expect(await rig.database.query({ text: 'select 1 from claim_holder' })).toHaveLength(1)
  expect(await rig.metric('callback_quorum_lookup_claims_total')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/result="claimed".* 1$/),
      expect.stringMatching(/result="again".* 2$/),
    ]),
  )
})

test.each(OTHER_KEYS)(
  'B13: the same hashes for another %s are a signature of another account, which would pay once more',
  async (_, change) => {
    const rig = await startCheckerRig()
    await rig.add(REF)
    const first = pay('tx-1', { nonce: 7n })
    expect(await rig.ask(first)).toBe('approve')
    expect(await rig.ask(byKey(first, change, 'other-key'))).toContain('SECOND_SIGNATURE')
    expect(await rig.ask(byKey(first, {}, 'same-key'))).toBe('approve')
    // Once it was given back, the key may be another one.
    for (const requestId of [first.request_id ?? '', 'same-key'])
      await rig.tell({ ...first, request_id: requestId }, 'rejected')
    expect(await rig.claims()).toEqual([`released ${REF}`])
    expect(await rig.ask(byKey(first, change, 'after'))).toBe('approve')
  },
)

test('B14: a second transaction of the reference is rejected, also under the id of a speed-up', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
  expect(await rig.ask(pay('tx-2', { nonce: 8n }))).toContain('REF_ALREADY_USED')
  expect(await rig.ask(pay('tx-3', { nonce: 8n, reference: `${REF}-R1` }))).toContain('REF_ALREADY_USED')
  expect(await rig.metric('callback_quorum_lookup_claims_total')).toContainEqual(
    expect.stringMatching(/result="refused".* 2$/),
  )
})

test('B15: of 20 transactions asked for at once, exactly one is approved', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const said = await Promise.all(
    Array.from({ length: 20 }, (_, n) => rig.ask(pay(`tx-${String(n)}`, { nonce: BigInt(n) }))),
  )
  expect(said.filter((text) => text === 'approve')).toHaveLength(1)
  expect(said.filter((text) => text.includes('REF_ALREADY_USED'))).toHaveLength(19)
  expect(await rig.claims()).toHaveLength(1)
})

describe('B16: a speed-up', () => {
  test('with the same nonce of the same account joins the claim, and the record names what it replaces', async () => {
    const rig = await startCheckerRig()
    await rig.add(REF)
    expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
    expect(await rig.ask(pay('tx-2', { nonce: 7n, feeModel: 'legacy', reference: `${REF}-R1` }))).toBe('approve')
    expect(await rig.claims()).toEqual([`held ${REF} tx-1,tx-2`])
    const [record] = await rig.database.query<{ evidence: unknown }>({
      text: 'select evidence from verdict_record order by record_id desc limit 1',
    })
    expect(record?.evidence).toMatchObject({ 'known-payment': { claim: 'replaced', replaces: [keyOf('tx-1')] } })
    // The first one may be asked about again: it still excludes the other.
    expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
  })

  test('with another nonce, or of another account, is rejected', async () => {
    const rig = await startCheckerRig()
    await rig.add(REF)
    expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
    expect(await rig.ask(pay('tx-2', { nonce: 8n }))).toContain('REF_ALREADY_USED')
    expect(await rig.ask(pay('tx-2', { nonce: 7n, addressIndex: 1 }))).toContain('REF_ALREADY_USED')
  })

  test('by another group is rejected: its key may be another account, whose nonce is its own', async () => {
    const rig = await startCheckerRig()
    await rig.add(REF)
    expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
    const other = byKey(pay('tx-2', { nonce: 7n, feeModel: 'legacy' }), { group_id: 'another-group' }, 'other')
    expect(await rig.ask(other)).toContain('REF_ALREADY_USED')
    expect(await rig.claims()).toEqual([`held ${REF} tx-1`])
  })

  test('whose bytes pay somebody else than its description is rejected: nothing binds, so nothing is replaced', async () => {
    const rig = await startCheckerRig()
    await rig.add(REF)
    expect(await rig.ask(pay('tx-1', { nonce: 7n }))).toBe('approve')
    const lie = pay('tx-2', {
      nonce: 7n,
      to: `0x${'9'.repeat(40)}`,
      describedAs: { to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd' },
    })
    expect(await rig.ask(lie)).toContain('REF_ALREADY_USED')
  })
})

test('B17: the outcome of a rejected attempt frees the reference, once; what the platform says does not', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const [first, second, third] = [pay('tx-1', { nonce: 7n }), pay('tx-2', { nonce: 8n }), pay('tx-3', { nonce: 9n })]
  expect(await rig.ask(first)).toBe('approve')
  await rig.say(first, 'failed')
  expect(await rig.ask(second)).toContain('REF_ALREADY_USED')
  await rig.tell(first, 'rejected')
  expect(await rig.ask(second)).toBe('approve')
  await rig.tell(first, 'rejected')
  await rig.say(second, 'failed')
  expect(await rig.ask(third)).toContain('REF_ALREADY_USED')
  expect(await rig.claims()).toEqual([`released ${REF}`, `held ${REF} tx-2`])
  const held = (await rig.admin('viewer', '/v1/claims?state=held')).body['claims'] as readonly { id: string }[]
  const { body } = await rig.admin('viewer', `/v1/claims/${held[0]?.id ?? ''}`)
  expect(body).toMatchObject({
    state: 'held',
    platform_said: [{ business_key: keyOf('tx-2'), caller: 'node', event: 'request.keysign.failed' }],
  })
  // And the first one, which gave it back, was signed after all: somebody has to look.
  await rig.say(first, 'succeeded')
  expect(await rig.metric('callback_quorum_lookup_claims_total')).toContainEqual(
    expect.stringMatching(/result="contradicted".* 1$/),
  )
  expect(await rig.claims()).toEqual([`released ${REF}`, `held ${REF} tx-2`])
})

test('B18: an intent that is edited between two askings is rejected, whatever was approved before', async () => {
  const rig = await startCheckerRig()
  await rig.add(REF)
  const first = pay('tx-1', { nonce: 7n })
  expect(await rig.ask(first)).toBe('approve')
  await rig.payouts.query({ text: `update withdrawal set amount = '2'` })
  expect(await rig.ask(first)).toContain('AMOUNT_MISMATCH')
  await rig.payouts.query({ text: `update withdrawal set amount = '1', state = 'cancelled'` })
  expect(await rig.ask(first)).toContain('INTENT_STATUS')
  // Also where intent and request were changed together.
  await rig.payouts.query({ text: `update withdrawal set amount = '2', state = 'approved'` })
  expect(await rig.ask(pay('tx-1', { nonce: 7n, amount: '2' }))).toContain('IDEMPOTENCY_CONFLICT')
  expect(await rig.claims()).toEqual([`held ${REF} tx-1`])
})
