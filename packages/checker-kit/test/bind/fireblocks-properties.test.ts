import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { digestOf, readFireblocksRequest, type FireblocksEndpoint } from '@callback-quorum/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { whatIsSigned } from '../../src/bind/what-is-signed.ts'
import { describeFireblocks } from '../../src/describe/describe-fireblocks.ts'
import { btc, cosigner, eth, segwit, SEGWIT_CHANGE, to } from '../describe/fireblocks-requests.ts'
import { addressBook, assets, type Members } from '../describe/requests.ts'
import { codesOf } from './binding-of.ts'
import { boundAs, call, coins, tokens } from './fireblocks-binding.ts'

const TO = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7'
const bookOf = () =>
  addressBook(
    `own:
  - { address: "bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99", chain: bitcoin, wallet: "VAULT:0" }
  - { address: "${SEGWIT_CHANGE}", chain: bitcoin, wallet: "VAULT:25" }
`,
  )

const EVM: readonly Members[] = [eth, coins(TO, '1.5'), tokens(TO, '250'), call(USDT, '0xd0e30db0', '0.5')]
const SIGNINGS: readonly Members[] = [...EVM, btc, segwit]
const signing = fc.constantFrom(...SIGNINGS)
const rawOf = (content: Members) => content['rawTx'] as readonly Readonly<Record<'rawTx' | 'payload', string>>[]

const flip = (hex: string, at: number, bit: number): string => {
  const bytes = hexToBytes(hex)
  const index = at % bytes.length
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit)
  return bytesToHex(bytes)
}

/** Every way to change one thing that a payment is; each gives something else than was there. */
const change = (content: Members): fc.Arbitrary<Members> => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((n) => `${n}.00000001`)
  const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => `0x${bytesToHex(bytes)}`)
  const bitcoin = fc.constantFrom('12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd')
  const at = fc.record({ at: fc.nat(), bit: fc.nat(7), element: fc.nat() })
  const flipIn = (member: 'rawTx' | 'payload') =>
    at.map(({ at: byte, bit, element }) => ({
      rawTx: rawOf(content).map((one, index) =>
        index === element % rawOf(content).length ? { ...one, [member]: flip(one[member], byte, bit) } : one,
      ),
    }))
  return fc.oneof(
    amount.map((text) => ({ amountStr: text, requestedAmountStr: text, ...to({ amountNativeStr: text }, content) })),
    (content['asset'] === 'BTC' ? bitcoin : address).map((text) => ({
      destAddress: text,
      ...to({ displayDstAddress: text, dstAddress: text }, content),
    })),
    fc
      .constantFrom('ETH', 'USDC', 'USDT_ERC20', 'BTC', 'ETH_TEST5', 'LTC', 'NONE')
      .filter((asset) => asset !== content['asset'])
      .map((asset) => ({ asset })),
    fc
      .constantFrom('TRANSFER', 'CONTRACT_CALL', 'RAW', 'TYPED_MESSAGE', 'APPROVE', 'NONE')
      .filter((operation) => operation !== content['operation'])
      .map((operation) => ({ operation, extraParameters: undefined })),
    flipIn('rawTx'),
    flipIn('payload'),
  )
}

describe('a signing request', () => {
  it('binds as it stands, and never with one thing of it changed', async () => {
    const addresses = await bookOf()
    for (const content of SIGNINGS) expect(codesOf(boundAs(content, { addresses }))).toEqual([])
    const changed = signing.chain((content) => change(content).map((members) => ({ ...content, ...members })))
    fc.assert(
      fc.property(changed, (content) => {
        expect(boundAs(content, { addresses }).result).not.toBe('bound')
      }),
      { numRuns: 400 },
    )
  })

  it('whose bytes are changed together with their digest binds only to what it described', async () => {
    const addresses = await bookOf()
    const flips = fc.tuple(fc.constantFrom(...EVM), fc.nat(), fc.nat(7))
    fc.assert(
      fc.property(flips, ([content, at, bit]) => {
        const [one] = rawOf(content)
        const rawTx = flip(one?.rawTx ?? '', at, bit)
        const payload = bytesToHex(keccak_256(hexToBytes(rawTx)))
        const bound = boundAs({ ...content, rawTx: [{ ...one, rawTx, payload }] }, { addresses })
        const honest = boundAs(content, { addresses })
        if (honest.result !== 'bound') throw new Error('it binds')
        if (bound.result !== 'bound') return
        const { decoded } = bound.binding
        expect(decoded.effects).toEqual(honest.binding.decoded.effects)
        expect(decoded.evmChainId).toBe(honest.binding.decoded.evmChainId)
        expect(decoded.fee?.maxAtomic).toBeLessThanOrEqual(honest.binding.decoded.fee?.maxAtomic ?? 0n)
      }),
      { numRuns: 400 },
    )
  })
})

const MESSAGE: Members = {
  ...eth,
  operation: 'TYPED_MESSAGE',
  destinations: [],
  extraParameters: {
    rawMessageData: {
      messages: [
        { type: 'EIP712', content: { types: {}, primaryType: 'A', domain: { chainId: 1 }, message: { a: [1, '2'] } } },
      ],
    },
  },
}
const WHITELISTING: Members = {
  requestId: 'r',
  type: 'UNMANAGED_WALLET',
  extraInfo: {
    subType: 'EXTERNAL',
    walletId: 'w',
    asset: 'XRP',
    address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66',
    tag: '7',
  },
}
const ACCOUNT: Members = { requestId: 'r', type: 'EXCHANGE', extraInfo: { addresses: { ETH: TO, BTC: 'x', TON: 'y' } } }

/** Values that readers stumble over, in the place of any value of a request. */
const ODD = ['', '0', '-1', '1e9', '0x', 'ab', '{}', '[]', null, 0, 1.5, true, [], {}, '9'.repeat(200), 'NONE', 'RAW']
const ASSETS = ['BTC', 'XRP', 'SOL', 'DOT', 'TON', 'XLM', 'ATOM_COS', 'BCH', 'LTC', 'ZEC', 'TRX', 'DOGE']

/** One value somewhere inside replaced. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return by
  const names = Object.keys(value)
  const name = names[step % names.length]
  if (name === undefined) return by
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === name ? replaced(item, rest, by) : item))
  return { ...value, [name]: replaced((value as Members)[name], rest, by) }
}

describe('whatever can be read', () => {
  it('is described, bound or refused, and throws nothing', async () => {
    const addresses = await bookOf()
    const origins: readonly (readonly [FireblocksEndpoint, Members])[] = [
      ...[...SIGNINGS, MESSAGE].map((content) => ['tx', content] as const),
      ['config', WHITELISTING],
      ['config', ACCOUNT],
    ]
    const mutated = fc.record({
      origin: fc.constantFrom(...origins),
      kind: fc.constantFrom('tx-signing', 'tx-approval'),
      asset: fc.option(fc.constantFrom(...ASSETS), { nil: undefined, freq: 3 }),
      edits: fc.array(
        fc.record({
          path: fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
          by: fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 20 })),
        }),
        { maxLength: 3 },
      ),
    })
    let described = 0
    fc.assert(
      fc.property(mutated, ({ origin: [endpoint, original], kind, asset, edits }) => {
        const start = asset === undefined || endpoint === 'config' ? original : { ...original, asset }
        const content = edits.reduce<unknown>((value, { path, by }) => replaced(value, path, by), start)
        const bytes = new TextEncoder().encode(JSON.stringify(content))
        const reading = readFireblocksRequest(endpoint, bytes)
        if (reading.result !== 'request') return
        const seen = describeFireblocks(reading, {
          caller: cosigner,
          digest: digestOf(bytes),
          assets,
          addresses,
          dialect: 'fireblocks-json',
          kind: endpoint === 'config' ? 'config-change' : kind,
          signerId: 's',
        })
        if ('objections' in seen) return
        described += 1
        whatIsSigned({ judges: 'raw', acceptUnbound: [], assets, addresses }, reading.request, seen.question)
      }),
      { numRuns: 1_000 },
    )
    // The mutations are mild enough for many of them to reach the end.
    expect(described).toBeGreaterThan(200)
  })
})
