import type { Question } from '@callback-quorum/checker-kit'
import { businessKey } from '@callback-quorum/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { calldataDigest } from '../../src/record/read-calldata.ts'
import { outcomeOf, payment, settings, startLookupRig, type LookupRig } from '../lookup-rig.ts'

const OTHER = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

let rig: LookupRig
beforeAll(async () => {
  rig = await startLookupRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  await (await rig.business.open()).query({ text: 'delete from withdrawal' })
  await rig.database.query({ text: 'truncate claim, claim_holder, platform_said' })
})

type Stage = 'tx-approval' | 'tx-signing'

/** A payment of a vault account, as a Co-signer asks about it: nothing is hashed yet at the approval. */
function asked(
  stage: Stage,
  id = 'tx-1',
  more: Partial<Question> = {},
  paid: Parameters<typeof payment>[0] = {},
): Question {
  return {
    ...payment({ ...paid, id }),
    caller: 'cosigner-1',
    platform: 'fireblocks',
    dialect: 'fireblocks-jwt',
    signerId: 'user-1',
    kind: stage,
    businessKey: businessKey('fireblocks', 'acme', id),
    wallet: 'VAULT:0',
    signingHashes: stage === 'tx-signing' ? ['aa'] : [],
    ...more,
  }
}

/** As describe leaves the destination of a vault account at the approval. */
const withoutAddress = (question: Question): Question => ({
  ...question,
  outputs: question.outputs.map(({ address: _, ...output }) => ({ ...output, addressText: '' })),
})

describe.each<Stage>(['tx-approval', 'tx-signing'])('%s', (stage) => {
  test('is compared with the record of its external id', async () => {
    await rig.add({})
    expect(outcomeOf(await rig.judge(asked(stage)))).toBe('approve')
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', {}, { reference: null })))).toBe('REF_MISSING')
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', {}, { amountAtomic: 1n })))).toBe('AMOUNT_MISMATCH')
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', {}, { to: OTHER })))).toBe('DESTINATION_MISMATCH')
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', {}, { asset: 'POL' })))).toBe('ASSET_MISMATCH')
  })

  test('to a destination without an address is rejected', async () => {
    await rig.add({})
    expect(outcomeOf(await rig.judge(withoutAddress(asked(stage))))).toBe('DESTINATION_MISMATCH')
  })

  test('of an asset with tags is rejected: nothing says which tag is paid', async () => {
    const to = 'rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh'
    await rig.add({ asset: 'XRP', address: to })
    const paid = { asset: 'XRP', to, amountAtomic: 1_500_000n }
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', {}, paid)))).toBe('TAG_MISMATCH')
  })

  test('has its vault account compared with the source of the record', async () => {
    await rig.add({})
    const { map, compare } = settings(rig.readerUrl)
    const rules = {
      map: { ...map, source: { at: 'source' } },
      compare: { ...compare, source: { op: 'equal' as const } },
    }
    const query = `select *, 'VAULT:0' as source from withdrawal where reference = $1 limit 2`
    expect(outcomeOf(await rig.judge(asked(stage), { rules, query }))).toBe('approve')
    for (const wallet of ['VAULT:1', 'VAULT:00', 'vault:0'])
      expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', { wallet }), { rules, query }))).toBe('SOURCE_MISMATCH')
  })

  test('names no initiator, so that none can be compared', async () => {
    await rig.add({})
    const { map, compare } = settings(rig.readerUrl)
    const rules = {
      map: { ...map, initiator: { at: 'initiator' } },
      compare: { ...compare, initiator: { op: 'equal' as const } },
    }
    const query = `select *, 'alice' as initiator from withdrawal where reference = $1 limit 2`
    expect(outcomeOf(await rig.judge(asked(stage), { rules, query }))).toBe('INITIATOR_MISMATCH')
  })

  test('to several destinations is compared as a batch, each of them once', async () => {
    await rig.add({})
    await rig.add({ address: OTHER, amount: '2' })
    const { map, compare } = settings(rig.readerUrl)
    const rules = { map: { ...map, outputs: 'rows' as const }, compare }
    const query = 'select * from withdrawal where reference = $1'
    const [first] = asked(stage).outputs
    const [second] = asked(stage, 'tx-1', {}, { to: OTHER, amountAtomic: 2_000_000_000_000_000_000n }).outputs
    if (first === undefined || second === undefined) throw new Error('a payment has an output')
    const judge = async (outputs: Question['outputs']): Promise<string> =>
      outcomeOf(await rig.judge(asked(stage, 'tx-1', { outputs }), { rules, query }))
    expect(await judge([second, first])).toBe('approve')
    expect(await judge([first])).toBe('OUTPUTS_MISMATCH')
    expect(await judge([first, second, second])).toBe('OUTPUTS_MISMATCH')
    expect(await judge([first, { ...second, amountAtomic: 1n }])).toBe('OUTPUTS_MISMATCH')
    const { address: _, ...unknown } = second
    expect(await judge([first, { ...unknown, addressText: '' }])).toBe('OUTPUTS_MISMATCH')
  })

  test.each(['raw', 'message', 'other'] as const)('that is no payment (%s) is rejected', async (operation) => {
    await rig.add({})
    expect(outcomeOf(await rig.judge(asked(stage, 'tx-1', { operation })))).toBe('OUTPUTS_MISMATCH')
  })
})

describe('approval and signing', () => {
  const claims = () =>
    rig.database.query<{ state: string; signatures: number; holders: string }>({
      text: `select state, signatures, (select string_agg(split_part(business_key, ':', 3), ',' order by holder_id) from claim_holder h
               where h.claim_id = claim.claim_id and h.released_at is null) as holders from claim order by claim_id`,
    })

  test('share one claim of the reference, and the signing is the first signature', async () => {
    await rig.add({})
    expect((await rig.claim(asked('tx-approval'))).evidence).toEqual({ claim: 'claimed' })
    expect(await claims()).toEqual([{ state: 'held', signatures: 0, holders: 'tx-1' }])
    const second = asked('tx-approval', 'tx-1', { signerId: 'user-2', caller: 'cosigner-2' })
    expect((await rig.claim(second)).evidence).toEqual({ claim: 'again' })
    expect((await rig.claim(asked('tx-signing'))).evidence).toEqual({ claim: 'again' })
    expect(await claims()).toEqual([{ state: 'held', signatures: 1, holders: 'tx-1' }])
    // The other Co-signer of the pair signs with other devices the very same.
    const keyUse = { nodeIds: ['a', 'b'], paths: [], tweaks: [], sourceAddresses: [], vaultRootPubKeys: [] }
    await rig.claim(asked('tx-signing', 'tx-1', { keyUse }))
    await rig.claim(asked('tx-signing', 'tx-1', { keyUse: { ...keyUse, nodeIds: ['a', 'c'] }, signerId: 'user-2' }))
    // An approver who comes late gives no signature.
    await rig.claim(asked('tx-approval', 'tx-1', { signerId: 'user-3' }))
    expect(await claims()).toEqual([{ state: 'held', signatures: 1, holders: 'tx-1' }])
    await rig.claim(asked('tx-signing', 'tx-1', { signingHashes: ['bb'] }))
    expect(await claims()).toEqual([{ state: 'held', signatures: 2, holders: 'tx-1' }])
  })

  test('of another transaction cannot have the reference, whichever comes first', async () => {
    await rig.add({})
    expect(outcomeOf(await rig.claim(asked('tx-approval')))).toBe('approve')
    for (const stage of ['tx-approval', 'tx-signing'] as const)
      expect(outcomeOf(await rig.claim(asked(stage, 'tx-2')))).toBe('REF_ALREADY_USED')
    // The approval is let go of (approval_hold), another transaction takes the reference, and the first one comes to be signed.
    await rig.release(asked('tx-approval'))
    expect(outcomeOf(await rig.claim(asked('tx-signing', 'tx-2')))).toBe('approve')
    expect(outcomeOf(await rig.claim(asked('tx-signing')))).toBe('REF_ALREADY_USED')
  })

  test('a record that changed in between is not signed', async () => {
    await rig.add({})
    expect(outcomeOf(await rig.claim(asked('tx-approval')))).toBe('approve')
    await (await rig.business.open()).query({ text: `update withdrawal set address = '${OTHER}'` })
    expect(outcomeOf(await rig.claim(asked('tx-signing')))).toBe('DESTINATION_MISMATCH')
    expect(outcomeOf(await rig.claim(asked('tx-signing', 'tx-1', {}, { to: OTHER })))).toBe('INTENT_CHANGED')
  })
})

test('call data that is not hex is never compared: what is cut off would be equal to nothing', () => {
  expect(calldataDigest('')).toMatch(/^e3b0c442/)
  for (const text of ['0xa9059cbb', 'A9', 'a', 'a9 0'])
    expect(() => calldataDigest(text)).toThrow('invariant: call data is hex')
})
