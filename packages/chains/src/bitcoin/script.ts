import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { bech32, bech32m, createBase58check } from '@scure/base'
import { networkKey, publicKeyHashKeys, witnessScriptKeys } from '../address/address-key.ts'
import { encodingOf } from '../address/bitcoin-family.ts'
import { canonicalizeAddress } from '../address/canonicalize-address.ts'
import { writeCashAddress } from '../address/cashaddr.ts'
import { unsupported } from '../faults.ts'
import type { Account } from '../transaction/effect.ts'
import type { Place } from './prevout.ts'

export type ScriptKind = 'P2PKH' | 'P2SH' | 'P2WPKH' | 'P2WSH' | 'P2TR'

export interface StandardScript {
  readonly kind: ScriptKind
  /** Hash, or the output key of taproot. */
  readonly payload: Uint8Array
}

const OP = { dup: 0x76, hash160: 0xa9, equal: 0x87, equalVerify: 0x88, checkSig: 0xac, one: 0x51 } as const

/** Standard output scripts have one encoding each (Bitcoin Core script/solver.cpp); undefined for every other script. */
export function readScript(script: Uint8Array): StandardScript | undefined {
  const kinds: readonly ScriptKind[] = ['P2PKH', 'P2SH', 'P2WPKH', 'P2WSH', 'P2TR']
  for (const kind of kinds) {
    const { head, length, tail } = SHAPES[kind]
    if (script.length !== head.length + length + tail.length) continue
    const payload = script.slice(head.length, head.length + length)
    if (isEqual(script, writeScript({ kind, payload }))) return { kind, payload }
  }
  return undefined
}

// prettier-ignore
const SHAPES: Readonly<Record<ScriptKind, { readonly head: readonly number[]; readonly length: number; readonly tail: readonly number[] }>> = {
  P2PKH:  { head: [OP.dup, OP.hash160, 20], length: 20, tail: [OP.equalVerify, OP.checkSig] },
  P2SH:   { head: [OP.hash160, 20],         length: 20, tail: [OP.equal] },
  P2WPKH: { head: [0, 20],                  length: 20, tail: [] },
  P2WSH:  { head: [0, 32],                  length: 32, tail: [] },
  P2TR:   { head: [OP.one, 32],             length: 32, tail: [] },
}

export function writeScript({ kind, payload }: StandardScript): Uint8Array {
  const { head, tail } = SHAPES[kind]
  return concatBytes(Uint8Array.from(head), payload, Uint8Array.from(tail))
}

export const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

export const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes))

const base58check = createBase58check(sha256)

/** Who an output script pays, on a chain that has such scripts; undefined for scripts that are not standard there. */
export function scriptAccount({ family, network }: Place, script: Uint8Array): Account | undefined {
  const standard = readScript(script)
  const encoding = encodingOf(family, network)
  if (standard === undefined || encoding === undefined) return undefined
  const { kind, payload } = standard
  if (kind === 'P2PKH' || kind === 'P2SH') {
    const key = kind === 'P2PKH' ? publicKeyHashKeys(network, payload)[0] : networkKey(network, 'sh160', payload)
    if (family === 'bitcoin-cash') return { key, text: writeCashAddress(network, kind, payload) }
    const version = (kind === 'P2PKH' ? encoding.p2pkh : encoding.p2sh)[0] ?? ''
    return { key, text: base58check.encode(concatBytes(Uint8Array.of(parseInt(version, 16)), payload)) }
  }
  const { hrp } = encoding
  if (hrp === undefined) return undefined
  const words = bech32.toWords(payload)
  switch (kind) {
    case 'P2WPKH':
      return { key: publicKeyHashKeys(network, payload)[0], text: bech32.encode(hrp, [0, ...words]) }
    case 'P2WSH':
      return { key: witnessScriptKeys(network, payload)[0], text: bech32.encode(hrp, [0, ...words]) }
    case 'P2TR':
      return { key: networkKey(network, 'tr', payload), text: bech32m.encode(hrp, [1, ...words]) }
    default:
      return kind satisfies never
  }
}

/** The output script that an address names. Throws ChainsFault ADDRESS_INVALID, or TRANSACTION_UNSUPPORTED for kinds without one here. */
export function scriptOfAddress(place: Place, address: string): StandardScript {
  const { key, raw } = canonicalizeAddress(place.family, place.network, address)
  const [, prefix = '', digits = ''] = /([a-z0-9]+):([0-9a-f]+)$/.exec(key) ?? []
  const payload = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  const hrp = encodingOf(place.family, place.network)?.hrp
  const isWitness = hrp !== undefined && raw.toLowerCase().includes(`${hrp}1`) && /^(?:[a-z]+:)?[a-z]+1/i.test(raw)
  switch (prefix) {
    case 'h160':
      return { kind: isWitness ? 'P2WPKH' : 'P2PKH', payload }
    case 'sh160':
      return { kind: 'P2SH', payload }
    case 'wsh':
      return { kind: 'P2WSH', payload }
    case 'tr':
      return { kind: 'P2TR', payload }
    default:
      throw unsupported('an address whose script is not known here')
  }
}
