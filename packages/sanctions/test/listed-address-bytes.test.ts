import { decodeTransaction } from '@callback-quorum/chains'
import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { chainOf, codesOf, judge, outputTo, questionOf } from './asking.ts'
import { CLEAN, LAZARUS, rule } from './rule-under-test.ts'
import { erc20Transfer, multiSend, payEach, unsignedCall, word } from './unsigned-evm.ts'

const ETHEREUM = chainOf('evm', 'ethereum')
const TOKEN = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
const MULTI_SEND = '0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526'
const recipient = (index: number): string => `0x${(0xabcdef0000 + index).toString(16).padStart(40, '9')}`
/** Sixty recipients of which this one, counted from 1, is listed. */
const sixty = (listed: number): readonly string[] =>
  Array.from({ length: 60 }, (_, index) => (index + 1 === listed ? LAZARUS : recipient(index)))

/** Bytes that call `to`, beside a description that names nothing but a clean address. */
function asking(to: string, data: string, value = 0n): Promise<Judgement> {
  const decoded = decodeTransaction({ family: 'evm', network: 'mainnet' }, unsignedCall(to, data, value))
  const question: Question = questionOf({
    chain: ETHEREUM,
    outputs: [outputTo(ETHEREUM, CLEAN)],
    binding: { decoded, outflows: [], isOwn: () => false, slots: [] },
  })
  return judge(rule, question)
}

describe('[S28] what the bytes do, in every role', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['the recipient inside transfer', TOKEN, erc20Transfer(LAZARUS), 'destination'],
    ['the spender of approve', TOKEN, `095ea7b3${word(LAZARUS)}${word(1)}`, 'spender'],
    ['the spender of increaseAllowance', TOKEN, `39509351${word(LAZARUS)}${word(1)}`, 'spender'],
    ['who pays in transferFrom', TOKEN, `23b872dd${word(LAZARUS)}${word(CLEAN)}${word(1)}`, 'payer'],
    ['who is paid in transferFrom', TOKEN, `23b872dd${word(CLEAN)}${word(LAZARUS)}${word(1)}`, 'destination'],
    [
      'the 57th recipient of multiSend',
      MULTI_SEND,
      multiSend(sixty(57).map((to) => ({ to: TOKEN, data: erc20Transfer(to) }))),
      'destination',
    ],
    [
      'the token in the 57th call of multiSend',
      MULTI_SEND,
      multiSend(sixty(57).map((to) => ({ to, data: erc20Transfer(CLEAN) }))),
      'contract',
    ],
    ['the 57th recipient of aggregate3Value', MULTI_SEND, payEach(sixty(57)), 'destination'],
    ['who may move every item', TOKEN, `a22cb465${word(LAZARUS)}${word(1)}`, 'spender'],
    ['the new owner of a contract', TOKEN, `f2fde38b${word(LAZARUS)}`, 'grantee'],
    ['the contract that is called', LAZARUS, erc20Transfer(CLEAN), 'contract'],
    ['the contract that runs a batch', LAZARUS, multiSend([{ to: TOKEN, data: erc20Transfer(CLEAN) }]), 'contract'],
    ['who is paid coins', LAZARUS, '', 'destination'],
  ]
  test.each(cases)('%s', async (_, to, data, role) => {
    const judgement = await asking(to, data, to === MULTI_SEND ? 60n : 0n)
    expect(new Set(codesOf(judgement))).toEqual(new Set(['SANCTIONS_MATCH']))
    const found = judgement.outcome === 'reject' ? judgement.objections.map(({ evidence }) => evidence) : []
    expect(found).toContainEqual(expect.objectContaining({ role, raw: LAZARUS }))
  })

  test('the same calls with clean accounts only are approved', async () => {
    expect(codesOf(await asking(TOKEN, erc20Transfer(CLEAN)))).toEqual([])
    const batch = multiSend(sixty(0).map((to) => ({ to: TOKEN, data: erc20Transfer(to) })))
    expect(codesOf(await asking(MULTI_SEND, batch))).toEqual([])
    expect(codesOf(await asking(MULTI_SEND, payEach(sixty(0)), 60n))).toEqual([])
  })

  test('an unknown selector on an unknown contract is not understood, even when it is the 57th of a batch', async () => {
    expect(codesOf(await asking(TOKEN, `deadbeef${word(CLEAN)}`))).toEqual(['CALLDATA_UNDECODED'])
    const calls = sixty(0).map((to, index) => ({ to: TOKEN, data: index === 56 ? 'deadbeef' : erc20Transfer(to) }))
    expect(codesOf(await asking(MULTI_SEND, multiSend(calls)))).toEqual(['CALLDATA_UNDECODED'])
  })
})
