import type { Account, Effect } from '../transaction/effect.ts'
import { bytesToHex } from '@noble/hashes/utils.js'
import { malformed, tooLarge, unsupported } from '../faults.ts'
import { decodeCall } from '../evm/call/decode-call.ts'
import type { ContractReading } from './contract-reading.ts'
import { readDeployment } from './deployment.ts'
import { readPermissionUpdate } from './permission-update.ts'
import { readMessage, textOfBytes, type Layout } from './read-message.ts'
import { trc10TokenId } from './trc10-token-id.ts'
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

/** 1 TRX, java-tron `TRX_PRECISION`: the least that its actuators freeze or delegate. */
const STAKE_MIN = 1_000_000n

function staked(amountAtomic: bigint): bigint {
  if (amountAtomic < STAKE_MIN) throw malformed('less than 1 TRX is staked or delegated')
  return amountAtomic
}

/** java-tron: "Cannot transfer TRX to yourself", "receiverAddress must not be the same as ownerAddress". */
function other(owner: Account, account: Account): Account {
  if (account.key === owner.key) throw malformed('the owner is the recipient too')
  return account
}

/** java-tron `MAX_VOTE_NUMBER`. */
const VOTES_MAX = 30

/** TRC-10 ids are decimal text; java-tron took names before 2018, which nothing tells apart from each other. */
function tokenIdOf(bytes: Uint8Array): string {
  const id = textOfBytes(bytes)
  if (id === undefined || !/^[1-9]\d{0,18}$/.test(id)) throw malformed('a TRC-10 token is not named by its number')
  return trc10TokenId(BigInt(id))
}

/** Field numbers: java-tron core/contract/*.proto. The keys are `Transaction.Contract.ContractType`. */
export const CONTRACT_READERS: ReadonlyMap<number, ContractReader> = new Map<number, ContractReader>([
  [
    0, // AccountCreateContract
    (bytes, at) => {
      const { owner, account, type } = readMessage(bytes, {
        ...OWNER,
        account: [2, 'address'],
        type: [3, 'int32'],
      })
      // AccountType.Normal; what a node makes of an asset or a contract without either is not known here.
      if (type !== 0) throw unsupported('an account of another type is created')
      return { owner, effects: [{ effect: 'create-account', account, at }] }
    },
  ],
  [
    1, // TransferContract
    (bytes, at) => {
      const { owner, to, amount } = readMessage(bytes, { ...OWNER, to: [2, 'address'], amount: [3, 'int64'] })
      return {
        owner,
        effects: [
          { effect: 'transfer', holding: coin, from: owner, to: other(owner, to), amountAtomic: paid(amount), at },
        ],
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
      return {
        owner,
        effects: [{ effect: 'transfer', holding, from: owner, to: other(owner, to), amountAtomic: paid(amount), at }],
      }
    },
  ],
  [
    4, // VoteWitnessContract
    (bytes, at) => {
      const { owner, votes } = readMessage(bytes, { ...OWNER, votes: [2, 'messages'], support: [3, 'bool'] })
      // Without a vote there would be no effect, which would read as nothing.
      if (votes.length === 0) throw malformed('a vote for nobody')
      if (votes.length > VOTES_MAX) throw tooLarge(`more than ${String(VOTES_MAX)} votes`)
      return {
        owner,
        effects: votes.map((vote, index): Effect => {
          const { account, count } = readMessage(vote, { account: [1, 'address'], count: [2, 'int64'] })
          const place = `${at}.votes[${String(index)}]`
          return { effect: 'stake', action: 'vote', account, detail: `${paid(count).toString()} votes`, at: place }
        }),
      }
    },
  ],
  [
    11, // FreezeBalanceContract: stakes, and lends what it stakes to the receiver where there is one
    (bytes, at) => {
      const { owner, amount, days, resource, receiver } = readMessage(bytes, {
        ...OWNER,
        amount: [2, 'int64'],
        days: [3, 'int64'],
        resource: [10, 'int32'],
        receiver: [15, 'addressOrNone'],
      })
      const detail = `${lendable(resource)} for ${days.toString()} days`
      const effect = { effect: 'stake', amountAtomic: staked(amount), detail, at } as const
      if (receiver === undefined) return { owner, effects: [{ ...effect, action: 'stake' }] }
      const delegation = { ...effect, action: 'delegate', account: other(owner, receiver) } as const
      return { owner, effects: [{ ...effect, action: 'stake' }, delegation] }
    },
  ],
  [
    12, // UnfreezeBalanceContract
    (bytes, at) => {
      const { owner, resource, receiver } = readMessage(bytes, {
        ...OWNER,
        resource: [10, 'int32'],
        receiver: [15, 'addressOrNone'],
      })
      const account = receiver === undefined ? {} : { account: other(owner, receiver) }
      return { owner, effects: [{ effect: 'stake', action: 'unstake', ...account, detail: lendable(resource), at }] }
    },
  ],
  [13, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'withdraw', detail: 'voting rewards', at })],
  [30, readDeployment],
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
      return { owner, effects: [stake('stake', staked(amount), resourceName(resource), at)] }
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
      return { owner, effects: [stake('unstake', paid(amount), resourceName(resource), at)] }
    },
  ],
  [56, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'withdraw', detail: 'unstaked coins', at })],
  [
    57, // DelegateResourceContract
    (bytes, at) => {
      const { owner, resource, balance, receiver, lock, lockPeriod } = readMessage(bytes, {
        ...OWNER,
        resource: [2, 'int32'],
        balance: [3, 'int64'],
        receiver: [4, 'address'],
        lock: [5, 'bool'],
        lockPeriod: [6, 'int64'],
      })
      // Locked, it cannot be taken back and so not be unstaked; zero blocks are java-tron's three days.
      const detail = lendable(resource) + (lock ? `, locked for ${lockPeriod.toString()} blocks` : '')
      return {
        owner,
        effects: [{ ...stake('delegate', staked(balance), detail, at), account: other(owner, receiver) }],
      }
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
      return {
        owner,
        effects: [{ ...stake('undelegate', paid(balance), lendable(resource), at), account: other(owner, receiver) }],
      }
    },
  ],
  [59, (bytes, at) => ofOwner(bytes, { effect: 'stake', action: 'cancel', detail: 'all unstaking', at })],
])

function ofOwner(bytes: Uint8Array, effect: Effect): ContractReading {
  const { owner } = readMessage(bytes, OWNER)
  return { owner, effects: [effect] }
}

/** `ResourceCode` of java-tron core/contract/common.proto. */
const RESOURCES = ['bandwidth', 'energy', 'tron power']

function resourceName(resource: number): string {
  const name = RESOURCES[resource]
  if (name === undefined) throw malformed('a resource that does not exist')
  return name
}

/** Tron power can be staked for, not lent. */
function lendable(resource: number): string {
  if (resource > 1) throw malformed('a resource that nobody can be lent')
  return resourceName(resource)
}

type StakeEffect = Extract<Effect, { effect: 'stake' }>

const stake = (action: StakeEffect['action'], amountAtomic: bigint, detail: string, at: string): StakeEffect => ({
  effect: 'stake',
  action,
  amountAtomic,
  detail,
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
  // The id alone moves nothing, but the contract is told it.
  if (tokenValue === 0n && tokenId > 0n) throw unsupported('a TRC-10 token is named and none of it goes along')
  const tokens: readonly Effect[] =
    tokenValue === 0n
      ? []
      : [
          {
            effect: 'transfer',
            holding: { kind: 'trc10', tokenId: trc10TokenId(tokenId) },
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
