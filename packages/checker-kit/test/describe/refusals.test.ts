import { describe, expect, it } from 'vitest'
import { createAssetRegistry } from '@callback-quorum/chains'
import {
  addressBook,
  codesOf,
  describeWith,
  FROM,
  HASH,
  OTHER_HASH,
  request,
  TO,
  v1KeySign,
  v2KeySign,
} from './requests.ts'

const payment = (members: Record<string, unknown>) => ({ destination_type: 'Address', ...members })
const wallet = { wallet_type: 'MPC', wallet_subtype: 'Org-Controlled', name: 'hot', vault_id: 'v' }
const WALLET = 'e499fcb7-4cde-4586-bd14-17d7ea49c25f'
const many = { bip32_path_list: ['m/0', 'm/1'], msg_hash_list: [HASH, OTHER_HASH], tweak_list: null }
const P2PKH = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const bitcoin = { chain_id: 'BTC', token_id: 'BTC' }
const UINT256 = (2n ** 256n - 1n).toString()

describe('a request is refused', () => {
  it('not when nothing is wrong with it', () => {
    expect(codesOf(v2KeySign())).toEqual([])
    expect(codesOf(v1KeySign())).toEqual([])
  })

  it.each([
    ['v2 names another organisation', v2KeySign({ extra: { org: { org_id: 'another' } } })],
    [
      'the wallet belongs to another',
      v2KeySign({ extra: { wallet: { ...wallet, wallet_id: WALLET, org_id: 'another' } } }),
    ],
    ['a ceremony names another', request('cobo-v2', 1, { biz_task_id: 't' }, { org: { org_id: 'another' } })],
  ])('ORGANISATION_MISMATCH when %s', (_, asked) => {
    expect(codesOf(asked)).toEqual(['ORGANISATION_MISMATCH'])
  })

  it.each([
    ['v1 has an empty cobo_id', v1KeySign({ cobo_id: '' })],
    ['a v2 ceremony has no biz_task_id', request('cobo-v2', 1, { task_id: 't' }, { org: { org_id: 'SYNTHETIC' } })],
  ])('TRANSACTION_ID_MISSING when %s', (_, asked) => {
    expect(codesOf(asked)).toEqual(['TRANSACTION_ID_MISSING'])
  })

  it('for all it lacks when v2 names no transaction', () => {
    expect(codesOf(v2KeySign({ extra: { transaction: null } }))).toEqual(['TASK_MISMATCH', 'TRANSACTION_ID_MISSING'])
  })

  it.each([
    ['another id', 'another'],
    ['the cobo_id', '20250904104620000107060000000331'],
    ['nothing', null],
    ['an empty text', ''],
  ])('TASK_MISMATCH when biz_task_id is %s', (_, biz_task_id) => {
    expect(codesOf(v2KeySign({ detail: { biz_task_id } }))).toEqual(['TASK_MISMATCH'])
  })

  it('TASK_MISMATCH also when both ids are empty', () => {
    const asked = v2KeySign({ detail: { biz_task_id: '' }, transaction: { transaction_id: '' } })
    expect(codesOf(asked)).toEqual(['TASK_MISMATCH'])
  })

  it.each([
    ['v2 names an unknown token', v2KeySign({ transaction: { token_id: 'NOT_A_TOKEN' } })],
    ['v2 names no token for a payment', v2KeySign({ transaction: { token_id: null } })],
    ['a token of v2 differs in case', v2KeySign({ transaction: { token_id: 'seth' } })],
    ['v1 names an unknown coin', v1KeySign({ coin: 'NOT_A_COIN' })],
    ['v1 names a member of every object', v1KeySign({ coin: 'constructor' })],
  ])('ASSET_UNKNOWN when %s', (_, asked) => {
    expect(codesOf(asked)).toEqual(['ASSET_UNKNOWN'])
  })

  it('ASSET_UNKNOWN when the value of a contract call counts in a coin that is not registered', () => {
    const destination = { destination_type: 'EVM_Contract', address: TO, calldata: '0x' }
    const transaction = { type: 'ContractCall', chain_id: 'NOT_A_CHAIN', token_id: null }
    expect(codesOf(v2KeySign({ transaction, destination }))).toEqual(['ASSET_UNKNOWN'])
  })

  it.each(['ETH', 'NOT_A_CHAIN'])('CHAIN_MISMATCH when chain_id %s is not the chain of the token', (chain_id) => {
    expect(codesOf(v2KeySign({ transaction: { chain_id } }))).toEqual(['CHAIN_MISMATCH'])
  })

  it('DECIMALS_MISMATCH when v1 counts in other decimals than the registry', () => {
    expect(codesOf(v1KeySign({ decimal: 6 }))).toEqual(['DECIMALS_MISMATCH'])
  })

  it.each(['-1', '+1', '1e3', '1,000', '0x10', '', null, '0.0000000000000000001', ' 1', 'NaN', UINT256 + '0'])(
    'AMOUNT_INVALID when a v2 amount is %j',
    (amount) => {
      expect(codesOf(v2KeySign({ destination: payment({ account_output: { address: TO, amount } }) }))).toEqual([
        'AMOUNT_INVALID',
      ])
    },
  )

  it.each(['-1', '1.0', '1e3', '007', '', null, '0x10'])('AMOUNT_INVALID when a v1 amount is %j', (amount) => {
    expect(codesOf(v1KeySign({ amount }))).toEqual(['AMOUNT_INVALID'])
  })

  it('AMOUNT_INVALID when the value of a contract call cannot be read', () => {
    const destination = { destination_type: 'EVM_Contract', address: TO, calldata: '0x', value: '1 ETH' }
    expect(codesOf(v2KeySign({ transaction: { type: 'ContractCall' }, destination }))).toEqual(['AMOUNT_INVALID'])
  })

  it('AMOUNT_INVALID when the outputs sum to more than 256 bits count', () => {
    const to_address_details = JSON.stringify([
      { to_address: P2PKH, amount: UINT256 },
      { to_address: P2PKH, amount: '1' },
    ])
    const asked = v1KeySign({ coin: 'BTC', decimal: 8, to_address: P2PKH, amount: '', to_address_details })
    expect(codesOf(asked)).toEqual(['AMOUNT_INVALID'])
  })

  it.each([
    { destination_type: 'CustodialWallet', wallet_id: WALLET, amount: '1' },
    { destination_type: 'ExchangeWallet', wallet_id: WALLET, amount: '1', exchange_id: 'binance' },
    { destination_type: 'BrandNewDestination', address: TO, amount: '1' },
    payment({}),
    payment({ account_output: {} }),
    payment({ account_output: null, utxo_outputs: [] }),
    payment({ account_output: { amount: '1' } }),
    payment({ account_output: { address: '', amount: '1' } }),
    payment({ utxo_outputs: [{ amount: '1', script: '6a00' }] }),
  ])('DESTINATION_UNSUPPORTED when the destination is %j', (destination) => {
    expect(codesOf(v2KeySign({ transaction: { type: null }, destination }))).toEqual(['DESTINATION_UNSUPPORTED'])
  })

  it.each(['DepositToAddress', 'DepositToWallet'])('when its destination is %s', (destination_type) => {
    const members = {
      wallet_id: WALLET,
      wallet_type: 'MPC',
      wallet_subtype: 'Org-Controlled',
      address: TO,
      amount: '1',
    }
    const asked = v2KeySign({ transaction: { type: 'Deposit' }, destination: { destination_type, ...members } })
    expect(codesOf(asked)).toEqual(['DESTINATION_UNSUPPORTED', 'TYPE_UNSUPPORTED'])
  })

  it('DESTINATION_UNSUPPORTED when a v1 transfer goes nowhere', () => {
    expect(codesOf(v1KeySign({ to_address: '' }))).toEqual(['DESTINATION_UNSUPPORTED'])
  })

  it.each([
    ['differ in amount', { address: P2PKH, amount: '1' }, [{ address: P2PKH, amount: '2' }]],
    [
      'differ in address',
      { address: P2PKH, amount: '1' },
      [{ address: '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt', amount: '1' }],
    ],
    [
      'differ in number',
      { address: P2PKH, amount: '1' },
      [
        { address: P2PKH, amount: '1' },
        { address: P2PKH, amount: '1' },
      ],
    ],
  ])('OUTPUTS_CONTRADICT when account_output and utxo_outputs %s', (_, account_output, utxo_outputs) => {
    const asked = v2KeySign({ transaction: bitcoin, destination: payment({ account_output, utxo_outputs }) })
    expect(codesOf(asked)).toEqual(['OUTPUTS_CONTRADICT'])
  })

  it('OUTPUTS_CONTRADICT when the memo is not the tag that the address holds', () => {
    const account_output = { address: 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB', memo: '1', amount: '1' }
    const asked = v2KeySign({
      transaction: { chain_id: 'XRP', token_id: 'XRP' },
      destination: payment({ account_output }),
    })
    expect(codesOf(asked)).toEqual(['OUTPUTS_CONTRADICT'])
  })

  it.each([
    ['odd', '0xa9059cb'],
    ['not hex', '0xzz'],
    ['longer than the platform takes', `0x${'00'.repeat(32_501)}`],
  ])('CALLDATA_INVALID when call data is %s', (_, calldata) => {
    const destination = { destination_type: 'EVM_Contract', address: TO, calldata }
    expect(codesOf(v2KeySign({ transaction: { type: 'ContractCall' }, destination }))).toEqual(['CALLDATA_INVALID'])
    const extra_parameters = JSON.stringify({ calldata })
    expect(codesOf(v1KeySign({ operation: 200, extra_parameters }))).toEqual(['CALLDATA_INVALID'])
  })

  it.each([
    ['the wallet and the transaction name different wallets', { transaction: { wallet_id: 'another' } }],
    [
      'the source is another wallet',
      { transaction: { source: { source_type: 'Org-Controlled', wallet_id: 'another' } } },
    ],
  ])('WALLET_MISMATCH when %s', (_, changes) => {
    expect(codesOf(v2KeySign(changes))).toEqual(['WALLET_MISMATCH'])
  })

  it('WALLET_MISMATCH when addresses.yaml says that another wallet pays', async () => {
    const own = (name: string) => addressBook(`own: [{ address: '${FROM}', chain: ethereum-sepolia, wallet: ${name} }]`)
    expect(codesOf(v2KeySign(), await own(WALLET))).toEqual([])
    expect(codesOf(v2KeySign(), await own('cold-1'))).toEqual(['WALLET_MISMATCH'])
  })
})

describe('signing hashes are refused', () => {
  it.each([
    ['an empty list', []],
    ['nothing', null],
  ])('HASHES_MISSING for %s', (_, msg_hash_list) => {
    const lists = { msg_hash_list, bip32_path_list: null, tweak_list: null }
    expect(codesOf(v2KeySign({ detail: lists }))).toEqual(['HASHES_MISSING'])
    expect(codesOf(v1KeySign({}, lists))).toEqual(['HASHES_MISSING'])
  })

  it.each([
    ['text', 'hash'],
    ['an odd number of digits', HASH.slice(1)],
    ['31 bytes', HASH.slice(2)],
    ['33 bytes', `${HASH}00`],
    ['an empty text', ''],
    ['0x alone', '0x'],
    ['two prefixes', `0x0x${HASH}`],
    ['a space', ` ${HASH}`],
  ])('HASHES_INVALID for %s', (_, hash) => {
    expect(codesOf(v2KeySign({ detail: { msg_hash_list: [hash] } }))).toEqual(['HASHES_INVALID'])
    expect(codesOf(v1KeySign({}, { msg_hash_list: [hash] }))).toEqual(['HASHES_INVALID'])
  })

  it.each([
    ['16,384 bytes are taken', 16_384, []],
    ['one byte more is not', 16_385, ['HASHES_INVALID']],
  ])('HASHES_INVALID for a message on Solana beyond the limit: %s', (_, bytes, codes) => {
    const destination = payment({
      account_output: { address: '6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah', amount: '1' },
    })
    const asked = v2KeySign({
      detail: { msg_hash_list: ['00'.repeat(bytes)] },
      transaction: { chain_id: 'SOL', token_id: 'SOL' },
      destination,
    })
    expect(codesOf(asked)).toEqual(codes)
  })

  it('HASHES_DUPLICATE for one hash twice, also in another spelling', () => {
    const lists = { ...many, msg_hash_list: [HASH, `0x${HASH.toUpperCase()}`] }
    expect(codesOf(v2KeySign({ detail: lists }))).toEqual(['HASHES_DUPLICATE'])
    expect(codesOf(v1KeySign({}, lists))).toEqual(['HASHES_DUPLICATE'])
  })

  it.each([
    ['paths are fewer', { bip32_path_list: ['m/0'] }],
    ['paths are an empty list', { bip32_path_list: [] }],
    ['tweaks are more', { tweak_list: ['0x00', '0x00', '0x00'] }],
  ])('LISTS_UNEQUAL when %s', (_, list) => {
    expect(codesOf(v2KeySign({ detail: many }))).toEqual([])
    expect(codesOf(v2KeySign({ detail: { ...many, ...list } }))).toEqual(['LISTS_UNEQUAL'])
    expect(codesOf(v1KeySign({}, { ...many, ...list }))).toEqual(['LISTS_UNEQUAL'])
  })
})

describe('the objections', () => {
  it('are all that can be found, each code once', () => {
    const account_output = { address: '', amount: 'much' }
    const asked = v2KeySign({
      detail: { biz_task_id: 'x', msg_hash_list: ['zz', 'zz'] },
      extra: { org: { org_id: 'another' } },
      transaction: { chain_id: 'ETH', type: 'Deposit', wallet_id: 'another' },
      destination: payment({ account_output, utxo_outputs: [account_output, account_output] }),
    })
    expect(codesOf(asked)).toEqual([
      'AMOUNT_INVALID',
      'CHAIN_MISMATCH',
      'DESTINATION_UNSUPPORTED',
      'HASHES_DUPLICATE',
      'HASHES_INVALID',
      'LISTS_UNEQUAL',
      'ORGANISATION_MISMATCH',
      'OUTPUTS_CONTRADICT',
      'TASK_MISMATCH',
      'TYPE_UNSUPPORTED',
      'WALLET_MISMATCH',
    ])
  })

  it('quote what the caller wrote as short printable text', () => {
    const described = describeWith(v1KeySign({ coin: `\n\u202e${'A'.repeat(5_000)}` }))
    if (!('objections' in described)) throw new Error('was described')
    expect(described.objections[0].text).toMatch(/^coin "\?\?A{38}\.\.\." is not in the asset registry$/)
  })

  it('never come with a question', () => {
    expect(describeWith(v1KeySign({ coin: 'x' }))).not.toHaveProperty('question')
  })
})

describe('the registry', () => {
  it('is the operator’s: an asset that it leaves out is unknown', () => {
    const chains = [{ id: 'bitcoin', family: 'bitcoin', network: 'mainnet', cobo: 'BTC' } as const]
    const registry = createAssetRegistry({
      chains,
      assets: [{ id: 'BTC', chain: 'bitcoin', symbol: 'BTC', decimals: 8, cobo: 'BTC' }],
    })
    expect(registry.byCobo('SETH', 'SETH')).toBeUndefined()
    expect(codesOf(v2KeySign(), undefined, registry)).toEqual(['ASSET_UNKNOWN'])
  })
})
