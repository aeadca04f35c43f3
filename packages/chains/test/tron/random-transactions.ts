import { utils } from 'tronweb'

/** One transaction as tronweb is told it, and what tronweb makes of it. */
export interface RandomTransaction {
  /** In tronweb's own base58. */
  readonly owner: string
  readonly raw: string
  readonly txID: string
  readonly raw_data: {
    readonly contract: readonly [
      {
        readonly type: string
        readonly parameter: { readonly value: object; readonly type_url: string }
        readonly Permission_id?: number
      },
    ]
    readonly expiration: number
    readonly fee_limit?: number
    readonly data?: string
  }
}

/** A transaction of each type that is understood, `rounds` times. The same seed makes the same ones. */
export function randomTransactions(seed: number, rounds: number): readonly RandomTransaction[] {
  const dice = new Dice(seed)
  return Array.from({ length: rounds }, () => Object.keys(VALUES).map((type) => transaction(dice, type))).flat()
}

/** mulberry32, two draws for each number so that amounts reach 2^53. */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  below(limit: number): number {
    return Number(((BigInt(this.#draw()) << 32n) | BigInt(this.#draw())) % BigInt(limit))
  }

  pick<T>(first: T, ...more: readonly T[]): T {
    return [first, ...more][this.below(more.length + 1)] ?? first
  }

  sometimes<T extends object>(make: () => T): T | undefined {
    return this.below(2) === 0 ? make() : undefined
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.below(256).toString(16).padStart(2, '0')).join('')
  }

  address(): string {
    return `41${this.hex(20)}`
  }

  amount(): number {
    return 1 + this.below(this.pick(100, 10 ** 6, 10 ** 12, Number.MAX_SAFE_INTEGER - 1))
  }

  /** At least 1 TRX. */
  stake(): number {
    return 1_000_000 + this.below(this.pick(100, 10 ** 9, 10 ** 15))
  }

  tokenId(): number {
    return 1_000_001 + this.below(10 ** 6)
  }

  lendable(): string {
    return this.pick('BANDWIDTH', 'ENERGY')
  }

  times<T>(count: number, make: (index: number) => T): readonly T[] {
    return Array.from({ length: count }, (_, index) => make(index))
  }
}

const textToHex = (text: string): string => Buffer.from(text).toString('hex')

function permission(dice: Dice, type: number, more: object, count = 1 + dice.below(5)): object {
  const keys = dice.times(count, () => ({ address: dice.address(), weight: 1 + dice.below(5) }))
  const threshold = 1 + dice.below(keys.reduce((sum, { weight }) => sum + weight, 0))
  return { type, keys, threshold, ...more }
}

function callData(dice: Dice): object {
  const word = (text: string): string => text.padStart(64, '0')
  const account = (): string => word(dice.hex(20))
  const amount = word(dice.pick('1', 'f4240', 'f'.repeat(64), dice.hex(32)))
  return dice.pick<() => object>(
    () => ({ data: `a9059cbb${account()}${amount}` }),
    () => ({ data: `095ea7b3${account()}${amount}` }),
    () => ({ data: `23b872dd${account()}${account()}${amount}` }),
    () => ({ data: `deadbeef${dice.hex(dice.below(100))}`, call_value: dice.amount() }),
    () => ({ call_value: dice.amount() }),
  )()
}

const VALUES: Readonly<Record<string, (dice: Dice) => object>> = {
  AccountCreateContract: (dice) => ({ account_address: dice.address() }),
  TransferContract: (dice) => ({ to_address: dice.address(), amount: dice.amount() }),
  TransferAssetContract: (dice) => ({
    to_address: dice.address(),
    amount: dice.amount(),
    asset_name: textToHex(String(dice.tokenId())),
  }),
  VoteWitnessContract: (dice) => ({
    votes: dice.times(1 + dice.below(30), () => ({ vote_address: dice.address(), vote_count: dice.amount() })),
  }),
  FreezeBalanceContract: (dice) => ({
    frozen_balance: dice.stake(),
    frozen_duration: 3,
    resource: dice.lendable(),
    ...dice.sometimes(() => ({ receiver_address: dice.address() })),
  }),
  UnfreezeBalanceContract: (dice) => ({
    resource: dice.lendable(),
    ...dice.sometimes(() => ({ receiver_address: dice.address() })),
  }),
  WithdrawBalanceContract: () => ({}),
  FreezeBalanceV2Contract: (dice) => ({
    frozen_balance: dice.stake(),
    resource: dice.pick('BANDWIDTH', 'ENERGY', 'TRON_POWER'),
  }),
  UnfreezeBalanceV2Contract: (dice) => ({
    unfreeze_balance: dice.amount(),
    resource: dice.pick('BANDWIDTH', 'ENERGY', 'TRON_POWER'),
  }),
  WithdrawExpireUnfreezeContract: () => ({}),
  DelegateResourceContract: (dice) => ({
    receiver_address: dice.address(),
    balance: dice.stake(),
    resource: dice.lendable(),
    ...dice.sometimes(() => ({ lock: true, lock_period: dice.below(864_000) })),
  }),
  UnDelegateResourceContract: (dice) => ({
    receiver_address: dice.address(),
    balance: dice.amount(),
    resource: dice.lendable(),
  }),
  CancelAllUnfreezeV2Contract: () => ({}),
  AccountPermissionUpdateContract: (dice) => ({
    owner: permission(dice, 0, { permission_name: 'owner' }),
    ...dice.sometimes(() => ({ witness: permission(dice, 1, { id: 1, permission_name: 'witness' }, 1) })),
    actives: dice.times(1 + dice.below(8), (index) =>
      permission(dice, 2, { id: index + 2, permission_name: `active${String(index)}`, operations: dice.hex(32) }),
    ),
  }),
  CreateSmartContract: (dice) => ({
    abi: dice.pick('[]', '[{"type":"function","name":"f","inputs":[{"name":"a","type":"uint256"}],"outputs":[]}]'),
    bytecode: dice.hex(dice.below(300)),
    ...dice.sometimes(() => ({ call_value: dice.amount() })),
    consume_user_resource_percent: dice.below(101),
    origin_energy_limit: dice.amount(),
    name: dice.pick('', 'Token', 'größer'),
  }),
  TriggerSmartContract: (dice) => ({
    contract_address: dice.address(),
    ...dice.sometimes(() => ({ call_token_value: dice.amount(), token_id: dice.tokenId() })),
    ...callData(dice),
  }),
}

function transaction(dice: Dice, type: string): RandomTransaction {
  const owner = dice.address()
  const value = { owner_address: owner, ...VALUES[type]?.(dice) }
  const timestamp = 1_600_000_000_000 + dice.below(10 ** 12)
  const rawData = {
    contract: [
      {
        type,
        parameter: { value, type_url: `type.googleapis.com/protocol.${type}` },
        ...dice.sometimes(() => ({ Permission_id: 1 + dice.below(9) })),
      },
    ] as const,
    ref_block_bytes: dice.hex(2),
    ref_block_hash: dice.hex(8),
    expiration: timestamp + 60_000,
    ...dice.sometimes(() => ({ timestamp })),
    ...dice.sometimes(() => ({ fee_limit: 1 + dice.below(15_000_000_000) })),
    ...dice.sometimes(() => ({ data: dice.pick(dice.hex(1 + dice.below(40)), textToHex('order 7, ümläut €')) })),
  }
  const message: unknown = utils.transaction.txJsonToPb({
    visible: false,
    txID: '',
    raw_data_hex: '',
    raw_data: rawData,
  })
  return {
    owner: utils.address.fromHex(owner),
    raw: utils.transaction.txPbToRawDataHex(message).toLowerCase(),
    txID: utils.transaction.txPbToTxID(message).replace(/^0x/, ''),
    raw_data: rawData,
  }
}
