import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  makeV1KeySign,
  makeV2ContractCall,
  makeV2Eip191Message,
  makeV2KeySign,
  testRootPubkey,
} from '@callback-quorum/simulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadAddressBook, type AddressBook } from '../../src/operator-files/address-book.ts'
import { assets, bindingOf, changed, codesOf, type Parts } from './binding-of.ts'

const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const OTHER = '0x1111111111111111111111111111111111111111'
const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'

const eth = () => makeV2KeySign({ to: TO, amount: '1.5' })
const usdt = () => makeV2KeySign({ to: TO, amount: '250', token: 'ETH_USDT' })

describe('a payment whose bytes do what its description says binds', () => {
  test.each([
    ['coins', eth()],
    ['coins, legacy', makeV2KeySign({ to: TO, amount: '1.5', feeModel: 'legacy' })],
    ['tokens', usdt()],
    ['another chain', makeV2KeySign({ to: TO, amount: '0.2', chain: 'bsc' })],
    [
      'a contract call',
      makeV2ContractCall({
        contract: USDT,
        calldata: `0xa9059cbb${'0'.repeat(24)}${TO.slice(2).toLowerCase()}${'0'.repeat(63)}1`,
      }),
    ],
    ['a message', makeV2Eip191Message({ message: 'Sign in to Example at 2026-11-21' })],
  ])('%s', (_, content) => {
    expect(codesOf(bindingOf(content))).toEqual([])
  })

  test('in v1, by raw_tx_hex and raw_tx', () => {
    expect(codesOf(bindingOf(makeV1KeySign({ to: TO, amount: '1.5' }), 'cobo-v1'))).toEqual([])
  })

  test('and says what leaves, to whom, and that it is not ours', () => {
    const bound = bindingOf(usdt())
    if (bound.result !== 'bound') throw new Error('it binds')
    expect(bound.binding.outflows).toMatchObject([
      { effect: 'transfer', asset: { id: 'USDT-ETHEREUM' }, amountAtomic: 250_000_000n, own: false, to: { text: TO } },
    ])
  })
})

describe('what does not agree is refused with a code of its own', () => {
  const cases: readonly (readonly [string, string, () => ReturnType<typeof eth>])[] = [
    [
      'another destination',
      'RAW_DESTINATION_DIFFERS',
      () => makeV2KeySign({ to: OTHER, amount: '1.5', describedAs: { to: TO } }),
    ],
    [
      'another amount',
      'RAW_AMOUNT_DIFFERS',
      () => makeV2KeySign({ to: TO, amount: '15', describedAs: { amount: '1.5' } }),
    ],
    [
      'a token recipient behind the token contract',
      'RAW_DESTINATION_DIFFERS',
      () => makeV2KeySign({ to: OTHER, amount: '250', token: 'ETH_USDT', describedAs: { to: TO } }),
    ],
    [
      'another token of the same chain',
      'RAW_ASSET_DIFFERS',
      () => changed(usdt(), ({ extra }) => void (extra.transaction['token_id'] = 'ETH_USDC')),
    ],
    [
      'coins described as tokens',
      'RAW_ASSET_DIFFERS',
      () => changed(eth(), ({ extra }) => void (extra.transaction['token_id'] = 'ETH_USDT')),
    ],
    [
      'another chain',
      'RAW_CHAIN_DIFFERS',
      () =>
        changed(eth(), ({ extra }) => Object.assign(extra.transaction, { token_id: 'BASE_ETH', chain_id: 'BASE_ETH' })),
    ],
    [
      'another hash',
      'RAW_HASHES_DIFFER',
      () => changed(eth(), ({ detail }) => void (detail['msg_hash_list'] = [`0x${'ab'.repeat(32)}`])),
    ],
    [
      'a second hash',
      'RAW_HASHES_DIFFER',
      () =>
        changed(eth(), ({ detail }) =>
          Object.assign(detail, {
            msg_hash_list: [...(detail['msg_hash_list'] as string[]), `0x${'ab'.repeat(32)}`],
            bip32_path_list: ['m/44/60/0/0/0', 'm/44/60/0/0/0'],
            tweak_list: ['0x00', '0x00'],
          }),
        ),
    ],
    [
      'the key of another address',
      'KEY_DIFFERS',
      () => changed(eth(), ({ detail }) => void (detail['bip32_path_list'] = ['m/44/60/0/0/1'])),
    ],
    [
      'a hardened path',
      'KEY_INVALID',
      () => changed(eth(), ({ detail }) => void (detail['bip32_path_list'] = ["m/44'/60/0/0/0"])),
    ],
    ['no root key', 'KEY_MISSING', () => changed(eth(), ({ detail }) => void (detail['root_pub_key'] = null))],
    ['a tweak', 'KEY_TWEAKED', () => changed(eth(), ({ detail }) => void (detail['tweak_list'] = ['0x01']))],
    [
      'a Schnorr signature',
      'SIGNATURE_TYPE_DIFFERS',
      () => changed(eth(), ({ detail }) => void (detail['signature_type'] = 3)),
    ],
    [
      'another nonce',
      'RAW_NONCE_DIFFERS',
      () => changed(eth(), ({ extra }) => void (extra.transaction.raw_tx_info['used_nonce'] = 1)),
    ],
    [
      'another fee',
      'RAW_FEE_DIFFERS',
      () => changed(eth(), ({ extra }) => void (extra.transaction.fee['max_fee_per_gas'] = '1')),
    ],
    [
      'a memo that is not in the bytes',
      'RAW_MEMO_DIFFERS',
      () =>
        changed(
          eth(),
          ({ extra }) => void Object.assign(extra.transaction.destination['account_output'] as object, { memo: '7' }),
        ),
    ],
    [
      'bytes that are none',
      'RAW_MALFORMED',
      () =>
        changed(eth(), ({ extra }) => void (extra.transaction.raw_tx_info['unsigned_raw_tx'] = 'invalid hex string')),
    ],
    [
      'half a byte',
      'RAW_MALFORMED',
      () => changed(eth(), ({ extra }) => void (extra.transaction.raw_tx_info['unsigned_raw_tx'] = '0x02f')),
    ],
    [
      'a byte behind the end',
      'RAW_MALFORMED',
      () =>
        changed(
          eth(),
          ({ extra }) =>
            void (extra.transaction.raw_tx_info['unsigned_raw_tx'] =
              `${String(extra.transaction.raw_tx_info['unsigned_raw_tx'])}00`),
        ),
    ],
    [
      'no bytes',
      'RAW_MISSING',
      () => changed(eth(), ({ extra }) => void (extra.transaction.raw_tx_info['unsigned_raw_tx'] = null)),
    ],
    [
      'a deprecated raw digest',
      'OPERATION_UNBOUND',
      () =>
        changed(eth(), ({ extra }) =>
          Object.assign(extra.transaction, {
            type: 'MessageSign',
            destination: { destination_type: 'Raw_Message_Signature', msg_hash: 'ab' },
          }),
        ),
    ],
    [
      'a chain that is not decoded',
      'CHAIN_UNSUPPORTED',
      () =>
        changed(eth(), ({ extra }) =>
          Object.assign(extra.transaction, {
            token_id: 'XRP',
            chain_id: 'XRP',
            destination: {
              destination_type: 'Address',
              account_output: { address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', amount: '1' },
            },
          }),
        ),
    ],
  ]
  test.each(cases)('%s: %s', (_, code, make) => {
    expect(codesOf(bindingOf(make()))).toContain(code)
  })

  const call = () => makeV2ContractCall({ contract: USDT, calldata: '0xd0e30db0', value: '1' })
  const destination = ({ extra }: Parts): Record<string, unknown> => extra.transaction.destination
  test.each([
    ['another contract', 'RAW_CALL_DIFFERS', (parts: Parts) => void (destination(parts)['address'] = OTHER)],
    ['other call data', 'RAW_CALL_DIFFERS', (parts: Parts) => void (destination(parts)['calldata'] = '0xd0e30db1')],
    ['another value', 'RAW_AMOUNT_DIFFERS', (parts: Parts) => void (destination(parts)['value'] = '2')],
  ])('a contract call with %s: %s', (_, code, change) => {
    expect(codesOf(bindingOf(changed(call(), change)))).toContain(code)
  })

  test('raw members of v1 that hold different transactions: RAW_CONTRADICTS', () => {
    const content = changed(makeV1KeySign({ to: TO, amount: '1.5' }), ({ extra }) => {
      ;(extra as Record<string, unknown>)['raw_tx_hex'] = '0x00'
    })
    expect(codesOf(bindingOf(content, 'cobo-v1'))).toContain('RAW_CONTRADICTS')
  })

  test('a message beside bytes of a transaction, and a description of another message, do not bind', () => {
    const content = makeV2Eip191Message({ message: 'Sign in' })
    const other = Buffer.from('Sign out').toString('base64')
    expect(codesOf(bindingOf(changed(content, (parts) => void (destination(parts)['message'] = other))))).toEqual([
      'RAW_HASHES_DIFFER',
    ])
  })
})

test('where addresses.yaml names root keys, a key of another root does not sign', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cq bind '))
  onTestFinished(() => rm(folder, { recursive: true }))
  const bookOf = async (rootKey: string): Promise<AddressBook> => {
    await writeFile(join(folder, 'addresses.yaml'), `root_keys: [${rootKey}]\n`)
    return loadAddressBook(join(folder, 'addresses.yaml'), assets)
  }
  const other =
    'xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB'
  expect(codesOf(bindingOf(eth(), 'cobo-v2', await bookOf(testRootPubkey())))).toEqual([])
  expect(codesOf(bindingOf(eth(), 'cobo-v2', await bookOf(other)))).toEqual(['KEY_UNKNOWN'])
  await expect(bookOf('xpub-of-nobody')).rejects.toMatchObject({
    problems: [expect.stringContaining('root_keys[0]: ') as string],
  })
})
