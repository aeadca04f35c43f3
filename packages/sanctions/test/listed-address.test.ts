import { readListedAddress, type ChainFamily } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import { readListFile, UNPACKED_BYTES_MAX } from '../src/formats/read-list-file.ts'
import { chainOf, codesOf, judge, NOW, paymentTo } from './asking.ts'
import { indexOf, V0304, V0321, V11 } from './lists.ts'
import { CLEAN, CLEAN_BTC, ETH, LAZARUS, ruleOf, screen, v11 } from './rule-under-test.ts'

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
        screened: [
          {
            role: 'destination',
            raw: address,
            keys: ['key20:098b716b8aaf21512996dc57eb0615e2383e2f96', `opaque:${address}`],
          },
        ],
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
            keys: [`key20:${CLEAN.slice(2).toLowerCase()}`, `opaque:${CLEAN}`],
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
            parserVersion: 2,
            heldRows: 0,
            loadedAt: NOW.toISOString(),
            checkedAt: new Date(NOW.getTime() - 1_000).toISOString(),
            starter: false,
          },
        ],
        blocks: [],
        overrides: [],
        policy: { same_key: 'reject', address_checksum: 'reject', report_only_list_ids: {} },
        at: NOW.toISOString(),
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
    const file = await readListFile(V11, { format: 'ofac-advanced' }, UNPACKED_BYTES_MAX)
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
