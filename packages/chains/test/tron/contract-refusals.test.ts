import { concatBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { decodeTronTransaction } from '../../src/tron/decode-tron-transaction.ts'
import { content, number } from './protobuf.ts'
import { address, answer, contract, OWNER, raw, TO } from './tron-raw.ts'

const MALFORMED = 'TRANSACTION_MALFORMED'
const UNSUPPORTED = 'TRANSACTION_UNSUPPORTED'
const TOO_LARGE = 'TRANSACTION_TOO_LARGE'

const of = (type: number, name: string, ...fields: readonly Uint8Array[]): Uint8Array =>
  raw([contract(type, name, concatBytes(content(1, OWNER), ...fields))])
const TRX = 1_000_000

describe('what java-tron refuses without looking at its state is refused', () => {
  const create = (...fields: readonly Uint8Array[]) => of(0, 'AccountCreateContract', ...fields)
  const asset = (name: string, ...fields: readonly Uint8Array[]) =>
    raw([contract(2, 'TransferAssetContract', concatBytes(content(1, name), content(2, OWNER), ...fields))])
  const vote = (count: number) => content(2, concatBytes(content(1, TO), ...(count > 0 ? [number(2, count)] : [])))
  const votes = (...fields: readonly Uint8Array[]) => of(4, 'VoteWitnessContract', ...fields)
  const freeze = (...fields: readonly Uint8Array[]) => of(11, 'FreezeBalanceContract', ...fields)
  const unfreeze = (...fields: readonly Uint8Array[]) => of(12, 'UnfreezeBalanceContract', ...fields)
  const freezeV2 = (...fields: readonly Uint8Array[]) => of(54, 'FreezeBalanceV2Contract', ...fields)
  const unfreezeV2 = (...fields: readonly Uint8Array[]) => of(55, 'UnfreezeBalanceV2Contract', ...fields)
  const delegate = (...fields: readonly Uint8Array[]) => of(57, 'DelegateResourceContract', ...fields)
  const undelegate = (...fields: readonly Uint8Array[]) => of(58, 'UnDelegateResourceContract', ...fields)

  test.each<[string, Uint8Array, string]>([
    ['an account is created', create(content(2, TO)), 'decoded'],
    ['a contract account is created', create(content(2, TO), number(3, 2)), UNSUPPORTED],
    ['nobody is created', create(), MALFORMED],

    ['a token is paid', asset('1000001', content(3, TO), number(4, 1)), 'decoded'],
    ['a token is paid to its owner', asset('1000001', content(3, OWNER), number(4, 1)), MALFORMED],
    ['no token is paid', asset('1000001', content(3, TO)), MALFORMED],
    ['a token with a name', asset('BitTorrent', content(3, TO), number(4, 1)), MALFORMED],
    ['a token with a leading zero', asset('01000001', content(3, TO), number(4, 1)), MALFORMED],
    ['a token before the first', asset('1000000', content(3, TO), number(4, 1)), MALFORMED],
    ['a token of 64 bits', asset('9223372036854775808', content(3, TO), number(4, 1)), MALFORMED],

    ['30 votes', votes(...Array.from({ length: 30 }, () => vote(1))), 'decoded'],
    ['31 votes', votes(...Array.from({ length: 31 }, () => vote(1))), TOO_LARGE],
    ['a vote for nobody', votes(), MALFORMED],
    ['a vote of nothing', votes(vote(0)), MALFORMED],
    [
      'a vote with an unknown field',
      votes(content(2, concatBytes(content(1, TO), number(2, 1), number(3, 1)))),
      MALFORMED,
    ],

    ['1 TRX is frozen', freeze(number(2, TRX), number(3, 3)), 'decoded'],
    ['less is frozen', freeze(number(2, TRX - 1), number(3, 3)), MALFORMED],
    ['frozen for a resource that cannot be lent', freeze(number(2, TRX), number(3, 3), number(10, 2)), MALFORMED],
    ['frozen for its own owner', freeze(number(2, TRX), number(3, 3), content(15, OWNER)), MALFORMED],
    ['unfrozen', unfreeze(), 'decoded'],
    ['unfrozen from its own owner', unfreeze(content(15, OWNER)), MALFORMED],
    ['unfrozen of a resource that cannot be lent', unfreeze(number(10, 2)), MALFORMED],
    ['unfrozen with an empty receiver', unfreeze(content(15, '')), MALFORMED],

    ['1 TRX is staked', freezeV2(number(2, TRX), number(3, 2)), 'decoded'],
    ['less is staked', freezeV2(number(2, TRX - 1)), MALFORMED],
    ['staked for a resource that does not exist', freezeV2(number(2, TRX), number(3, 3)), MALFORMED],
    ['one sun is unstaked', unfreezeV2(number(2, 1)), 'decoded'],
    ['nothing is unstaked', unfreezeV2(), MALFORMED],
    ['unstaked of a resource that does not exist', unfreezeV2(number(2, 1), number(3, 3)), MALFORMED],

    ['1 TRX is delegated', delegate(number(3, TRX), content(4, TO)), 'decoded'],
    ['less is delegated', delegate(number(3, TRX - 1), content(4, TO)), MALFORMED],
    ['delegated to its own owner', delegate(number(3, TRX), content(4, OWNER)), MALFORMED],
    ['delegated to nobody', delegate(number(3, TRX)), MALFORMED],
    ['tron power is delegated', delegate(number(2, 2), number(3, TRX), content(4, TO)), MALFORMED],
    ['a lock that is neither true nor false', delegate(number(3, TRX), content(4, TO), number(5, 2)), MALFORMED],
    ['one sun is taken back', undelegate(number(3, 1), content(4, TO)), 'decoded'],
    ['nothing is taken back', undelegate(content(4, TO)), MALFORMED],
    ['taken back from its own owner', undelegate(number(3, 1), content(4, OWNER)), MALFORMED],
    ['tron power is taken back', undelegate(number(2, 2), number(3, 1), content(4, TO)), MALFORMED],

    ['rewards with a field too many', of(13, 'WithdrawBalanceContract', number(2, 1)), MALFORMED],
    ['unstaked coins with a field too many', of(56, 'WithdrawExpireUnfreezeContract', number(2, 1)), MALFORMED],
    ['a cancellation with a field too many', of(59, 'CancelAllUnfreezeV2Contract', number(2, 1)), MALFORMED],
  ])('%s', (_, bytes, expected) => {
    expect(answer(bytes)).toBe(expected)
  })
})

describe('a deployment', () => {
  const origin = content(1, OWNER)
  const rest = concatBytes(
    content(4, Uint8Array.of(1, 2, 3)),
    number(5, 8),
    number(6, 100),
    content(7, 'n'),
    number(8, 1),
  )
  const deploy = (contract: Uint8Array, ...fields: readonly Uint8Array[]) =>
    of(30, 'CreateSmartContract', content(2, contract), ...fields)

  test.each<[string, Uint8Array, string]>([
    ['as it should be', deploy(concatBytes(origin, rest)), 'decoded'],
    ['with an empty interface', deploy(concatBytes(origin, content(3, ''), rest)), 'decoded'],
    ['without a contract', of(30, 'CreateSmartContract'), MALFORMED],
    ['of another origin', deploy(concatBytes(content(1, TO), rest)), MALFORMED],
    ['without an origin', deploy(rest), MALFORMED],
    ['with an address that only a node gives', deploy(concatBytes(origin, content(2, TO), rest)), UNSUPPORTED],
    ['with a code hash that only a node gives', deploy(concatBytes(origin, rest, content(9, 'h'))), UNSUPPORTED],
    [
      'with a transaction hash that only a node gives',
      deploy(concatBytes(origin, rest, content(10, 'h'))),
      UNSUPPORTED,
    ],
    ['with a version that only a node gives', deploy(concatBytes(origin, rest, number(11, 1))), UNSUPPORTED],
    ['with a share of energy over all of it', deploy(concatBytes(origin, number(6, 101), number(8, 1))), MALFORMED],
    ['without energy of its origin', deploy(concatBytes(origin, number(6, 100))), MALFORMED],
    ['with a name of 32 bytes', deploy(concatBytes(origin, content(7, 'ä'.repeat(16)), number(8, 1))), 'decoded'],
    ['with a name of 33 bytes', deploy(concatBytes(origin, content(7, `${'ä'.repeat(16)}n`), number(8, 1))), MALFORMED],
    ['with tokens', deploy(concatBytes(origin, rest), number(3, 1), number(4, 1_000_001)), UNSUPPORTED],
    ['with the number of a token', deploy(concatBytes(origin, rest), number(4, 1_000_001)), UNSUPPORTED],
  ])('%s', (_, bytes, expected) => {
    expect(answer(bytes)).toBe(expected)
  })

  test('says how much code it is and what goes into it', () => {
    expect(decodeTronTransaction(deploy(concatBytes(origin, rest))).effects).toEqual([
      { effect: 'deploy', codeBytes: 3, valueAtomic: 8n, at: 'contracts[0]' },
    ])
  })
})

describe('a permission update', () => {
  const key = (byte: number, weight = 1) =>
    content(7, concatBytes(content(1, address(byte)), ...(weight > 0 ? [number(2, weight)] : [])))
  interface Parts {
    readonly type: number
    readonly name?: string
    readonly threshold?: number
    readonly parent?: number
    readonly operations?: number
    readonly keys?: readonly Uint8Array[]
  }
  const permission = ({
    type,
    name = '',
    threshold = 1,
    parent = 0,
    operations = 0,
    keys = [key(0x51)],
  }: Parts): Uint8Array =>
    concatBytes(
      ...(type > 0 ? [number(1, type)] : []),
      ...(name === '' ? [] : [content(3, name)]),
      ...(threshold > 0 ? [number(4, threshold)] : []),
      ...(parent > 0 ? [number(5, parent)] : []),
      ...(operations > 0 ? [content(6, new Uint8Array(operations).fill(0x7f))] : []),
      ...keys,
    )
  const byOwner = (parts: Partial<Parts> = {}) => content(2, permission({ type: 0, ...parts }))
  const witness = (parts: Partial<Parts> = {}) => content(3, permission({ type: 1, ...parts }))
  const active = (parts: Partial<Parts> = {}) => content(4, permission({ type: 2, operations: 32, ...parts }))
  const update = (...fields: readonly Uint8Array[]) => of(46, 'AccountPermissionUpdateContract', ...fields)
  const times = (count: number, make: (index: number) => Uint8Array) =>
    Array.from({ length: count }, (_, index) => make(index))

  test.each<[string, Uint8Array, string]>([
    ['of owner and active', update(byOwner(), active()), 'decoded'],
    ['of all three', update(byOwner(), witness(), active()), 'decoded'],
    ['of 8 active permissions', update(byOwner(), ...times(8, () => active())), 'decoded'],
    ['of 9 active permissions', update(byOwner(), ...times(9, () => active())), TOO_LARGE],
    ['without an owner permission', update(active()), MALFORMED],
    ['without an active permission', update(byOwner()), MALFORMED],
    ['with an active one where the owner belongs', update(byOwner({ type: 2, operations: 32 }), active()), MALFORMED],
    ['with the owner where an active one belongs', update(byOwner(), active({ type: 0, operations: 0 })), MALFORMED],
    [
      'with an active one where the witness belongs',
      update(byOwner(), witness({ type: 2, operations: 32 }), active()),
      MALFORMED,
    ],
    ['with a type that does not exist', update(byOwner({ type: 3 }), active()), MALFORMED],
    ['with a witness of two keys', update(byOwner(), witness({ keys: [key(1), key(2)] }), active()), MALFORMED],
    ['with 5 keys', update(byOwner({ keys: times(5, key) }), active()), 'decoded'],
    ['with 6 keys', update(byOwner({ keys: times(6, key) }), active()), TOO_LARGE],
    ['with no key', update(byOwner({ keys: [] }), active()), MALFORMED],
    ['with no key in an active permission', update(byOwner(), active({ keys: [] })), MALFORMED],
    ['with a key twice', update(byOwner({ keys: [key(1), key(1)] }), active()), MALFORMED],
    ['with a key of no weight', update(byOwner({ keys: [key(1), key(2, 0)] }), active()), MALFORMED],
    [
      'with a threshold that the keys just reach',
      update(byOwner({ keys: [key(1, 2), key(2, 3)], threshold: 5 }), active()),
      'decoded',
    ],
    [
      'with a threshold that the keys do not reach',
      update(byOwner({ keys: [key(1, 2), key(2, 3)], threshold: 6 }), active()),
      MALFORMED,
    ],
    ['without a threshold', update(byOwner({ threshold: 0 }), active()), MALFORMED],
    ['with a parent', update(byOwner(), active({ parent: 1 })), MALFORMED],
    ['with a name of 32 characters', update(byOwner({ name: 'n'.repeat(32) }), active()), 'decoded'],
    ['with a name of 33 characters', update(byOwner({ name: 'n'.repeat(33) }), active()), MALFORMED],
    ['with operations of the owner', update(byOwner({ operations: 32 }), active()), MALFORMED],
    ['with 31 bytes of operations', update(byOwner(), active({ operations: 31 })), MALFORMED],
    ['without operations', update(byOwner(), active({ operations: 0 })), MALFORMED],
  ])('%s', (_, bytes, expected) => {
    expect(answer(bytes)).toBe(expected)
  })

  test('names every new key, with its weight, and what an active one may do', () => {
    const bytes = update(byOwner({ keys: [key(0x51, 2), key(0x52)], threshold: 2 }), active({ keys: [key(0x53)] }))
    expect(decodeTronTransaction(bytes).effects).toMatchObject([
      {
        power: 'account-permission',
        grantee: { key: `key20:${'51'.repeat(20)}` },
        detail: 'owner: weight 2 of threshold 2',
      },
      {
        power: 'account-permission',
        grantee: { key: `key20:${'52'.repeat(20)}` },
        detail: 'owner: weight 1 of threshold 2',
      },
      {
        power: 'account-permission',
        subject: { key: `key20:${'11'.repeat(20)}` },
        grantee: { key: `key20:${'53'.repeat(20)}` },
        detail: `active: weight 1 of threshold 1, operations 0x${'7f'.repeat(32)}`,
        at: 'contracts[0].actives[0]',
      },
    ])
  })
})
