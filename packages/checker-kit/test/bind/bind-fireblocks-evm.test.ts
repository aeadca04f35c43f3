import { makeV2KeySign } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { eth, OTHER, to } from '../describe/fireblocks-requests.ts'
import { addressBook, type Members } from '../describe/requests.ts'
import { codesOf } from './binding-of.ts'
import { boundAs, call, coins, signing, tokens } from './fireblocks-binding.ts'

const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
const WRAP = '0xd0e30db0'
const [documented] = eth['rawTx'] as readonly Members[]
const withRaw = (change: Members, content = eth): Members => ({
  ...content,
  rawTx: (content['rawTx'] as readonly Members[]).map((one) => ({ ...one, ...change })),
})

function bindingAs(content: Members, addresses?: Awaited<ReturnType<typeof addressBook>>) {
  const bound = boundAs(content, addresses === undefined ? {} : { addresses })
  if (bound.result !== 'bound') throw new Error(`it does not bind: ${codesOf(bound).join(', ')}`)
  return bound.binding
}

describe('what does what its description says binds', () => {
  test.each([
    ['the documented payment', eth],
    ['coins', coins(TO, '1.5')],
    ['tokens', tokens(TO, '250')],
    ['a contract call', call(USDT, WRAP, '0.5')],
    ['a call that pays nothing', call(USDT, `0xa9059cbb${'0'.repeat(127)}1`, '0')],
    ['a payment without a stated fee', { ...eth, fee: undefined }],
    ['a payment below the stated fee', { ...eth, fee: '1' }],
    [
      'a payment whose address is written in another case',
      {
        ...withRaw({}),
        ...to({ dstAddress: TO.toLowerCase() }, coins(TO, '1')),
        rawTx: coins(TO, '1')['rawTx'],
        destAddress: undefined,
        amountStr: '1',
        requestedAmountStr: '1.0',
        fee: undefined,
      },
    ],
  ])('%s', (_, content) => {
    expect(codesOf(boundAs(content))).toEqual([])
  })

  test('and says what leaves and to whom; what is ours is for addresses.yaml to say', async () => {
    const outflow = { effect: 'transfer', asset: { id: 'USDC-ETHEREUM' }, amountAtomic: 250_000_000n, to: { text: TO } }
    expect(bindingAs(tokens(TO, '250')).outflows).toMatchObject([{ ...outflow, own: false }])
    const book = await addressBook(`own: [{ address: "${TO}", chain: ethereum, wallet: "VAULT:1" }]\n`)
    expect(bindingAs(tokens(TO, '250'), book).outflows).toMatchObject([{ ...outflow, own: true }])
  })
})

describe('what does not agree is refused with a code of its own', () => {
  const lying = (options: Parameters<typeof makeV2KeySign>[0], described: Members): Members =>
    signing(makeV2KeySign(options), { ...described, rawTx: undefined, fee: undefined, ...rawOf(options) })
  const rawOf = (options: Parameters<typeof makeV2KeySign>[0]): Members => {
    const { rawTx, fee } = signing(makeV2KeySign(options), {})
    return { rawTx, fee }
  }
  const usdc = { token: 'ETH_USDC' } as const
  test.each<readonly [string, string, Members]>([
    ['another destination', 'RAW_DESTINATION_DIFFERS', lying({ to: OTHER, amount: '1.5' }, coins(TO, '1.5'))],
    ['another amount', 'RAW_AMOUNT_DIFFERS', lying({ to: TO, amount: '15' }, coins(TO, '1.5'))],
    ['another token recipient', 'RAW_DESTINATION_DIFFERS', lying({ to: OTHER, amount: '1', ...usdc }, tokens(TO, '1'))],
    ['another token amount', 'RAW_AMOUNT_DIFFERS', lying({ to: TO, amount: '10', ...usdc }, tokens(TO, '1'))],
    ['another token', 'RAW_ASSET_DIFFERS', lying({ to: TO, amount: '1', token: 'ETH_USDT' }, tokens(TO, '1'))],
    ['coins for tokens', 'RAW_ASSET_DIFFERS', lying({ to: TO, amount: '1' }, tokens(TO, '1'))],
    ['another chain', 'RAW_CHAIN_DIFFERS', lying({ to: TO, amount: '1', chain: 'base' }, coins(TO, '1'))],
    ['another digest', 'RAW_HASHES_DIFFER', withRaw({ payload: 'ab'.repeat(32) })],
    ['a smaller fee', 'RAW_FEE_DIFFERS', { ...eth, fee: '0.000597803762240999' }],
    ['a fee of too many digits', 'RAW_FEE_DIFFERS', { ...eth, fee: '0.0000000000000000001' }],
    ['no path to the key that signs', 'KEY_MISSING', withRaw({ keyDerivationPath: undefined })],
    ['no bytes', 'RAW_MISSING', { ...eth, rawTx: undefined }],
    ['an empty list of bytes', 'RAW_MISSING', { ...eth, rawTx: [] }],
    [
      'two transactions',
      'RAW_UNSUPPORTED',
      { ...eth, rawTx: [documented, { ...documented, payload: 'ab'.repeat(32) }] },
    ],
    ['bytes that are none', 'RAW_MALFORMED', withRaw({ rawTx: 'f00f' })],
    ['a byte behind the end', 'RAW_MALFORMED', withRaw({ rawTx: `${String(documented?.['rawTx'])}00` })],
    [
      'a destination without address',
      'RAW_DESTINATION_DIFFERS',
      { ...eth, destAddress: '', ...to({ displayDstAddress: '' }) },
    ],
    [
      'another contract',
      'RAW_CALL_DIFFERS',
      { ...call(USDT, WRAP, '1'), ...to({ displayDstAddress: OTHER, amountNativeStr: '1' }), destAddress: OTHER },
    ],
    [
      'other call data',
      'RAW_CALL_DIFFERS',
      { ...call(USDT, WRAP, '1'), extraParameters: { contractCallData: 'd0e30db1' } },
    ],
    ['no call data', 'RAW_CALL_DIFFERS', { ...call(USDT, WRAP, '1'), extraParameters: undefined }],
    [
      'another value',
      'RAW_AMOUNT_DIFFERS',
      {
        ...call(USDT, WRAP, '1'),
        amountStr: '2',
        requestedAmountStr: '2',
        ...to({ displayDstAddress: USDT, amountNativeStr: '2' }),
      },
    ],
    [
      'a call described as a payment',
      'RAW_HIDES_WRAP',
      { ...call(USDT, WRAP, '1'), operation: 'TRANSFER', extraParameters: undefined },
    ],
    [
      'a chain whose format is not published',
      'CHAIN_UNSUPPORTED',
      {
        ...withRaw({ keyDerivationPath: undefined }),
        asset: 'XRP',
        amountStr: undefined,
        requestedAmountStr: undefined,
        destAddress: undefined,
        ...to({ displayDstAddress: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66' }),
      },
    ],
  ])('%s: %s', (_, code, content) => {
    expect(codesOf(boundAs(content))).toContain(code)
  })

  test('a deployment in place of a call whose contract is not named', () => {
    const unnamed = {
      ...call(USDT, WRAP, '0'),
      destAddress: '',
      ...to({ displayDstAddress: '', amountNativeStr: '0' }),
    }
    expect(codesOf(boundAs(unnamed))).toContain('RAW_CALL_DIFFERS')
  })
})

test('the nonce of a payment excludes no other one: nothing binds the path of the request to the key that signs', () => {
  expect(bindingAs(eth).decoded.nonce).toBe(4n)
  expect(bindingAs(eth).slots).toEqual([])
})
