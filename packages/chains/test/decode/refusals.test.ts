import { concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { encodeFunctionData, erc20Abi, parseAbi, serializeTransaction, type Abi, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  ChainsFault,
  createAssetRegistry,
  decodeBitcoinPreimages,
  decodePersonalMessage,
  decodeTransaction,
  decodeTypedData,
  STARTER_ASSETS,
  type ChainsFaultCode,
  type Effect,
} from '../../src/index.ts'
import { RLP } from 'micro-eth-signer/core/rlp.js'
import vectors from '../data/transaction-vectors.json' with { type: 'json' }
import { bytesOfCobo } from './bytes-of-cobo.ts'

const assets = createAssetRegistry(STARTER_ASSETS)
const bytes = (hex: string): Uint8Array => hexToBytes(hex.replace(/^0x/, ''))

function codeOf(decode: () => unknown): ChainsFaultCode | 'decoded' {
  try {
    decode()
    return 'decoded'
  } catch (error) {
    if (error instanceof ChainsFault) return error.code
    throw error
  }
}

const on = (chainId: string, raw: Uint8Array) => {
  const chain = assets.chain(chainId)
  if (chain === undefined) throw new Error(`no chain ${chainId}`)
  return decodeTransaction(chain, raw)
}

const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const encoded = (...items: readonly (string | readonly unknown[])[]): Uint8Array => RLP.encode(items as never)
const LEGACY = ['0x09', '0x04a817c800', '0x5208', TO, '0x01', '0x', '0x01', '0x', '0x'] as const
const TYPED = ['0x01', '0x', '0x01', '0x02', '0x5208', TO, '0x01', '0x', []] as const
const typed = (type: number, ...items: readonly (string | readonly unknown[])[]): Uint8Array =>
  concatBytes(Uint8Array.of(type), encoded(...items))
const replaced = <T>(list: readonly T[], at: number, item: T): readonly T[] =>
  list.map((one, index) => (index === at ? item : one))

describe('EVM', () => {
  const M = 'TRANSACTION_MALFORMED'
  const U = 'TRANSACTION_UNSUPPORTED'
  const authorization = ['0x01', TO, '0x', '0x01', '0x02', '0x03']
  const cases: readonly (readonly [string, Uint8Array, ChainsFaultCode | 'decoded'])[] = [
    ['a plain legacy transaction', encoded(...LEGACY), 'decoded'],
    ['a plain EIP-1559 transaction', typed(2, ...TYPED), 'decoded'],
    ['a plain EIP-2930 transaction', typed(1, '0x01', '0x', '0x01', '0x5208', TO, '0x01', '0x', []), 'decoded'],
    ['an EIP-7702 transaction', typed(4, ...TYPED, [authorization]), 'decoded'],
    ['nothing', new Uint8Array(), M],
    ['no chain id', encoded(...LEGACY.slice(0, 6)), U],
    ['chain id 0', encoded(...replaced(LEGACY, 6, '0x')), U],
    ['a signature in its place', encoded(...replaced(LEGACY, 7, '0x01')), M],
    ['an item too few', encoded(...LEGACY.slice(0, 8)), M],
    ['an item too many', typed(2, ...TYPED, '0x01'), M],
    ['a byte behind the end', concatBytes(encoded(...LEGACY), Uint8Array.of(0)), M],
    ['a leading zero', encoded(...replaced(LEGACY, 4, '0x0001')), M],
    ['a nonce of 72 bits', encoded(...replaced(LEGACY, 0, `0x${'ff'.repeat(9)}`)), M],
    ['a value of 264 bits', encoded(...replaced(LEGACY, 4, `0x${'ff'.repeat(33)}`)), M],
    ['an address of 19 bytes', encoded(...replaced(LEGACY, 3, `0x${'11'.repeat(19)}`)), M],
    ['a list where bytes belong', typed(2, ...replaced<string | readonly unknown[]>(TYPED, 7, [])), M],
    ['an access list entry without keys', typed(2, ...replaced<string | readonly unknown[]>(TYPED, 8, [[TO]])), M],
    [
      'a storage key of 31 bytes',
      typed(2, ...replaced<string | readonly unknown[]>(TYPED, 8, [[TO, [`0x${'11'.repeat(31)}`]]])),
      M,
    ],
    ['a long length for short bytes', concatBytes(Uint8Array.of(0xf8, 0x09), encoded(...LEGACY).slice(1)), M],
    ['a contract without code', encoded(...replaced(LEGACY, 3, '0x')), M],
    ['an EIP-7702 transaction without authorizations', typed(4, ...TYPED, []), M],
    [
      'an EIP-7702 transaction that creates a contract',
      typed(4, ...replaced<string | readonly unknown[]>(TYPED, 5, '0x'), [authorization]),
      M,
    ],
    ['a blob transaction', typed(3, ...TYPED), U],
    ['a type that nobody knows', typed(5, ...TYPED), U],
    ['more than 128 KiB', new Uint8Array(131_073).fill(0xc0), 'TRANSACTION_TOO_LARGE'],
  ]
  test.each(cases)('%s', (_, raw, expected) => {
    expect(codeOf(() => on('ethereum', raw))).toBe(expected)
  })

  test('an authorization makes code of another one run as the account: a power', () => {
    expect(on('ethereum', typed(4, ...TYPED, [authorization])).effects).toContainEqual(
      expect.objectContaining({
        effect: 'power',
        power: 'account-code',
        grantee: expect.objectContaining({ text: TO }) as unknown,
      }),
    )
  })
})

const CONTRACT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
const effectsOf = (data: Hex, value = 0n): readonly Effect[] =>
  on(
    'ethereum',
    bytes(
      serializeTransaction({ type: 'legacy', chainId: 1, nonce: 1, gas: 1n, gasPrice: 1n, to: CONTRACT, value, data }),
    ),
  ).effects
const kindsOf = (data: Hex, value = 0n): readonly string[] => effectsOf(data, value).map(({ effect }) => effect)

describe('call data that is not exactly what it seems is unknown, never nothing', () => {
  const transfer = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [TO, 5n] })
  test('the honest one', () => {
    expect(kindsOf(transfer)).toEqual(['transfer'])
  })
  const dirty = `${transfer.slice(0, 10)}01${transfer.slice(12)}` as Hex
  const cases: readonly (readonly [string, Hex, bigint, readonly string[]])[] = [
    ['dirty upper bytes of an address', dirty, 0n, ['unknown']],
    ['36 bytes', transfer.slice(0, 74) as Hex, 0n, ['unknown']],
    ['a byte more', `${transfer}00`, 0n, ['unknown']],
    ['no selector', '0xa9059c', 0n, ['unknown']],
    ['an unknown selector', '0x12345678', 0n, ['unknown']],
    ['coins along with a function that takes none', transfer, 1n, ['transfer', 'unknown']],
    [
      'a batch without calls',
      encodeFunctionData({
        abi: parseAbi(['function multicall(bytes[])']),
        functionName: 'multicall',
        args: [[]],
      }),
      0n,
      ['unknown'],
    ],
  ]
  test.each(cases)('%s', (_, data, value, kinds) => {
    expect(kindsOf(data, value)).toEqual(kinds)
  })

  test('offsets that point at one place again and again are not followed', () => {
    const word = (value: number): string => value.toString(16).padStart(64, '0')
    const count = 2_000
    const heads = Array.from({ length: count }, () => word(32 * count)).join('')
    const data = `0xac9650d8${word(32)}${word(count)}${heads}${word(32_000)}${'00'.repeat(32_000)}` as Hex
    expect(kindsOf(data)).toEqual(['unknown'])
  })

  test('calls nested deeper than any wallet nests them end in unknown', () => {
    let data: Hex = transfer
    for (let depth = 0; depth < 8; depth += 1)
      data = encodeFunctionData({
        abi: parseAbi(['function multicall(bytes[])']),
        functionName: 'multicall',
        args: [[data]],
      })
    expect(kindsOf(data)).toEqual(['unknown'])
  })

  test('more calls than the limit end in unknown', () => {
    const data = encodeFunctionData({
      abi: parseAbi(['function multicall(bytes[])']),
      functionName: 'multicall',
      args: [Array<Hex>(600).fill(transfer)],
    })
    const kinds = kindsOf(data)
    expect(kinds.filter((kind) => kind === 'transfer')).toHaveLength(511)
    expect(kinds.at(-1)).toBe('unknown')
  })
})

describe('calls inside calls', () => {
  const encode = (signature: string, name: string, args: readonly unknown[]): Hex =>
    encodeFunctionData({ abi: parseAbi([signature]) as Abi, functionName: name, args })
  const transfer = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [TO, 5n] })
  const exec = (operation: number, data: Hex, gasPrice = 0n): Hex =>
    encode(
      'function execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)',
      'execTransaction',
      [TO, 0n, data, operation, 0n, 0n, gasPrice, TO, TO, '0x'],
    )

  test('a Safe that calls pays as the Safe', () => {
    expect(effectsOf(exec(0, transfer))).toMatchObject([
      { effect: 'transfer', from: { text: CONTRACT }, to: { text: TO }, amountAtomic: 5n },
    ])
  })
  test('a Safe that delegates hands itself over, whatever the data looks like', () => {
    expect(effectsOf(exec(1, transfer))[0]).toMatchObject({
      effect: 'power',
      power: 'delegatecall',
      subject: { text: CONTRACT },
      grantee: { text: TO },
    })
  })
  test('an operation that no Safe knows, and a refund, are unknown', () => {
    expect(effectsOf(exec(2, transfer))).toMatchObject([{ effect: 'unknown' }])
    expect(effectsOf(exec(0, transfer, 1n)).at(-1)).toMatchObject({ effect: 'unknown' })
  })
  test('MultiSend in a Safe: the calls are those of the Safe; a delegatecall among them is a power', () => {
    const packed = (operation: number): string =>
      `0${String(operation)}${TO.slice(2)}${'0'.repeat(64)}${(68).toString(16).padStart(64, '0')}${transfer.slice(2)}`
    const batch = encode('function multiSend(bytes)', 'multiSend', [`0x${packed(0)}${packed(1)}`])
    expect(
      effectsOf(exec(1, batch)).map((effect) => [
        effect.effect,
        effect.effect === 'transfer' ? effect.from?.text : undefined,
      ]),
    ).toEqual([
      ['power', undefined],
      ['transfer', CONTRACT],
      ['power', undefined],
      // What a token's code does to the storage of a Safe, nobody knows.
      ['unknown', undefined],
    ])
    expect(
      effectsOf(exec(1, encode('function multiSend(bytes)', 'multiSend', [`0x${packed(0)}00`]))).at(-1),
    ).toMatchObject({ effect: 'unknown' })
  })
  test.each([
    ['function upgradeTo(address)', [TO], 'upgrade'],
    ['function changeAdmin(address)', [TO], 'upgrade'],
    ['function setImplementation(address)', [TO], 'upgrade'],
    ['function transferOwnership(address)', [TO], 'ownership'],
    ['function renounceOwnership()', [], 'ownership'],
    ['function grantRole(bytes32,address)', [`0x${'00'.repeat(32)}`, TO], 'role'],
    ['function addOwnerWithThreshold(address,uint256)', [TO, 1n], 'safe-owner', 'safe-threshold'],
    ['function removeOwner(address,address,uint256)', [TO, TO, 1n], 'safe-owner', 'safe-threshold'],
    ['function swapOwner(address,address,address)', [TO, TO, TO], 'safe-owner'],
    ['function changeThreshold(uint256)', [1n], 'safe-threshold'],
    ['function enableModule(address)', [TO], 'safe-module'],
    ['function setFallbackHandler(address)', [TO], 'safe-module'],
    ['function setGuard(address)', [TO], 'safe-guard'],
  ])('%s is a power', (signature, args, ...powers) => {
    const name = /function (\w+)/.exec(signature)?.[1] ?? ''
    expect(effectsOf(encode(signature, name, args))).toMatchObject(powers.map((power) => ({ effect: 'power', power })))
  })
  test.each([
    ['function approve(address,uint256)', [TO, 2n ** 256n - 1n], true],
    ['function approve(address,uint256)', [TO, 2n ** 256n - 2n], true],
    ['function approve(address,uint256)', [TO, 2n ** 128n], true],
    ['function approve(address,uint256)', [TO, 2n ** 96n - 1n], true],
    ['function approve(address,uint256)', [TO, 2n ** 128n - 1n], false],
    ['function approve(address,uint256)', [TO, 7n], false],
    ['function increaseAllowance(address,uint256)', [TO, 7n], false],
    ['function setApprovalForAll(address,bool)', [TO, true], true],
    [
      'function permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
      [TO, TO, 2n ** 256n - 1n, 1n, 27, `0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`],
      true,
    ],
    [
      'function permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)',
      [TO, TO, 0n, 0n, true, 27, `0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`],
      true,
    ],
    ['function approve(address,address,uint160,uint48)', [TO, TO, 2n ** 160n - 1n, 1], true],
  ])('%s is an allowance', (signature, args, isUnlimited) => {
    const name = /function (\w+)/.exec(signature)?.[1] ?? ''
    expect(effectsOf(encode(signature, name, args))).toMatchObject([
      { effect: 'allowance', isUnlimited, spender: { text: TO } },
    ])
  })
  test.each([
    ['function transferFrom(address,address,uint256)', [CONTRACT, TO, 7n], 'token'],
    ['function safeTransferFrom(address,address,uint256)', [CONTRACT, TO, 7n], 'item'],
    ['function safeTransferFrom(address,address,uint256,bytes)', [CONTRACT, TO, 7n, '0x'], 'item'],
    ['function safeTransferFrom(address,address,uint256,uint256,bytes)', [CONTRACT, TO, 7n, 1n, '0x'], 'item'],
    [
      'function safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)',
      [CONTRACT, TO, [7n], [1n], '0x'],
      'item',
    ],
    ['function transferFrom(address,address,uint160,address)', [CONTRACT, TO, 7n, CONTRACT], 'token'],
  ])('%s is a transfer', (signature, args, kind) => {
    const name = /function (\w+)/.exec(signature)?.[1] ?? ''
    expect(effectsOf(encode(signature, name, args))).toMatchObject([
      { effect: 'transfer', holding: { kind }, from: { text: CONTRACT }, to: { text: TO } },
    ])
  })
})

describe('Bitcoin', () => {
  const raw = bytes(vectors.bip143_p2sh_p2wpkh.unsigned)
  const cases: readonly (readonly [string, Uint8Array, ChainsFaultCode])[] = [
    ['inputs that nothing is known of', raw, 'TRANSACTION_UNSUPPORTED'],
    ['a byte behind the end', concatBytes(raw, Uint8Array.of(0)), 'TRANSACTION_MALFORMED'],
    ['an end that is missing', raw.slice(0, -1), 'TRANSACTION_MALFORMED'],
    ['version 3', concatBytes(Uint8Array.of(3), raw.slice(1)), 'TRANSACTION_UNSUPPORTED'],
    ['a signed transaction', bytes(vectors.cobo_signet_taproot.signed_raw_tx), 'TRANSACTION_UNSUPPORTED'],
    [
      'a length that is written too long',
      concatBytes(raw.slice(0, 4), Uint8Array.of(0xfd, 1, 0), raw.slice(5)),
      'TRANSACTION_MALFORMED',
    ],
    ['a PSBT that is none', concatBytes(bytes('70736274ff'), raw), 'TRANSACTION_MALFORMED'],
  ]
  test.each(cases)('%s', (_, content, expected) => {
    expect(codeOf(() => on('bitcoin', content))).toBe(expected)
  })
  test('preimages in another order than the inputs, missing, or of another signature type', () => {
    const place = { family: 'bitcoin', network: 'mainnet' } as const
    const [one, two] = vectors.fireblocks_btc_legacy.rawTx.map(({ rawTx }) => bytes(rawTx))
    if (one === undefined || two === undefined) throw new Error('the vector has two preimages')
    expect(codeOf(() => decodeBitcoinPreimages(place, [one, two]))).toBe('decoded')
    expect(codeOf(() => decodeBitcoinPreimages(place, [two, one]))).toBe('TRANSACTION_MALFORMED')
    expect(codeOf(() => decodeBitcoinPreimages(place, [one]))).toBe('TRANSACTION_MALFORMED')
    const single = concatBytes(one.slice(0, -4), Uint8Array.of(3, 0, 0, 0))
    expect(codeOf(() => decodeBitcoinPreimages(place, [single, two]))).toBe('TRANSACTION_UNSUPPORTED')
  })
})

describe('TRON', () => {
  const vector = vectors.cobo_raw_tx.find(({ chain }) => chain === 'tron')
  const raw = bytesOfCobo(vector?.unsigned_raw_tx ?? '', 'tron')
  const text = Buffer.from(raw).toString('hex')
  const M = 'TRANSACTION_MALFORMED'
  test.each([
    ["the template's three bytes", bytes('010203'), M],
    ['an end that is missing', raw.slice(0, -1), M],
    ['an unknown field behind it', concatBytes(raw, Uint8Array.of(0xa0, 0x06, 0x01)), M],
    ['a field again', concatBytes(raw, raw.slice(0, 4)), M],
    ['a type that is not the one of the message', bytes(text.replace(/(5a..)0801/, '$1081f')), M],
    ['an address of another network', bytes(text.replace(/41(?=[0-9a-f]{40}12)/, '42')), M],
  ])('%s', (_, content, expected) => {
    expect(codeOf(() => on('tron', content))).toBe(expected)
  })
})

describe('Solana', () => {
  const vector = vectors.cobo_raw_tx.find(({ chain }) => chain === 'solana')
  const raw = bytesOfCobo(vector?.unsigned_raw_tx ?? '', 'solana')
  const signed = concatBytes(Uint8Array.of(1), new Uint8Array(64).fill(9), raw.slice(1))
  const zeroed = concatBytes(Uint8Array.of(1), new Uint8Array(64), raw.slice(1))
  test.each([
    ['a transaction without signatures', raw, 'decoded'],
    ['the message alone', raw.slice(1), 'decoded'],
    ['a place for a signature', zeroed, 'decoded'],
    ['a signature', signed, 'TRANSACTION_UNSUPPORTED'],
    ['a byte behind the end', concatBytes(raw, Uint8Array.of(0)), 'TRANSACTION_MALFORMED'],
    ['an end that is missing', raw.slice(0, -1), 'TRANSACTION_MALFORMED'],
    ['a length with a byte too many', concatBytes(Uint8Array.of(0x80, 0x00), raw.slice(1)), 'TRANSACTION_MALFORMED'],
    ['more than a packet', concatBytes(raw, new Uint8Array(1_300)), 'TRANSACTION_TOO_LARGE'],
  ])('%s', (_, content, expected) => {
    expect(codeOf(() => on('solana', content))).toBe(expected)
  })
})

describe('typed data', () => {
  const mail = vectors.eip712_mail.structured_data
  const M = 'TRANSACTION_MALFORMED'
  const cases: readonly (readonly [string, unknown, ChainsFaultCode])[] = [
    ['nothing', undefined, M],
    ['a member that its type does not name', { ...mail, message: { ...mail.message, more: 1 } }, M],
    ['a member that is missing', { ...mail, message: { from: mail.message.from, to: mail.message.to } }, M],
    ['a primary type that is not defined', { ...mail, primaryType: 'Letter' }, M],
    ['a type that is not defined', { ...mail, types: { ...mail.types, Mail: [{ name: 'from', type: 'Human' }] } }, M],
    ['a domain without its type', { ...mail, types: { Mail: mail.types.Mail, Person: mail.types.Person } }, M],
    [
      'a domain member that the standard does not know',
      { ...mail, types: { ...mail.types, EIP712Domain: [{ name: 'app', type: 'string' }] }, domain: { app: 'x' } },
      M,
    ],
    [
      'domain members in another order',
      { ...mail, types: { ...mail.types, EIP712Domain: [...mail.types.EIP712Domain].reverse() } },
      M,
    ],
    ['an address that is none', { ...mail, message: { ...mail.message, to: { name: 'Bob', wallet: '0x12' } } }, M],
    [
      'a type that holds itself',
      { ...mail, types: { ...mail.types, Mail: [{ name: 'contents', type: 'Mail' }] }, message: { contents: {} } },
      M,
    ],
  ]
  test.each(cases)('%s', (_, structured, expected) => {
    expect(codeOf(() => decodeTypedData(structured))).toBe(expected)
  })
  test('integers out of the range of their type', () => {
    const of = (type: string, value: unknown): unknown => ({
      types: { EIP712Domain: [], Number: [{ name: 'value', type }] },
      domain: {},
      primaryType: 'Number',
      message: { value },
    })
    expect(codeOf(() => decodeTypedData(of('uint8', 255)))).toBe('decoded')
    expect(codeOf(() => decodeTypedData(of('uint8', 256)))).toBe(M)
    expect(codeOf(() => decodeTypedData(of('int8', -128)))).toBe('decoded')
    expect(codeOf(() => decodeTypedData(of('int8', '-129')))).toBe(M)
    expect(codeOf(() => decodeTypedData(of('uint256', '0x0f')))).toBe('decoded')
    expect(codeOf(() => decodeTypedData(of('uint256', 1.5)))).toBe(M)
    expect(codeOf(() => decodeTypedData(of('bytes4', '0x010203')))).toBe(M)
  })
})

test('32 bytes, or their hex, are a digest whose content is not known', () => {
  const kinds = (text: string | Uint8Array): readonly string[] =>
    decodePersonalMessage(typeof text === 'string' ? new TextEncoder().encode(text) : text).effects.map(
      ({ effect }) => effect,
    )
  expect(kinds('hello')).toEqual([])
  expect(kinds(new Uint8Array(32))).toEqual(['unknown'])
  expect(kinds(`0x${'ab'.repeat(32)}`)).toEqual(['unknown'])
  expect(codeOf(() => decodePersonalMessage(new Uint8Array(65_537)))).toBe('TRANSACTION_TOO_LARGE')
})

test.each(['xrp', 'stellar', 'ton', 'polkadot', 'cosmos-hub', 'monero', 'dash', 'zcash', 'bitcoin-sv'])(
  'a transaction of %s is CHAIN_UNSUPPORTED, never a guess',
  (id) => {
    expect(codeOf(() => on(id, bytes(vectors.bip143_p2sh_p2wpkh.unsigned)))).toBe('CHAIN_UNSUPPORTED')
  },
)
