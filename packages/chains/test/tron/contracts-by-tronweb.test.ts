import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { decodeTronTransaction } from '../../src/tron/decode-tron-transaction.ts'
import { textOfBytes } from '../../src/tron/read-message.ts'
import { tronAccount } from '../../src/tron/tron-account.ts'
import { CONTRACT_NAMES } from '../../src/tron/contract-names.ts'
import type { Account, Effect, Holding } from '../../src/transaction/effect.ts'
import { randomTransactions, type RandomTransaction } from './random-transactions.ts'

/** A seed and a number of transactions: 10000 is the long run. */
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 1_600)
const TYPES = 16

/** What tronweb was told, by contract type. */
interface Permission {
  readonly keys: readonly { readonly address: string; readonly weight: number }[]
  readonly threshold: number
  readonly operations?: string
}

interface Value {
  readonly owner_address: string
  readonly account_address: string
  readonly to_address: string
  readonly receiver_address?: string
  readonly contract_address: string
  readonly asset_name: string
  readonly amount: number
  readonly balance: number
  readonly frozen_balance: number
  readonly frozen_duration: number
  readonly unfreeze_balance: number
  readonly resource: string
  readonly lock?: boolean
  readonly lock_period?: number
  readonly votes: readonly { readonly vote_address: string; readonly vote_count: number }[]
  readonly owner: Permission
  readonly witness?: Permission
  readonly actives: readonly Permission[]
  readonly bytecode: string
  readonly data?: string
  readonly call_value?: number
  readonly call_token_value?: number
  readonly token_id?: number
}

type Vector = RandomTransaction & {
  readonly raw_data: { readonly contract: readonly [{ readonly parameter: { readonly value: Value } }] }
}

const transactions = randomTransactions(SEED, Math.ceil(RUNS / TYPES)) as readonly Vector[]
console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS)}`)

const at = 'contracts[0]'
const COIN: Holding = { kind: 'coin' }
const account = (hex: string): Account => tronAccount(hexToBytes(hex.slice(2)))
const resourceOf = ({ resource }: Value): string => resource.toLowerCase().replace('_', ' ')

function stake(action: Extract<Effect, { effect: 'stake' }>['action'], more: object): object {
  return { effect: 'stake', action, at, ...more }
}

function permissionsOf(value: Value): readonly object[] {
  const named = [
    ['owner', 'owner', value.owner] as const,
    ...(value.witness === undefined ? [] : [['witness', 'witness', value.witness] as const]),
    ...value.actives.map((active, index) => ['active', `actives[${String(index)}]`, active] as const),
  ]
  return named.flatMap(([type, place, { keys, threshold, operations }]) =>
    keys.map(({ address, weight }) => ({
      effect: 'power',
      power: 'account-permission',
      subject: account(value.owner_address),
      grantee: account(address),
      detail: `${type}: weight ${String(weight)} of threshold ${String(threshold)}${operations === undefined ? '' : `, operations 0x${operations}`}`,
      at: `${at}.${place}`,
    })),
  )
}

function callOf(value: Value): readonly object[] {
  const { data = '', call_value: coins = 0, call_token_value: tokens = 0, token_id: tokenId = 0 } = value
  const [from, contract] = [account(value.owner_address), account(value.contract_address)]
  const holding: Holding = { kind: 'token', contract }
  const accountAt = (word: number): Account => account(`41${data.slice(8 + 64 * word + 24, 8 + 64 * (word + 1))}`)
  const amountAt = (word: number): bigint => BigInt(`0x${data.slice(8 + 64 * word, 8 + 64 * (word + 1))}`)
  const understood: Record<string, () => object> = {
    a9059cbb: () => ({ effect: 'transfer', holding, from, to: accountAt(0), amountAtomic: amountAt(1), at }),
    '23b872dd': () => ({
      effect: 'transfer',
      holding,
      from: accountAt(0),
      to: accountAt(1),
      amountAtomic: amountAt(2),
      at,
    }),
    '095ea7b3': () => ({
      effect: 'allowance',
      holding,
      owner: from,
      spender: accountAt(0),
      mode: 'set',
      amountAtomic: amountAt(1),
      isUnlimited: amountAt(1) >= 2n ** 128n,
      at,
    }),
    deadbeef: () => ({
      effect: 'unknown',
      target: contract,
      selector: 'deadbeef',
      detail: 'a function that is not known',
      at,
    }),
  }
  const known = understood[data.slice(0, 8)]
  return [
    ...(coins > 0 ? [{ effect: 'transfer', holding: COIN, from, to: contract, amountAtomic: BigInt(coins), at }] : []),
    ...(known === undefined ? [] : [known()]),
    ...(tokens > 0
      ? [
          {
            effect: 'transfer',
            holding: { kind: 'trc10', tokenId: String(tokenId) },
            from,
            to: contract,
            amountAtomic: BigInt(tokens),
            at,
          },
        ]
      : []),
  ]
}

const EXPECTED: Record<string, (value: Value) => readonly object[]> = {
  AccountCreateContract: (value) => [{ effect: 'create-account', account: account(value.account_address), at }],
  TransferContract: (value) => [paid(value, COIN)],
  TransferAssetContract: (value) => [
    paid(value, { kind: 'trc10', tokenId: Buffer.from(value.asset_name, 'hex').toString() }),
  ],
  VoteWitnessContract: ({ votes }) =>
    votes.map(({ vote_address: witness, vote_count: count }, index) => ({
      ...stake('vote', { account: account(witness), detail: `${String(count)} votes` }),
      at: `${at}.votes[${String(index)}]`,
    })),
  FreezeBalanceContract: (value) => {
    const more = {
      amountAtomic: BigInt(value.frozen_balance),
      detail: `${resourceOf(value)} for ${String(value.frozen_duration)} days`,
    }
    if (value.receiver_address === undefined) return [stake('stake', more)]
    return [stake('stake', more), stake('delegate', { ...more, account: account(value.receiver_address) })]
  },
  UnfreezeBalanceContract: (value) => [
    stake('unstake', {
      detail: resourceOf(value),
      ...(value.receiver_address !== undefined && { account: account(value.receiver_address) }),
    }),
  ],
  WithdrawBalanceContract: () => [stake('withdraw', { detail: 'voting rewards' })],
  FreezeBalanceV2Contract: (value) => [
    stake('stake', { amountAtomic: BigInt(value.frozen_balance), detail: resourceOf(value) }),
  ],
  UnfreezeBalanceV2Contract: (value) => [
    stake('unstake', { amountAtomic: BigInt(value.unfreeze_balance), detail: resourceOf(value) }),
  ],
  WithdrawExpireUnfreezeContract: () => [stake('withdraw', { detail: 'unstaked coins' })],
  DelegateResourceContract: (value) => [
    stake('delegate', {
      amountAtomic: BigInt(value.balance),
      account: account(value.receiver_address ?? ''),
      detail: `${resourceOf(value)}${value.lock === true ? `, locked for ${String(value.lock_period)} blocks` : ''}`,
    }),
  ],
  UnDelegateResourceContract: (value) => [
    stake('undelegate', {
      amountAtomic: BigInt(value.balance),
      account: account(value.receiver_address ?? ''),
      detail: resourceOf(value),
    }),
  ],
  CancelAllUnfreezeV2Contract: () => [stake('cancel', { detail: 'all unstaking' })],
  AccountPermissionUpdateContract: permissionsOf,
  CreateSmartContract: ({ bytecode, call_value: coins = 0 }) => [
    { effect: 'deploy', codeBytes: bytecode.length / 2, valueAtomic: BigInt(coins), at },
  ],
  TriggerSmartContract: callOf,
}

function paid(value: Value, holding: Holding): object {
  const { owner_address: from, to_address: to, amount } = value
  return {
    effect: 'transfer',
    holding,
    from: account(from),
    to: account(to),
    amountAtomic: BigInt(amount),
    at,
  }
}

/** Everything but the call, in the order of the bytes: the contract, under which permission, the memo. */
function expectedOf({ raw_data: { contract, data } }: Vector): readonly object[] {
  const [{ type, parameter, Permission_id: permission }] = contract
  const subject = account(parameter.value.owner_address)
  return [
    ...(EXPECTED[type]?.(parameter.value) ?? []),
    ...(permission === undefined
      ? []
      : [
          {
            effect: 'power',
            power: 'account-permission',
            subject,
            detail: `signed under permission ${String(permission)}`,
            at,
          },
        ]),
    ...(data === undefined ? [] : [{ effect: 'memo', text: textOfBytes(hexToBytes(data)) ?? `0x${data}`, at: 'data' }]),
  ]
}

describe.each(Object.keys(EXPECTED))('%s', (type) => {
  const vectors = transactions.filter(({ raw_data: { contract } }) => contract[0].type === type)

  test('is among the transactions', () => {
    expect(vectors).toHaveLength(Math.ceil(RUNS / TYPES))
  })

  test('does what tronweb was told, and nothing else', () => {
    for (const vector of vectors)
      expect(decodeTronTransaction(hexToBytes(vector.raw)).effects).toEqual(expectedOf(vector))
  })

  test('asks its owner for a signature over the transaction id, until it expires', () => {
    for (const { raw, txID, owner, raw_data: rawData } of vectors) {
      const decoded = decodeTronTransaction(hexToBytes(raw))
      const signer = account(rawData.contract[0].parameter.value.owner_address)
      expect(signer.text).toBe(owner)
      expect(decoded.toSign).toEqual([{ hash: txID, scheme: 'ecdsa', account: signer }])
      expect(decoded.signers).toEqual([signer])
      expect(decoded.form).toBe('tron-raw')
      expect(decoded.expiresAtMs).toBe(BigInt(rawData.expiration))
    }
  })

  test('burns energy up to the fee limit where it runs code, and has no bound in the bytes otherwise', () => {
    for (const { raw, raw_data: rawData } of vectors) {
      const isMetered = ['TriggerSmartContract', 'CreateSmartContract'].includes(type)
      expect(decodeTronTransaction(hexToBytes(raw)).fee).toEqual({
        isProven: true,
        ...(isMetered && { maxAtomic: BigInt(rawData.fee_limit ?? 0) }),
      })
    }
  })

  test('has a call where it runs code', () => {
    for (const { raw, raw_data: rawData } of vectors) {
      const { contract_address: to, call_value: coins = 0, data, bytecode } = rawData.contract[0].parameter.value
      const valueAtomic = BigInt(coins)
      const calls: Record<string, () => object> = {
        TriggerSmartContract: () => ({ to: account(to), valueAtomic, data: data ?? '' }),
        CreateSmartContract: () => ({ valueAtomic, data: bytecode }),
      }
      expect(decodeTronTransaction(hexToBytes(raw)).call).toEqual(calls[type]?.())
    }
  })
})

test("the numbers of the contract types are those of tronweb's protocol", () => {
  const { TronWebProto } = globalThis as typeof globalThis & {
    readonly TronWebProto: {
      readonly Transaction: { readonly Contract: { readonly ContractType: Readonly<Record<string, number>> } }
    }
  }
  const types = Object.entries(TronWebProto.Transaction.Contract.ContractType)
  expect([...CONTRACT_NAMES].map(([number, name]) => [name.toUpperCase(), number])).toEqual(types)
})
