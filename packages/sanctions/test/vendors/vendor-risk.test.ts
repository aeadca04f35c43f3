import { canonicalizeAddress, type Account, type Decoded, type Effect } from '@callback-quorum/chains'
import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chainOf, codesOf, outputTo, paymentTo, questionOf } from '../asking.ts'
import { CLEAN, CLEAN_BTC, LAZARUS } from '../rule-under-test.ts'
import { chainalysisAt, createVendorRig, ellipticAt, ETHEREUM, trmAt, type VendorRig } from './vendor-rig.ts'
import { json, text, type VendorServer } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

const clean = json({ identifications: [] })
const risky = json({ identifications: [{ category: 'sanctions', name: 'x' }] })
const broken = json({}, 400)
const unknown = json({ name: 'NotInBlockchain' }, 404)
const MINUTE_MS = 60_000

const askedOf = ({ received }: VendorServer): readonly string[] =>
  received.map(({ path }) => path.split('/').at(-1) ?? '').toSorted()

const lower = (...addresses: readonly string[]): readonly string[] =>
  addresses.map((address) => address.toLowerCase()).toSorted()

describe('without a judgement of a required vendor', () => {
  const later = (question: Question | undefined, minutes: number) => {
    const firstAskedAt = new Date(rig.nowMs)
    rig.nowMs += minutes * MINUTE_MS
    return [question, { firstAskedAt }] as const
  }

  test.each([
    ['VENDOR_UNKNOWN', unknown],
    ['VENDOR_UNAVAILABLE', broken],
  ])('%s is unable, and rejects ten minutes after the first asking', async (code, respond) => {
    const server = await rig.serve(respond)
    const { judge } = await rig.open([ellipticAt(server)])
    expect(await judge(...later(undefined, 9))).toMatchObject({ outcome: 'unable', code })
    expect(await judge(...later(undefined, 10))).toMatchObject({ outcome: 'reject', objections: [{ code }] })
  })

  test('giving up is the operator\u2019s to set', async () => {
    const server = await rig.serve(broken)
    const { judge } = await rig.open([ellipticAt(server, { give_up_after: '1h', breaker: { failures: 100 } })])
    expect((await judge(...later(undefined, 59))).outcome).toBe('unable')
    expect((await judge(...later(undefined, 60))).outcome).toBe('reject')
  })

  test.each([
    ['on_unknown', 'VENDOR_UNKNOWN', unknown, broken],
    ['on_error', 'VENDOR_UNAVAILABLE', broken, unknown],
  ])('%s: reject rejects at once, and only that', async (option, code, respond, other) => {
    const server = await rig.serve(respond)
    const { judge } = await rig.open([ellipticAt(server, { [option]: 'reject' })])
    expect(await judge()).toMatchObject({ outcome: 'reject', objections: [{ code }] })
    server.respond = other
    expect((await judge()).outcome).toBe('unable')
  })
})

describe('a vendor that is not required', () => {
  test('keeps nobody waiting by its silence, which stands in the record', async () => {
    const server = await rig.serve(broken)
    const { judge } = await rig.open([
      chainalysisAt(server, { required: false, on_error: 'reject', give_up_after: '0s' }),
    ])
    expect(await judge()).toMatchObject({
      outcome: 'approve',
      evidence: { vendors: [{ required: false, answers: [{ status: 'error', why: 'answered 400' }] }] },
    })
  })

  test('rejects all the same', async () => {
    const server = await rig.serve(risky)
    const { judge } = await rig.open([chainalysisAt(server, { required: false })])
    expect(codesOf(await judge())).toEqual(['VENDOR_RISK'])
  })
})

describe('several vendors', () => {
  test('are asked side by side; one rejection decides beside a failure, and all stand in the record', async () => {
    const servers = [await rig.serve(clean), await rig.serve(risky), await rig.serve(broken)] as const
    const vendors = servers.map((server, position) => chainalysisAt(server, { name: `vendor-${position}` }))
    const judgement = await (await rig.open(vendors)).judge()
    expect(judgement).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'VENDOR_RISK', evidence: { vendor: 'vendor-1' } }],
      evidence: {
        vendors: [{ answers: [{ status: 'ok' }] }, { answers: [{ status: 'ok' }] }, { answers: [{ status: 'error' }] }],
      },
    })
  })

  test('all must judge: one clean answer does not stand for another vendor', async () => {
    const good = await rig.serve(clean)
    for (const respond of [broken, unknown, text('null')]) {
      const bad = await rig.serve(respond)
      const { judge } = await rig.open([chainalysisAt(good), ellipticAt(bad)])
      expect((await judge()).outcome).toBe('unable')
    }
  })

  test('that object to one address each are all named', async () => {
    const server = await rig.serve(risky)
    const { judge } = await rig.open([chainalysisAt(server)])
    const judgement = await judge(
      questionOf({ chain: ETHEREUM, outputs: [outputTo(ETHEREUM, CLEAN), outputTo(ETHEREUM, LAZARUS)] }),
    )
    expect(codesOf(judgement)).toEqual(['VENDOR_RISK', 'VENDOR_RISK'])
  })
})

describe('which addresses are asked about', () => {
  const OWN = '0x00000000219ab540356cBB839Cbe05303d7705Fa'
  const GRANTEE = '0x1111111111111111111111111111111111111111'
  const CONTRACT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
  const question = questionOf({
    chain: ETHEREUM,
    outputs: [
      outputTo(ETHEREUM, CLEAN),
      outputTo(ETHEREUM, CLEAN.toLowerCase()),
      { ...outputTo(ETHEREUM, OWN), own: true },
    ],
    contract: { address: CONTRACT, calldata: '0x' },
    sources: [LAZARUS],
  })

  test('destinations, each once however it is written; neither contracts nor sources', async () => {
    const server = await rig.serve(clean)
    await (await rig.open([chainalysisAt(server)])).judge(question)
    expect(askedOf(server)).toEqual(lower(CLEAN, OWN))
  })

  test('not our own by the address book; a request that calls an address ours changes nothing', async () => {
    const server = await rig.serve(clean)
    const ownKey = `key20:${OWN.toLowerCase().slice(2)}`
    const book = {
      ownerOf: (key: string, chain: string) => (key === ownKey && chain === 'ethereum' ? { wallet: 'w' } : undefined),
    }
    await (await rig.open([chainalysisAt(server)], book)).judge(question)
    await (await rig.open([chainalysisAt(server)], book)).judge(paymentTo({ ...ETHEREUM, id: 'polygon' }, OWN))
    expect(askedOf(server)).toEqual(lower(CLEAN, OWN))
    await (await rig.open([chainalysisAt(server, { own_addresses: 'ask' })], book)).judge(question)
    expect(askedOf(server)).toEqual(lower(CLEAN, OWN, CLEAN, OWN))
  })

  test('other roles when the operator says so', async () => {
    const server = await rig.serve(clean)
    await (await rig.open([chainalysisAt(server, { roles: ['contract', 'source'] })])).judge(question)
    expect(askedOf(server)).toEqual(lower(CONTRACT, LAZARUS))
  })

  test('every recipient, spender and grantee that only the bytes name', async () => {
    const server = await rig.serve(clean)
    const account = (address: string): Account => ({
      text: address,
      key: canonicalizeAddress('evm', 'mainnet', address).key,
    })
    const holding = { kind: 'token', contract: account(OWN) } as const
    const effects: readonly Effect[] = [
      { effect: 'transfer', at: '0', holding, from: account(OWN), to: account(LAZARUS), amountAtomic: 1n },
      {
        effect: 'allowance',
        at: '1',
        holding,
        spender: account(CONTRACT),
        mode: 'set',
        amountAtomic: 1n,
        isUnlimited: false,
      },
      { effect: 'power', at: '2', power: 'ownership', subject: account(OWN), grantee: account(GRANTEE) },
    ]
    const decoded: Decoded = { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects }
    const bound = { ...paymentTo(ETHEREUM, CLEAN), binding: { decoded, outflows: [], isOwn: () => false, slots: [] } }
    await (await rig.open([chainalysisAt(server)])).judge(bound)
    expect(askedOf(server)).toEqual(lower(CLEAN, LAZARUS, CONTRACT, GRANTEE))
  })
})

describe('an address that a vendor cannot judge', () => {
  const CARDS: readonly (readonly [what: string, question: Question])[] = [
    [
      'of a family that it is not said to cover',
      paymentTo(chainOf('solana'), 'So11111111111111111111111111111111111111112'),
    ],
    ['of a test network', paymentTo({ ...ETHEREUM, network: 'testnet' }, CLEAN)],
  ]

  test.each(CARDS)('%s is unknown, unless the operator leaves it to the others', async (_, question) => {
    const server = await rig.serve(clean)
    expect(await (await rig.open([chainalysisAt(server)])).judge(question)).toMatchObject({
      outcome: 'unable',
      code: 'VENDOR_UNKNOWN',
      text: expect.stringContaining('does not judge addresses of this chain') as string,
    })
    expect(
      (await (await rig.open([chainalysisAt(server, { outside_coverage: 'skip' })])).judge(question)).outcome,
    ).toBe('approve')
    expect(server.received).toEqual([])
  })

  test('on a chain that TRM has no word for is unknown', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([trmAt(server)])
    expect(codesOf(await judge(paymentTo({ ...ETHEREUM, id: 'polygon' }, CLEAN)))).toEqual(['VENDOR_UNKNOWN'])
    expect(server.received).toEqual([])
  })

  test.each([
    ['that is no address of its chain', paymentTo(ETHEREUM, 'not an address')],
    ['on an unknown chain', paymentTo(undefined, CLEAN)],
    [
      'in a spelling that vendors do not look up',
      paymentTo(chainOf('tron'), '41e950dc316b836e4eefb8308bf32bf7c72a1358ff'),
    ],
  ])('%s is unknown and never sent', async (_, question) => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { outside_coverage: 'skip' })])
    expect(codesOf(await judge(question))).toEqual(['VENDOR_UNKNOWN'])
    expect(server.received).toEqual([])
  })
})

test.each([
  ['bitcoin', CLEAN_BTC, CLEAN_BTC],
  ['bitcoin', 'BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
  ['tron', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'],
  ['evm', CLEAN, CLEAN.toLowerCase()],
] as const)('an address of %s, %s, is asked about as %s', async (family, written, asked) => {
  const server = await rig.serve(clean)
  expect((await (await rig.open([chainalysisAt(server)])).judge(paymentTo(chainOf(family), written))).outcome).toBe(
    'approve',
  )
  expect(askedOf(server)).toEqual([asked])
})

test('what a vendor says cannot put control characters or endless names into a public text', async () => {
  const server = await rig.serve(
    json({ identifications: [{ category: `a\u0000\n${'b'.repeat(500)}`, name: '\u202ex' }] }),
  )
  const judgement: Judgement = await (await rig.open([chainalysisAt(server)])).judge()
  if (judgement.outcome !== 'reject') throw new Error('not rejected')
  const { text: said } = judgement.objections[0]
  expect(said).toMatch(/^[\x20-\x7e]{1,300}$/)
})
