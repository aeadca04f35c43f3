import { canonicalizeAddress, readListedAddress, type Chain, type ChainFamily } from '@callback-quorum/chains'
import type { Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AddressIndex } from '../src/list/address-index.ts'
import { readListFile, UNPACKED_BYTES_MAX } from '../src/list/read-list-file.ts'
import { listedAddress } from '../src/rules/listed-address.ts'
import { chainOf, codesOf, judge, NOW, outputTo, paymentTo, questionOf } from './asking.ts'
import { freshList, indexOf, V0304, V0321, V11 } from './lists.ts'

const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const CLEAN_BTC = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'
const ETH = chainOf('evm', 'ETH')

let v11: AddressIndex
let rule: Rule
beforeAll(async () => {
  v11 = await indexOf(V11)
  rule = ruleOf(v11)
})

const ruleOf = (
  index: AddressIndex,
  policy: Partial<{ sameKey: 'reject' | 'report'; addressChecksum: 'reject' | 'report' }> = {},
): Rule => listedAddress({ lists: [freshList(index)], sameKey: 'reject', addressChecksum: 'reject', ...policy })

const screen = (chain: Chain | undefined, address: string): Promise<Judgement> => judge(rule, paymentTo(chain, address))

const matchOf = (strength: string, more: object = {}): object => ({
  outcome: 'reject',
  objections: [
    {
      code: 'SANCTIONS_MATCH',
      evidence: { matches: expect.arrayContaining([expect.objectContaining({ strength, ...more })]) as unknown },
    },
  ],
})

describe('listed addresses, in whatever encoding (acceptance tests S01 to S17)', () => {
  const EVM_FORMS = [LAZARUS, LAZARUS.toLowerCase(), `0x${LAZARUS.slice(2).toUpperCase()}`]
  test.each(EVM_FORMS)('[S01, S02] rejects %s with party, program and version in evidence', async (address) => {
    expect(await screen(ETH, address)).toMatchObject({
      ...matchOf('L1', {
        partyName: 'Lazarus Group',
        programs: ['DPRK3'],
        versionSha: v11.versionSha,
        code: 'ETH',
        listRaw: LAZARUS,
      }),
      evidence: {
        screened: [{ role: 'destination', raw: address, keys: ['key20:098b716b8aaf21512996dc57eb0615e2383e2f96'] }],
        lists: [{ versionSha: v11.versionSha }],
      },
    })
  })

  test('[S03] a listed address with a wrong EIP-55 checksum is a match before it is a wrong checksum', async () => {
    expect(codesOf(await screen(ETH, LAZARUS.replace('B716B', 'b716B')))).toEqual([
      'SANCTIONS_MATCH',
      'ADDRESS_CHECKSUM',
    ])
  })

  test.each(['MATIC', 'BASE', 'BSC', 'ARBITRUM'])('[S04] one listing blocks on every EVM chain: %s', async (id) => {
    expect(await screen(chainOf('evm', id), LAZARUS)).toMatchObject(matchOf('L1'))
  })

  const CASES: readonly (readonly [
    id: string,
    family: ChainFamily,
    address: string,
    strength: string,
    more: object,
  ])[] = [
    ['S05 EVM bytes in TRON form', 'tron', 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB', 'L2', { partyName: 'Lazarus Group' }],
    [
      'S06 TRON as hex',
      'tron',
      '41e950dc316b836e4eefb8308bf32bf7c72a1358ff',
      'L1',
      { listRaw: 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW' },
    ],
    [
      'S06 TRON as its JSON-RPC prints it',
      'tron',
      '0xe950dc316b836e4eefb8308bf32bf7c72a1358ff',
      'L1',
      { listRaw: 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW' },
    ],
    ['S07 TRON filed under XBT', 'tron', 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq', 'L1', { code: 'XBT', partyId: '45404' }],
    ['S08 Bitcoin as published', 'bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', 'L1', { partyName: 'YAN Xiaobing' }],
    [
      'S09 P2WPKH of a listed P2PKH',
      'bitcoin',
      'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s',
      'L2',
      { partyName: 'YAN Xiaobing' },
    ],
    [
      'S09 P2SH-P2WPKH of a listed P2PKH',
      'bitcoin',
      '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg',
      'L2',
      { partyName: 'YAN Xiaobing' },
    ],
    [
      'S09 the same key on Bitcoin Cash',
      'bitcoin-cash',
      'bitcoincash:qq8hcurktwx5syzmtjde6v4dqc0qh9nhygze8xph84',
      'L1',
      {},
    ],
    ['S10 bech32 in capitals', 'bitcoin', 'BC1QV7K70U2ZYNVEM59U88CTDLAW7HC735D8XEP9RQ', 'L1', {}],
    ['S11 cashaddr with prefix', 'bitcoin-cash', 'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq', 'L1', {}],
    ['S11 cashaddr without prefix', 'bitcoin-cash', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq', 'L1', {}],
    ['S11 cashaddr in capitals', 'bitcoin-cash', 'QPF2CPHC5DKUCLKQUR7LHJ2YUQQ9PK3HMUKLE77VHQ', 'L1', {}],
    ['S11 legacy form of a cashaddr', 'bitcoin-cash', '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd', 'L1', {}],
    [
      'S12 old Litecoin form',
      'litecoin',
      '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt',
      'L1',
      { listRaw: 'M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3' },
    ],
    [
      'S13 XRP X-address with a tag',
      'xrp',
      'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB',
      'L1',
      { listRaw: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66' },
    ],
    ['in a payment URI', 'bitcoin', 'bitcoin:12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h?amount=1', 'L1', {}],
    ['with spaces around it', 'bitcoin', ' 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h ', 'L1', {}],
  ]
  test.each(CASES)('[%s] is rejected on %s: %s', async (_, family, address, strength, more) => {
    expect(await screen(chainOf(family), address)).toMatchObject(matchOf(strength, more))
  })

  test('[S10] mixed-case bech32 is no address', async () => {
    expect(codesOf(await screen(chainOf('bitcoin'), 'bc1QV7K70U2ZYNVEM59U88CTDLAW7HC735D8XEP9RQ'))).toEqual([
      'ADDRESS_INVALID',
    ])
  })

  test('[S14] a clean address is approved, with every list version in evidence', async () => {
    expect(await screen(ETH, CLEAN)).toEqual({
      outcome: 'approve',
      evidence: {
        screened: [
          {
            role: 'destination',
            raw: CLEAN,
            keys: [`key20:${CLEAN.slice(2).toLowerCase()}`],
            warnings: [],
            matches: [],
          },
        ],
        lists: [
          {
            state: 'fresh',
            source: 'ofac-sdn',
            versionSha: v11.versionSha,
            canonicalSetSha: v11.canonicalSetSha,
            dateOfIssue: '2025-11-19',
            rows: 761,
            parties: 79,
            parserVersion: 1,
            loadedAt: NOW.toISOString(),
            checkedAt: new Date(NOW.getTime() - 1_000).toISOString(),
            starter: false,
          },
        ],
      },
    })
  })

  test('[S15] an address with one character changed is invalid, never merely not listed', async () => {
    expect((await screen(chainOf('bitcoin'), CLEAN_BTC)).outcome).toBe('approve')
    expect(codesOf(await screen(chainOf('bitcoin'), CLEAN_BTC.replace('5SL', '5SM')))).toEqual(['ADDRESS_INVALID'])
  })

  test('[S16, S17] a delisted address is free under the new version, one listed for another reason is not', async () => {
    const [before, after] = [await indexOf(V0304), await indexOf(V0321)]
    const tornado = '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc'
    const stays = '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193'
    expect(await judge(ruleOf(before), paymentTo(ETH, tornado))).toMatchObject(
      matchOf('L1', { partyName: 'TORNADO CASH', versionSha: before.versionSha }),
    )
    expect(await judge(ruleOf(after), paymentTo(ETH, tornado))).toMatchObject({
      outcome: 'approve',
      evidence: { lists: [{ versionSha: after.versionSha }] },
    })
    for (const index of [before, after])
      expect(await judge(ruleOf(index), paymentTo(ETH, stays))).toMatchObject(matchOf('L1', { partyId: '44718' }))
  })

  test('[S23] the opaque value is rejected as a match although no chain can read it', async () => {
    const opaque = '5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320'
    expect(codesOf(await screen(chainOf('monero'), opaque))).toEqual(['SANCTIONS_MATCH', 'ADDRESS_INVALID'])
    expect((await screen(chainOf('monero'), opaque)).evidence).toMatchObject({
      screened: [{ matches: [{ strength: 'L3', code: 'XMR' }] }],
    })
  })

  test('[S24] an address listed under two parties shows both and stays when one of them goes', async () => {
    const address = '1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL'
    const matches = v11.find(address, readListedAddress(address))
    expect(new Set(matches.map(({ row }) => row.partyId)).size).toBe(2)
    expect(await screen(chainOf('bitcoin'), address)).toMatchObject({
      objections: [{ evidence: { matches: [{}, {}] } }],
    })
  })

  test('every row of the list is rejected on every chain that can read it, and as its bare string on any', async () => {
    const file = await readListFile(V11, UNPACKED_BYTES_MAX)
    for (const { value } of file.rows) {
      for (const { family } of readListedAddress(value))
        expect([value, family, codesOf(await screen(chainOf(family), value))[0]]).toEqual([
          value,
          family,
          'SANCTIONS_MATCH',
        ])
      expect(codesOf(await screen(undefined, value))).toEqual(['SANCTIONS_MATCH', 'CHAIN_UNSUPPORTED'])
    }
  })
})

describe('what is screened', () => {
  const withListed = (parts: Partial<Question>): Question =>
    questionOf({ chain: ETH, outputs: [outputTo(ETH, CLEAN)], ...parts })
  const CASES: readonly (readonly [what: string, question: Question, role: string])[] = [
    [
      'one of many destinations',
      withListed({ outputs: [outputTo(ETH, CLEAN), outputTo(ETH, LAZARUS), outputTo(ETH, CLEAN)] }),
      'destination',
    ],
    ['a destination of our own', withListed({ outputs: [{ ...outputTo(ETH, LAZARUS), own: true }] }), 'destination'],
    [
      'a destination that was described without its address',
      withListed({ outputs: [{ addressText: LAZARUS, own: false }] }),
      'destination',
    ],
    ['the contract', withListed({ contract: { address: LAZARUS, calldata: '' } }), 'contract'],
    ['a source', withListed({ sources: [LAZARUS] }), 'source'],
  ]
  test.each(CASES)('%s', async (_, question, role) => {
    expect(await judge(rule, question)).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'SANCTIONS_MATCH', evidence: { role, raw: LAZARUS } }],
    })
  })

  test('all objections are reported, matches first', async () => {
    const outputs = [outputTo(ETH, 'nonsense'), outputTo(ETH, LAZARUS)]
    expect(codesOf(await judge(rule, questionOf({ chain: ETH, outputs, operation: 'raw' })))).toEqual([
      'SANCTIONS_MATCH',
      'ADDRESS_INVALID',
      'CALLDATA_UNDECODED',
    ])
  })

  test('judges payments and nothing else', () => {
    expect(rule.kinds).toEqual(['keysign', 'tx-approval', 'tx-signing'])
    expect(() => listedAddress({ lists: [], sameKey: 'reject', addressChecksum: 'reject' })).toThrow(
      'at least one list',
    )
  })

  test('texts are printable and bounded whatever was asked', async () => {
    const judgement = await screen(ETH, `\u001b[31m\u0421${'x'.repeat(5_000)}`)
    const text = judgement.outcome === 'reject' ? judgement.objections[0].text : ''
    expect(text).toMatch(/^[\x20-\x7e]{1,200}$/)
    expect(judgement).toMatchObject({ objections: [{ code: 'ADDRESS_INVALID' }] })
  })
})

describe('policy', () => {
  test('same_key: report leaves a match of the same key in the evidence and approves', async () => {
    const judgement = await judge(
      ruleOf(v11, { sameKey: 'report' }),
      paymentTo(chainOf('tron'), 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB'),
    )
    expect(judgement).toMatchObject({ outcome: 'approve', evidence: { screened: [{ matches: [{ strength: 'L2' }] }] } })
  })

  test.each([
    ['L1', ETH, LAZARUS],
    ['L3', chainOf('monero'), '5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320'],
  ] as const)('same_key: report does not soften a match of strength %s', async (_, chain, address) => {
    expect(codesOf(await judge(ruleOf(v11, { sameKey: 'report' }), paymentTo(chain, address)))[0]).toBe(
      'SANCTIONS_MATCH',
    )
  })

  test('a wrong EIP-55 checksum of a clean address is rejected, or only reported', async () => {
    const wrong = paymentTo(ETH, CLEAN.replace('BF26', 'bF26'))
    expect(codesOf(await judge(rule, wrong))).toEqual(['ADDRESS_CHECKSUM'])
    expect(await judge(ruleOf(v11, { addressChecksum: 'report' }), wrong)).toMatchObject({
      outcome: 'approve',
      evidence: { screened: [{ warnings: ['ADDRESS_CHECKSUM'] }] },
    })
  })
})

describe('what cannot be screened is rejected', () => {
  const TOKEN = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
  const contract = canonicalizeAddress('evm', 'mainnet', TOKEN).key
  const asset = { id: 'ETH_USDT', chain: ETH, symbol: 'USDT', decimals: 6, contract }
  const call = (recipient: string): string =>
    `a9059cbb${'0'.repeat(24)}${recipient.slice(2).toLowerCase()}${'1'.padStart(64, '0')}`
  const clean = [outputTo(ETH, CLEAN)]
  const SOL = chainOf('solana')
  const CASES: readonly (readonly [what: string, parts: Partial<Question>, codes: readonly string[]])[] = [
    ['an unknown chain', { outputs: [outputTo(undefined, CLEAN)] }, ['CHAIN_UNSUPPORTED']],
    [
      'a chain whose addresses are opaque',
      { chain: chainOf('opaque'), outputs: [outputTo(chainOf('opaque'), 'alice')] },
      ['CHAIN_UNSUPPORTED'],
    ],
    ['no destination', { chain: ETH }, ['NOTHING_TO_SCREEN']],
    ['only a source', { chain: ETH, sources: [CLEAN] }, ['NOTHING_TO_SCREEN']],
    ['a destination of another chain', { chain: ETH, outputs: [outputTo(ETH, CLEAN_BTC)] }, ['ADDRESS_INVALID']],
    ['an invalid source', { chain: ETH, outputs: clean, sources: ['vault 1'] }, ['ADDRESS_INVALID']],
    ['an empty destination', { chain: ETH, outputs: [outputTo(ETH, '')] }, ['ADDRESS_INVALID']],
    ['a message', { chain: ETH, outputs: clean, operation: 'message' }, ['CALLDATA_UNDECODED']],
    ['raw bytes', { chain: ETH, outputs: clean, operation: 'raw' }, ['CALLDATA_UNDECODED']],
    ['something not understood', { chain: ETH, outputs: clean, operation: 'other' }, ['CALLDATA_UNDECODED']],
    [
      'a contract call with call data',
      { chain: ETH, outputs: clean, operation: 'contract-call', contract: { address: CLEAN, calldata: 'deadbeef' } },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a contract call without a contract',
      { chain: ETH, outputs: clean, operation: 'contract-call' },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a transfer with a call to an unknown contract',
      { chain: ETH, outputs: clean, contract: { address: TOKEN, calldata: call(CLEAN) } },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a token transfer whose call is another function',
      {
        chain: ETH,
        asset,
        outputs: clean,
        contract: { address: TOKEN, calldata: call(CLEAN).replace('a9059cbb', '095ea7b3') },
      },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a token transfer whose call pays somebody else',
      { chain: ETH, asset, outputs: clean, contract: { address: TOKEN, calldata: call(LAZARUS) } },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a token transfer with bytes after its call',
      { chain: ETH, asset, outputs: clean, contract: { address: TOKEN, calldata: `${call(CLEAN)}00` } },
      ['CALLDATA_UNDECODED'],
    ],
    [
      'a Solana token account',
      {
        chain: SOL,
        asset: { id: 'SOL_USDC', chain: SOL, symbol: 'USDC', decimals: 6, contract },
        outputs: [outputTo(SOL, 'So11111111111111111111111111111111111111112')],
      },
      ['TOKEN_ACCOUNT_OWNER_UNKNOWN'],
    ],
  ]
  test.each(CASES)('%s', async (_, parts, codes) => {
    expect(codesOf(await judge(rule, questionOf(parts)))).toEqual(codes)
  })

  test.each([
    [
      'a contract call without call data',
      { operation: 'contract-call', contract: { address: CLEAN, calldata: '0x' } } as const,
    ],
    [
      'a token transfer whose call pays the screened destination',
      { asset, outputs: clean, contract: { address: TOKEN, calldata: call(CLEAN) } },
    ],
    ['a token transfer without call data in sight', { asset, outputs: clean }],
  ])('%s is screened and approved', async (_, parts) => {
    expect((await judge(rule, questionOf({ chain: ETH, ...parts }))).outcome).toBe('approve')
  })
})

describe('a list that is not there or not fresh', () => {
  const DAY_MS = 24 * 3_600_000
  const ask = (
    list: Parameters<typeof listedAddress>[0]['lists'][number],
    address: string,
    now = NOW,
  ): Promise<Judgement> =>
    judge(listedAddress({ lists: [list], sameKey: 'reject', addressChecksum: 'reject' }), paymentTo(ETH, address), now)

  test('[S20] a second more than the age allowed and nothing is approved', async () => {
    const list = freshList(v11, NOW.getTime())
    expect((await ask(list, CLEAN, new Date(NOW.getTime() + DAY_MS))).outcome).toBe('approve')
    expect(await ask(list, CLEAN, new Date(NOW.getTime() + DAY_MS + 1_000))).toMatchObject({
      outcome: 'unable',
      code: 'LIST_STALE',
      evidence: { lists: [{ state: 'stale' }] },
    })
  })

  test('a match and an invalid address are rejected on a stale list too', async () => {
    const list = freshList(v11, NOW.getTime() - 2 * DAY_MS)
    expect(codesOf(await ask(list, LAZARUS))).toEqual(['SANCTIONS_MATCH'])
    expect(codesOf(await ask(list, 'nonsense'))).toEqual(['ADDRESS_INVALID'])
  })

  test('a list checked in the future, or never, is stale', async () => {
    expect(await ask(freshList(v11, NOW.getTime() + DAY_MS), CLEAN)).toMatchObject({
      outcome: 'unable',
      code: 'LIST_STALE',
    })
    const never = { name: 'ofac-sdn', maxAgeMs: DAY_MS, active: () => ({ index: v11, isStarter: true }) }
    expect(await ask(never, CLEAN)).toMatchObject({ outcome: 'unable', code: 'LIST_STALE' })
    expect(
      await ask({ ...never, maxAgeMs: 'none', active: () => ({ index: v11, isStarter: false }) }, CLEAN),
    ).toMatchObject({ code: 'LIST_STALE' })
  })

  test('[S21] without any version nothing is approved', async () => {
    expect(await ask({ name: 'ofac-sdn', maxAgeMs: DAY_MS, active: () => undefined }, CLEAN)).toMatchObject({
      outcome: 'unable',
      code: 'LIST_UNAVAILABLE',
    })
  })

  test('one fresh list does not stand in for another that is missing', async () => {
    const missing = { name: 'other', maxAgeMs: DAY_MS, active: () => undefined }
    for (const lists of [
      [freshList(v11), missing],
      [missing, freshList(v11)],
    ])
      expect(
        await judge(listedAddress({ lists, sameKey: 'reject', addressChecksum: 'reject' }), paymentTo(ETH, CLEAN)),
      ).toMatchObject({ outcome: 'unable' })
  })
})
