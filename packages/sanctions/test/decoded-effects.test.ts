import { canonicalizeAddress, type Account, type Decoded, type Effect } from '@callback-quorum/chains'
import type { Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { chainOf, codesOf, judge, paymentTo } from './asking.ts'
import { CLEAN, ETH, LAZARUS, rule } from './rule-under-test.ts'

const account = (text: string): Account => ({ key: canonicalizeAddress('evm', 'mainnet', text).key, text })
const clean = account(CLEAN)
const listed = account(LAZARUS)
const token = { kind: 'token', contract: clean } as const
const at = 'transaction'

/** A description with nothing wrong in it, beside bytes that do this. */
function bound(effects: readonly Effect[], more: Partial<Decoded> = {}): Question {
  const decoded: Decoded = { form: 'evm-1559', toSign: [{ hash: '00', scheme: 'ecdsa' }], effects, ...more }
  return { ...paymentTo(ETH, CLEAN), binding: { decoded, outflows: [], isOwn: () => false, slots: [] } }
}

const transfer: Effect = { effect: 'transfer', holding: token, to: clean, amountAtomic: 1n, at }

test('clean accounts in every role are no match', async () => {
  expect(codesOf(await judge(rule, bound([transfer, { effect: 'memo', text: 'hello', at }])))).toEqual([])
})

describe('a listed account is found in every role that the bytes give it, whatever the description says', () => {
  const cases: readonly (readonly [string, Question])[] = [
    ['recipient', bound([{ ...transfer, to: listed }])],
    ['owner behind a token account', bound([{ ...transfer, owner: listed }])],
    ['account that pays in transferFrom', bound([{ ...transfer, from: listed }])],
    ['token contract', bound([{ ...transfer, holding: { kind: 'token', contract: listed } }])],
    [
      'spender',
      bound([
        { effect: 'allowance', holding: token, spender: listed, mode: 'set', amountAtomic: 1n, isUnlimited: false, at },
      ]),
    ],
    ['new owner of a contract', bound([{ effect: 'power', power: 'ownership', subject: clean, grantee: listed, at }])],
    [
      'contract that changes hands',
      bound([{ effect: 'power', power: 'ownership', subject: listed, grantee: clean, at }]),
    ],
    ['contract that wraps', bound([{ effect: 'wrap', contract: listed, amountAtomic: 1n, at }])],
    ['validator', bound([{ effect: 'stake', action: 'delegate', account: listed, at }])],
    ['owner of a new account', bound([{ effect: 'create-account', account: clean, owner: listed, at }])],
    ['signer', bound([transfer], { signers: [listed] })],
    ['account that pays the fee', bound([transfer], { fee: { isProven: true, payer: listed } })],
  ]
  test.each(cases)('%s', async (_, question) => {
    expect(codesOf(await judge(rule, question))).toEqual(['SANCTIONS_MATCH'])
  })
})

test('what is not understood may pay anybody', async () => {
  const unknown: Effect = { effect: 'unknown', target: clean, detail: 'a function that is not known', at }
  expect(codesOf(await judge(rule, bound([unknown])))).toEqual(['CALLDATA_UNDECODED'])
})

test('a Solana token account is screened by its owner, and refused without one', async () => {
  const solana = chainOf('solana')
  const owner = 'C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp'
  const of = (text: string): Account => ({ key: canonicalizeAddress('solana', 'mainnet', text).key, text })
  const paid: Effect = {
    effect: 'transfer',
    holding: { kind: 'token', contract: of(owner) },
    to: of('6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah'),
    amountAtomic: 1n,
    at,
  }
  const question = (effect: Effect): Question => ({
    ...paymentTo(solana, owner),
    binding: {
      ...bound([effect]).binding,
      decoded: {
        ...bound([effect]).binding?.decoded,
        form: 'solana-legacy',
        toSign: [{ hash: '00', scheme: 'eddsa' }],
        effects: [effect],
      },
      outflows: [],
      isOwn: () => false,
      slots: [],
    },
  })
  expect(codesOf(await judge(rule, question(paid)))).toEqual(['TOKEN_ACCOUNT_OWNER_UNKNOWN'])
  expect(codesOf(await judge(rule, question({ ...paid, owner: of(owner) })))).toEqual([])
})
