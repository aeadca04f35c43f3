import type { Effect } from '../transaction/effect.ts'
import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed } from '../faults.ts'
import { decodeCall } from '../evm/call/decode-call.ts'
import type { ContractReading } from './contract-reading.ts'
import { readPermissionUpdate } from './permission-update.ts'
import { readMessage, textOfBytes, type Layout } from './read-message.ts'
import { tronAccount } from './tron-account.ts'

/** Reads the message of one contract type; `at` is where the contract stands. */
export type ContractReader = (bytes: Uint8Array, at: string) => ContractReading

const OWNER = { owner: [1, 'address'] } as const satisfies Layout

const coin = { kind: 'coin' } as const

function paid(amountAtomic: bigint): bigint {
  // java-tron refuses it too: "Amount must be greater than 0".
  if (amountAtomic === 0n) throw malformed('an amount is not greater than 0')
  return amountAtomic
}

/** TRC-10 ids are decimal text; java-tron took names before 2018, which nothing tells apart from each other. */
function tokenIdOf(bytes: Uint8Array): string {
  const id = textOfBytes(bytes)
  if (id === undefined || !/^[1-9]\d{0,18}$/.test(id)) throw malformed('a TRC-10 token is not named by its number')
  return id
}

/** Field numbers: java-tron core/contract/*.proto. The keys are `Transaction.Contract.ContractType`. */
export const CONTRACT_READERS: ReadonlyMap<number, ContractReader> = new Map<number, ContractReader>([
  [
    0, // AccountCreateContract
    (bytes, at) => {
      const { owner, account } = readMessage(bytes, {
        ...OWNER,
        account: [2, 'address'],
        type: [3, 'int32'],
      })
      return { owner, effects: [{ effect: 'create-account', account, at }] }
    },
  ],
  [
    1, // TransferContract
    (bytes, at) => {
      const { owner, to, amount } = readMessage(bytes, { ...OWNER, to: [2, 'address'], amount: [3, 'int64'] })
      return {
        owner,
        effects: [{ effect: 'transfer', holding: coin, from: owner, to, amountAtomic: paid(amount), at }],
      }
    },
  ],
  [
    2, // TransferAssetContract
    (bytes, at) => {
      const { asset, owner, to, amount } = readMessage(bytes, {
        asset: [1, 'bytes'],
        owner: [2, 'address'],
        to: [3, 'address'],
        amount: [4, 'int64'],
      })
      const holding = { kind: 'trc10', tokenId: tokenIdOf(asset) } as const
      return { owner, effects: [{ effect: 'transfer', holding, from: owner, to, amountAtomic: paid(amount), at }] }
    },
  ],
  [
    4, // VoteWitnessContract
    (bytes, at) => {
      const { owner, votes } = readMessage(bytes, { ...OWNER, votes: [2, 'messages'], support: [3, 'bool'] })
      return {
        owner,
        effects: votes.map((vote, index): Effect => {
          const { account, count } = readMessage(vote, { account: [1, 'address'], count: [2, 'int64'] })
          const place = `${at}.votes[${String(index)}]`
          return { effect: 'stake', action: 'vote', account, detail: `${count.toString()} votes`, at: place }
        }),
      }
    },
  ],
  [
    12, // UnfreezeBalanceContract
    (bytes, at) => {
      const { owner, receiver } = readMessage(bytes, {
        ...OWNER,
        resource: [10, 'int32'],
        receiver: [15, 'addressOrNone'],
      })
      const account = receiver === undefined ? {} : { account: receiver }
      return { owner, effects: [{ effect: 'stake', action: 'unstake', ...account, at }] }
    },
  ],
  [13, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'withdraw', detail: 'voting rewards', at })],
  [31, readTrigger],
  [46, readPermissionUpdate],
  [
    54, // FreezeBalanceV2Contract
    (bytes, at) => {
      const { owner, amount, resource } = readMessage(bytes, {
        ...OWNER,
        amount: [2, 'int64'],
        resource: [3, 'int32'],
      })
      return { owner, effects: [stake('stake', paid(amount), resource, at)] }
    },
  ],
  [
    55, // UnfreezeBalanceV2Contract
    (bytes, at) => {
      const { owner, amount, resource } = readMessage(bytes, {
        ...OWNER,
        amount: [2, 'int64'],
        resource: [3, 'int32'],
      })
      return { owner, effects: [stake('unstake', paid(amount), resource, at)] }
    },
  ],
  [56, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'withdraw', detail: 'unstaked coins', at })],
  [
    57, // DelegateResourceContract
    (bytes, at) => {
      const { owner, resource, balance, receiver } = readMessage(bytes, {
        ...OWNER,
        resource: [2, 'int32'],
        balance: [3, 'int64'],
        receiver: [4, 'address'],
        lock: [5, 'bool'],
        lockPeriod: [6, 'int64'],
      })
      return { owner, effects: [{ ...stake('delegate', paid(balance), resource, at), account: receiver }] }
    },
  ],
  [
    58, // UnDelegateResourceContract
    (bytes, at) => {
      const { owner, resource, balance, receiver } = readMessage(bytes, {
        ...OWNER,
        resource: [2, 'int32'],
        balance: [3, 'int64'],
        receiver: [4, 'address'],
      })
      return { owner, effects: [{ ...stake('undelegate', paid(balance), resource, at), account: receiver }] }
    },
  ],
  [59, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'cancel', detail: 'all unstaking', at })],
])

function ofOwner(bytes: Uint8Array, effect: Effect): ContractReading {
  const { owner } = readMessage(bytes, OWNER)
  return { owner, effects: [effect] }
}

const RESOURCES = ['bandwidth', 'energy', 'tron power']

type StakeEffect = Extract<Effect, { effect: 'stake' }>

const stake = (action: StakeEffect['action'], amountAtomic: bigint, resource: number, at: string): StakeEffect => ({
  effect: 'stake',
  action,
  amountAtomic,
  detail: RESOURCES[resource] ?? `resource ${String(resource)}`,
  at,
})

/** TriggerSmartContract: TRC-20 and everything else that runs in the TVM, whose call data is that of the EVM. */
function readTrigger(bytes: Uint8Array, at: string): ContractReading {
  const { owner, contract, value, data, tokenValue, tokenId } = readMessage(bytes, {
    ...OWNER,
    contract: [2, 'address'],
    value: [3, 'int64'],
    data: [4, 'bytes'],
    tokenValue: [5, 'int64'],
    tokenId: [6, 'int64'],
  })
  const tokens: readonly Effect[] =
    tokenValue === 0n
      ? []
      : [
          {
            effect: 'transfer',
            holding: { kind: 'trc10', tokenId: tokenId.toString() },
            from: owner,
            to: contract,
            amountAtomic: tokenValue,
            at,
          },
        ]
  return {
    owner,
    effects: [...decodeCall({ to: contract, valueAtomic: value, data, at }, tronAccount, owner), ...tokens],
    usesEnergy: true,
    call: { to: contract, valueAtomic: value, data: bytesToHex(data) },
  }
}
