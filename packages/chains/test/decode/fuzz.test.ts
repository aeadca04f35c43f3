import { hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ChainsFault,
  createAssetRegistry,
  decodeTransaction,
  decodeTypedData,
  STARTER_ASSETS,
  type Decoded,
} from '../../src/index.ts'
import vectors from '../data/transaction-vectors.json' with { type: 'json' }
import { bytesOfCobo } from './bytes-of-cobo.ts'

/** CALLBACK_QUORUM_RUNS for the long run; fast-check prints the seed of what failed. */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 1_000)
const assets = createAssetRegistry(STARTER_ASSETS)

const bitcoin = vectors.bip143_p2sh_p2wpkh
const PREVOUT = {
  txid: '77541aeb3c4dac9260b68f74f44c973081a9d4cb2ebe8038b2d70faa201b6bdb',
  vout: 1,
  script: hexToBytes('a9144733f37cf4db86fbc2efed2500b4f4e49f31202387'),
  redeemScript: hexToBytes(bitcoin.redeem_script),
  amountAtomic: BigInt(bitcoin.amount),
}

const KNOWN = [
  ...vectors.cobo_raw_tx.map(({ id, chain, unsigned_raw_tx: text }) => ({
    id,
    chain,
    raw: bytesOfCobo(text, assets.chain(chain)?.family ?? 'opaque'),
  })),
  { id: 'fireblocks-eth', chain: 'ethereum', raw: hexToBytes(vectors.fireblocks_eth.unsigned_rlp_hex) },
  { id: 'bip143', chain: 'bitcoin', raw: hexToBytes(bitcoin.unsigned) },
]

/** Undefined: refused as it should be. Anything else that is thrown fails the test. */
function tryDecode(chainId: string, raw: Uint8Array): Decoded | undefined {
  const chain = assets.chain(chainId)
  if (chain === undefined) throw new Error(`no chain ${chainId}`)
  try {
    return decodeTransaction(chain, raw, { prevouts: [PREVOUT] })
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}

describe.each(KNOWN)('$id', ({ chain, raw }) => {
  test('is read as it is', () => {
    expect(tryDecode(chain, raw)).toBeDefined()
  })

  test('changed anywhere, it is refused or asks for other hashes', () => {
    const honest = tryDecode(chain, raw)?.toSign.map(({ hash }) => hash)
    fc.assert(
      fc.property(fc.nat(raw.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(raw)
        changed[at] = (changed[at] ?? 0) ^ flip
        const decoded = tryDecode(chain, changed)
        // The first byte of a Solana transaction without signatures stands before what is signed.
        if (decoded !== undefined) expect(decoded.toSign.map(({ hash }) => hash)).not.toEqual(honest)
      }),
      { numRuns: RUNS },
    )
  })

  test('cut off or with bytes put in, nothing but a refusal is thrown', () => {
    fc.assert(
      fc.property(fc.nat(raw.length), fc.uint8Array({ maxLength: 40 }), fc.nat(raw.length), (start, more, skip) => {
        tryDecode(
          chain,
          Uint8Array.from([...raw.slice(0, start), ...more, ...raw.slice(Math.min(raw.length, start + skip))]),
        )
      }),
      { numRuns: RUNS },
    )
  })
})

test.each(['ethereum', 'bitcoin', 'litecoin', 'dogecoin', 'bitcoin-cash', 'tron', 'solana'])(
  'random bytes on %s throw nothing but a refusal',
  (chain) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (raw) => {
        tryDecode(chain, raw)
      }),
      { numRuns: RUNS },
    )
  },
)

test('JSON of any shape is typed data or refused', () => {
  const member = fc.record({
    name: fc.constantFrom('a', 'b', 'value'),
    type: fc.constantFrom('uint8', 'T[]', 'T', 'bytes', 'string[2]', 'x'),
  })
  const types = fc.record({ EIP712Domain: fc.constant([]), T: fc.array(member, { maxLength: 3 }) })
  fc.assert(
    fc.property(types, fc.object({ maxDepth: 3 }), (shape, message) => {
      for (const structured of [message, { types: shape, primaryType: 'T', domain: {}, message }]) {
        try {
          decodeTypedData(structured)
        } catch (error) {
          if (!(error instanceof ChainsFault)) throw error
        }
      }
    }),
    { numRuns: RUNS },
  )
})
