import { canonicalizeAddress } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { listedAddress } from '../src/rules/listed-address.ts'
import { chainOf, codesOf, judge, outputTo, paymentTo, questionOf } from './asking.ts'
import { indexOfRows, rowOf } from './desk/listed-rows.ts'
import { CLEAN, CLEAN_BTC, ETH, LAZARUS, rule, ruleOf, screen, v11 } from './rule-under-test.ts'

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
    expect(rule.kinds).toEqual(['keysign', 'tx-approval', 'tx-signing', 'config-change'])
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

  test.each([
    ['on the reported list only', ['91507'], []],
    ['on it and on a blocking one', ['91507', '1550'], ['SANCTIONS_MATCH']],
    ['on no list by name', [], ['SANCTIONS_MATCH']],
  ])('report_only_list_ids: an entry %s', async (_, listIds, codes) => {
    const index = await indexOfRows([rowOf(LAZARUS, { listIds })])
    const reporting = ruleOf(index, { reportOnlyListIds: new Map([['ofac-sdn', ['91507']]]) })
    const judgement = await judge(reporting, paymentTo(ETH, LAZARUS))
    expect(codesOf(judgement)).toEqual(codes)
    expect(judgement.evidence).toMatchObject({
      screened: [{ matches: [{ listIds, blocking: codes.length > 0 }] }],
      policy: { report_only_list_ids: { 'ofac-sdn': ['91507'] } },
    })
    const ofOther = ruleOf(index, { reportOnlyListIds: new Map([['other-list', ['91507']]]) })
    expect(codesOf(await judge(ofOther, paymentTo(ETH, LAZARUS)))).toEqual(['SANCTIONS_MATCH'])
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
