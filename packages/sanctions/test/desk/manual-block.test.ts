import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codesOf, paymentTo, questionOf } from '../asking.ts'
import { CLEAN, CLEAN_BTC } from '../rule-under-test.ts'
import { ASSETS, refusal, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const HOUR_MS = 3_600_000
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const ALSO_LISTED = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const ROWS = [
  rowOf(LISTED, { partyId: 'P1', partyName: 'Lazarus Group' }),
  rowOf(ALSO_LISTED, { partyId: 'P1', code: 'XBT', featureId: '101' }),
  rowOf('TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW', { partyId: 'P2', code: 'TRX' }),
]
const chain = (id: string) => {
  const found = ASSETS.chain(id)
  if (found === undefined) throw new Error(`no chain ${id}`)
  return found
}
const ETHEREUM = chain('ethereum')

let rig: DeskRig
beforeEach(async () => {
  rig = await startDeskRig({ index: await indexOfRows(ROWS) })
})
afterEach(() => rig.testDatabase.drop())

const block = async (more: object = {}): Promise<Record<string, unknown>> => ({
  kind: 'block',
  address: CLEAN,
  scope: '*',
  reason: 'seen in a fraud',
  source_ref: 'case 17',
  review_at: await rig.inMs(30 * 24 * HOUR_MS),
  ...more,
})
const askFor = async (address: string, chainId = 'ethereum'): Promise<readonly string[]> =>
  codesOf(await rig.claim(paymentTo(chain(chainId), address)))

test('[S25] a clean address blocked by two people for an hour is rejected, and approved when that is over', async () => {
  expect(await askFor(CLEAN)).toEqual([])
  const id = await rig.propose('olga', await block({ expires_at: await rig.inMs(HOUR_MS) }))
  expect(await askFor(CLEAN)).toEqual([])
  await expect(rig.approve('olga', id)).rejects.toMatchObject(refusal(403, /olga proposed it/))
  expect(await askFor(CLEAN)).toEqual([])
  expect(await rig.approve('anna', id)).toMatchObject({ state: 'applied', effect: { block_id: '1' } })

  await rig.testDatabase.advance(HOUR_MS - 1)
  expect(await rig.claim(paymentTo(ETHEREUM, CLEAN))).toMatchObject({
    outcome: 'reject',
    objections: [{ code: 'INTERNAL_BLOCK', text: `destination ${CLEAN} is blocked by our own entry 1` }],
    evidence: { blocks: [{ blockId: '1', reason: 'seen in a fraud', sourceRef: 'case 17', scope: '*' }] },
  })
  await rig.testDatabase.advance(1)
  expect(await askFor(CLEAN)).toEqual([])

  expect(rig.logged).toContainEqual(
    expect.objectContaining({ msg: 'a proposal was applied', kind: 'block', proposedBy: 'olga', approvedBy: 'anna' }),
  )
})

test('a block begins when it says so, and not before', async () => {
  await rig.decide(await block({ effective_from: await rig.inMs(HOUR_MS) }))
  expect(await askFor(CLEAN)).toEqual([])
  await rig.testDatabase.advance(HOUR_MS)
  expect(await askFor(CLEAN)).toEqual(['INTERNAL_BLOCK'])
})

describe('a block covers', () => {
  test.each([
    ['every chain of the family', 'polygon', CLEAN],
    ['the same key on TRON', 'tron', `41${CLEAN.slice(2).toLowerCase()}`],
    ['another spelling', 'ethereum', CLEAN.toLowerCase()],
  ])('%s', async (_, chainId, address) => {
    await rig.decide(await block())
    expect(await askFor(address, chainId)).toEqual(['INTERNAL_BLOCK'])
    await rig.decide({ kind: 'revoke-block', block_id: '1', reason: 'mistaken' })
    expect(await askFor(address, chainId)).toEqual([])
  })

  test('the same public key in other Bitcoin scripts', async () => {
    await rig.decide(await block({ address: 'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s' }))
    rig.use(await indexOfRows([rowOf(CLEAN_BTC, { code: 'XBT' })]))
    for (const address of [ALSO_LISTED, '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg'])
      expect(await askFor(address, 'bitcoin')).toEqual(['INTERNAL_BLOCK'])
  })

  test('one chain only where it says so', async () => {
    await rig.decide(await block({ scope: 'polygon' }))
    expect(await askFor(CLEAN)).toEqual([])
    expect(await askFor(CLEAN, 'polygon')).toEqual(['INTERNAL_BLOCK'])
  })

  test('every role: a source, a contract', async () => {
    await rig.decide(await block())
    const clean = paymentTo(ETHEREUM, '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd')
    expect(codesOf(await rig.claim(clean))).toEqual([])
    expect(codesOf(await rig.claim(questionOf({ ...clean, sources: [CLEAN] })))).toEqual(['INTERNAL_BLOCK'])
    const contract = { address: CLEAN, calldata: '' }
    expect(codesOf(await rig.claim(questionOf({ ...clean, contract })))).toEqual(['INTERNAL_BLOCK'])
  })

  test('a party that was taken off the list while its removal is held', async () => {
    const held = [{ ...rowOf(LISTED), removedBy: 'ab'.repeat(32) }]
    rig.use(await indexOfRows([rowOf(CLEAN_BTC, { code: 'XBT', partyId: 'P2' })], held))
    const { address: _, ...rest } = await block({ party: { source: 'ofac-sdn', party_id: 'P1' } })
    await rig.decide(rest)
    expect(await askFor(LISTED)).toEqual(['INTERNAL_BLOCK', 'SANCTIONS_MATCH'])
    rig.use(await indexOfRows([rowOf(CLEAN_BTC, { code: 'XBT', partyId: 'P2' })]))
    expect(await askFor(LISTED)).toEqual(['INTERNAL_BLOCK'])
  })

  test('a party with all addresses that it had, also after it was taken off the list', async () => {
    const id = await rig.propose('olga', {
      ...(await block({ scope: '*' })),
      address: undefined,
      party: { source: 'ofac-sdn', party_id: 'P1' },
    })
    expect(await rig.approve('anna', id)).toMatchObject({
      party_name: 'Lazarus Group',
      addresses: [LISTED, ALSO_LISTED],
    })
    rig.use(await indexOfRows([rowOf('TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW', { code: 'TRX' })]))
    expect(await askFor(LISTED)).toEqual(['INTERNAL_BLOCK'])
    expect(await askFor(ALSO_LISTED, 'bitcoin')).toEqual(['INTERNAL_BLOCK'])
  })
})

test('our own block comes before the list, and both are said', async () => {
  await rig.decide(await block({ address: LISTED }))
  expect(await askFor(LISTED)).toEqual(['INTERNAL_BLOCK', 'SANCTIONS_MATCH'])
})

test('a block holds on a stale list too', async () => {
  await rig.decide(await block())
  rig.age(48 * HOUR_MS)
  expect(await askFor(CLEAN)).toEqual(['INTERNAL_BLOCK'])
  expect(await askFor('0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd')).toEqual(['LIST_STALE'])
})

describe('taking a block back', () => {
  test('needs two people as well, and is done once', async () => {
    await rig.decide(await block())
    const revoke = { kind: 'revoke-block', block_id: '1', reason: 'mistaken' }
    const [id, again] = [await rig.propose('olga', revoke), await rig.propose('otto', revoke)]
    await expect(rig.approve('olga', id)).rejects.toMatchObject(refusal(403, /another person/))
    expect(await askFor(CLEAN)).toEqual(['INTERNAL_BLOCK'])
    await rig.approve('anna', id)
    expect(await askFor(CLEAN)).toEqual([])
    await expect(rig.approve('anna', again)).rejects.toMatchObject(refusal(409, /revoked already/))
    await expect(rig.propose('otto', revoke)).rejects.toMatchObject(refusal(409, /revoked already/))
  })

  test('is refused for one that is not there', async () => {
    const revoke = { kind: 'revoke-block', block_id: '7', reason: 'mistaken' }
    await expect(rig.propose('olga', revoke)).rejects.toMatchObject(refusal(404, /no block 7/))
  })
})

describe('a block that would not do what people think is refused', () => {
  const cases: readonly (readonly [string, object, 400 | 404, RegExp])[] = [
    ['nothing named', { address: undefined }, 400, /either an address or a party/],
    ['address and party', { party: { source: 'ofac-sdn', party_id: 'P1' } }, 400, /either an address or a party/],
    ['a letter that only looks Latin', { address: 'T\u041d96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3' }, 400, /address: /],
    ['an address that nobody reads', { address: 'alice' }, 400, /no chain reads it/],
    ['a wrong checksum', { address: CLEAN.replace('BF26', 'bF26') }, 400, /checksum/],
    ['an unknown chain', { scope: 'etherium' }, 400, /scope: no chain/],
    ['an address of another chain', { scope: 'bitcoin' }, 400, /none of bitcoin/],
    [
      'a party that is not listed',
      { address: undefined, party: { source: 'ofac-sdn', party_id: 'P9' } },
      404,
      /party_id/,
    ],
    ['a list that is not loaded', { address: undefined, party: { source: 'eu', party_id: 'P1' } }, 404, /no list/],
    ['a review in the past', { review_at: '2025-01-01T00:00:00Z' }, 400, /review_at/],
    ['an end in the past', { expires_at: '2025-01-01T00:00:00Z' }, 400, /expires_at/],
    ['an end without a zone', { expires_at: '2027-01-01T00:00:00' }, 400, /expires_at/],
  ]
  test.each(cases)('%s', async (_, more, status, text) => {
    const written = Object.fromEntries(Object.entries(await block(more)).filter(([, value]) => value !== undefined))
    await expect(rig.propose('olga', written)).rejects.toMatchObject(refusal(status, text))
  })

  test('an end that has come before somebody approved', async () => {
    const id = await rig.propose('olga', await block({ expires_at: await rig.inMs(HOUR_MS) }))
    await rig.testDatabase.advance(HOUR_MS)
    await expect(rig.approve('anna', id)).rejects.toMatchObject(refusal(409, /which is over/))
  })
})
