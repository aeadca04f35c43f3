import {
  associatedTokenAccount,
  canonicalizeAddress,
  type Account,
  type AddressKey,
  type Effect,
} from '@callback-quorum/chains'
import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import type { AllowOverride } from '../src/desk/desk-entries.ts'
import { entryFingerprint } from '../src/desk/entry-fingerprint.ts'
import type { ListedRow } from '../src/list/listed-row.ts'
import { standingOf } from '../src/list/list-reader.ts'
import { judgeScreening, type ScreeningInputs } from '../src/rules/judge-screening.ts'
import { ListedTokenAccounts } from '../src/rules/listed-token-accounts.ts'
import type { ScreenedSubject } from '../src/rules/screen-subjects.ts'
import { listedAddress } from '../src/rules/listed-address.ts'
import { chainOf, codesOf, judge, NOW, outputTo, questionOf } from './asking.ts'
import { indexOfRows, rowOf } from './desk/listed-rows.ts'
import { freshList } from './lists.ts'

const SOLANA = chainOf('solana')
const LISTED = 'C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp'
const FREE = '6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah'
const USDC = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'
const OTHER_MINT = 'Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB'
/** The associated accounts of LISTED and FREE for USDC, by the two token programs. */
const LISTED_USDC = 'BWVHuEiurZNgC6KacJ6fMdx8D1xjWFFs4rAjziVp5D7B'
const LISTED_USDC_2022 = 'AENR9RvbD35BfLiJNX17NkxRTdHtXoF3tLAumh1YGbF7'
const FREE_USDC = 'CMAVymxXaACV2UZtuhRDbQqobNQKChYLo66LiVy2bUV2'

const account = (text: string): Account => ({ key: canonicalizeAddress('solana', 'mainnet', text).key, text })
const ROW = rowOf(LISTED, { code: 'SOL', partyName: 'Somebody on Solana' })
/** Looks like a Solana address and is none. */
const NOISE = rowOf('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', { code: 'XBT', featureId: '7' })

async function ask(effect: Effect, row: ListedRow = ROW): Promise<Judgement> {
  const rows = [NOISE, row]
  const rule = listedAddress({
    lists: [freshList(await indexOfRows(rows))],
    sameKey: 'reject',
    addressChecksum: 'reject',
  })
  const question: Question = questionOf({
    chain: SOLANA,
    outputs: [outputTo(SOLANA, FREE)],
    binding: {
      decoded: { form: 'solana-legacy', toSign: [{ hash: '00', scheme: 'eddsa' }], effects: [effect] },
      outflows: [],
      isOwn: () => false,
      slots: [],
    },
  })
  return judge(rule, question)
}

const paid: Effect & { effect: 'transfer' } = {
  effect: 'transfer',
  holding: { kind: 'token', contract: account(USDC) },
  to: account(FREE_USDC),
  owner: account(FREE),
  amountAtomic: 1n,
  at: 'instructions[0]',
}

test('the fixed accounts are those that the program derives', () => {
  expect(associatedTokenAccount(account(LISTED).key, account(USDC).key)).toBe(account(LISTED_USDC).key)
  expect(associatedTokenAccount(account(LISTED).key, account(USDC).key, 'token-2022')).toBe(
    account(LISTED_USDC_2022).key,
  )
})

describe('the token account of a listed owner', () => {
  const listedAs = (role: string, raw: string): object => ({
    outcome: 'reject',
    objections: expect.arrayContaining([
      expect.objectContaining({
        code: 'SANCTIONS_MATCH',
        evidence: expect.objectContaining({
          role,
          raw,
          token_account_of: [account(LISTED).key],
          matches: [expect.objectContaining({ strength: 'L2', partyName: 'Somebody on Solana', listRaw: LISTED })],
        }) as unknown,
      }),
    ]) as unknown,
  })
  const { owner: _, ...ownerless } = paid

  test.each([
    [
      'is a match when it is paid and nobody names its owner',
      { ...ownerless, to: account(LISTED_USDC) },
      'destination',
      LISTED_USDC,
    ],
    ['also of Token-2022', { ...ownerless, to: account(LISTED_USDC_2022) }, 'destination', LISTED_USDC_2022],
    ['is a match when somebody else takes from it', { ...paid, from: account(LISTED_USDC) }, 'payer', LISTED_USDC],
  ] as const)('%s', async (_, effect, role, raw) => {
    expect(await ask(effect)).toMatchObject(listedAs(role, raw))
  })

  test('for another mint is another account', async () => {
    const other = { kind: 'token', contract: account(OTHER_MINT) } as const
    expect(codesOf(await ask({ ...paid, holding: other, from: account(LISTED_USDC) }))).toEqual([])
  })

  test('is free when his listing is over, and that of anybody else always', async () => {
    const from = { ...paid, from: account(LISTED_USDC) }
    const today = NOW.toISOString().slice(0, 10)
    expect(codesOf(await ask(from, { ...ROW, until: today }))).toEqual(['SANCTIONS_MATCH'])
    expect(codesOf(await ask(from, { ...ROW, until: '2026-01-04' }))).toEqual([])
    expect(codesOf(await ask({ ...paid, from: account(FREE_USDC) }))).toEqual([])
  })

  test('is reported only where matches of the same key are', async () => {
    const rows = [ROW]
    const lists = [freshList(await indexOfRows(rows))]
    const rule = listedAddress({ lists, sameKey: 'report', addressChecksum: 'reject' })
    const question = questionOf({ chain: SOLANA, outputs: [outputTo(SOLANA, LISTED_USDC)] })
    const asset = { id: 'USDC', chain: SOLANA, symbol: 'USDC', decimals: 6, contract: account(USDC).key }
    expect(codesOf(await judge(rule, { ...question, asset }))).toEqual(['TOKEN_ACCOUNT_OWNER_UNKNOWN'])
  })
})

test('more owners than can be derived for are told apart from none', async () => {
  const rows = [ROW, rowOf(FREE, { code: 'SOL', featureId: '8' })]
  const index = await indexOfRows(rows)
  const mints = [account(USDC).key]
  expect(await new ListedTokenAccounts(1).of(index, mints)).toBeUndefined()
  const [accounts] = (await new ListedTokenAccounts(2).of(index, mints)) ?? []
  expect(accounts?.size).toBe(4)
  expect(accounts?.get(account(FREE_USDC).key)).toMatchObject([{ match: { listRaw: FREE } }])
})

test('too many owners keep a payment from being approved, and hide no objection', async () => {
  const question = questionOf({ chain: SOLANA, outputs: [outputTo(SOLANA, FREE)] })
  const address = canonicalizeAddress('solana', 'mainnet', FREE)
  const fresh = standingOf(freshList(await indexOfRows([ROW])), NOW.getTime())
  const inputs = (hasUnderivedOwners: boolean, raw = FREE): ScreeningInputs => ({
    question,
    subjects: [{ role: 'destination', raw, matches: [], ...(raw === FREE && { address }) }],
    hasUnderivedOwners,
    standings: [fresh],
    desk: { blocks: [], overrides: [] },
    policy: { sameKey: 'reject', addressChecksum: 'reject' },
    now: NOW,
  })
  expect(codesOf(judgeScreening(inputs(false)).judgement)).toEqual([])
  expect(codesOf(judgeScreening(inputs(true)).judgement)).toEqual(['TOKEN_OWNERS_UNDERIVED'])
  expect(codesOf(judgeScreening(inputs(true, 'nonsense')).judgement)).toEqual(['ADDRESS_INVALID'])
})

test('an override of the owner allows his token account too, and none of anybody else', async () => {
  const index = await indexOfRows([ROW])
  const matches = index.find(LISTED, [canonicalizeAddress('solana', 'mainnet', LISTED)])
  const [match] = matches
  if (match === undefined) throw new Error('it is listed')
  const override: AllowOverride = {
    overrideId: 1n,
    keys: [account(LISTED).key],
    boundTo: [
      {
        source: match.source,
        partyId: match.row.partyId,
        featureId: match.row.featureId,
        entryFingerprint: entryFingerprint(match.source, match.row),
        strength: 'L1',
      },
    ],
    organisation: 'acme',
    wallet: 'W1',
    licenceRef: 'GL-1',
    expiresAt: new Date(NOW.getTime() + 1),
  }
  const judged = (owners: readonly AddressKey[]): readonly string[] => {
    const tokenAccount: ScreenedSubject = {
      role: 'payer',
      raw: LISTED_USDC,
      address: canonicalizeAddress('solana', 'mainnet', LISTED_USDC),
      matches: [{ ...match, strength: 'L2' }],
      owners,
    }
    const clean: ScreenedSubject = {
      role: 'destination',
      raw: FREE,
      address: canonicalizeAddress('solana', 'mainnet', FREE),
      matches: [],
    }
    const { judgement } = judgeScreening({
      question: questionOf({ chain: SOLANA, wallet: 'W1', outputs: [outputTo(SOLANA, FREE)] }),
      subjects: [clean, tokenAccount],
      hasUnderivedOwners: false,
      standings: [standingOf(freshList(index), NOW.getTime())],
      desk: { blocks: [], overrides: [override] },
      policy: { sameKey: 'reject', addressChecksum: 'reject' },
      now: NOW,
    })
    return codesOf(judgement)
  }
  expect(judged([account(LISTED).key])).toEqual([])
  expect(judged([account(FREE).key])).toEqual(['SANCTIONS_MATCH'])
})
