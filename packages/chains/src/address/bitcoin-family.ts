import { bytesToHex } from '@noble/hashes/utils.js'
import { ChainsFault, invalidAddress } from '../faults.ts'
import { networkKey, publicKeyHashKeys, witnessScriptKeys } from './address-key.ts'
import type { AddressText } from './address-text.ts'
import { readBase58Check } from './base58check.ts'
import type { AddressReading, ChainFamily } from './canonical-address.ts'
import type { Network } from './network.ts'
import { readWitnessProgram } from './segwit.ts'

/** base58check version bytes in hexadecimal, and the segregated witness prefix where the chain has one. */
export interface Encoding {
  readonly p2pkh: readonly string[]
  readonly p2sh: readonly string[]
  readonly hrp?: string
}

type Encodings = Partial<Record<ChainFamily, Partial<Record<Network, Encoding>>>>

/** From `chainparams.cpp` of each chain's node. A network that is missing here is refused. */
// prettier-ignore
const ENCODINGS: Encodings = {
  bitcoin:        { mainnet: { p2pkh: ['00'],   p2sh: ['05'], hrp: 'bc' },        testnet: { p2pkh: ['6f'],   p2sh: ['c4'], hrp: 'tb' } },
  litecoin:       { mainnet: { p2pkh: ['30'],   p2sh: ['32', '05'], hrp: 'ltc' }, testnet: { p2pkh: ['6f'],   p2sh: ['3a', 'c4'], hrp: 'tltc' } },
  'bitcoin-cash': { mainnet: { p2pkh: ['00'],   p2sh: ['05'] },                   testnet: { p2pkh: ['6f'],   p2sh: ['c4'] } },
  'bitcoin-sv':   { mainnet: { p2pkh: ['00'],   p2sh: ['05'] },                   testnet: { p2pkh: ['6f'],   p2sh: ['c4'] } },
  dogecoin:       { mainnet: { p2pkh: ['1e'],   p2sh: ['16'] },                   testnet: { p2pkh: ['71'],   p2sh: ['c4'] } },
  dash:           { mainnet: { p2pkh: ['4c'],   p2sh: ['10'] },                   testnet: { p2pkh: ['8c'],   p2sh: ['13'] } },
  zcash:          { mainnet: { p2pkh: ['1cb8'], p2sh: ['1cbd'] },                 testnet: { p2pkh: ['1d25'], p2sh: ['1cba'] } },
  'bitcoin-gold': { mainnet: { p2pkh: ['26'],   p2sh: ['17'], hrp: 'btg' } },
  verge:          { mainnet: { p2pkh: ['1e'],   p2sh: ['21'] } },
}

/** The first of several version bytes is the one that wallets show. */
export const encodingOf = (family: ChainFamily, network: Network): Encoding | undefined => ENCODINGS[family]?.[network]

/** Those of all networks; empty for a family that is not like Bitcoin. */
export const encodingsOf = (family: ChainFamily): readonly Encoding[] => Object.values(ENCODINGS[family] ?? {})

export function bitcoinFamilyReader(family: ChainFamily): (text: AddressText, network: Network) => AddressReading {
  return ({ body }, network) => {
    const encoding = encodingOf(family, network)
    if (!encoding) throw new ChainsFault('CHAIN_UNSUPPORTED', 'no address encoding known', `${family} ${network}`)
    const isWitness = encoding.hrp !== undefined && body.toLowerCase().startsWith(`${encoding.hrp}1`)
    return isWitness ? readWitness(body, encoding.hrp, network) : readVersioned(body, encoding, network)
  }
}

function readWitness(body: string, hrp: string, network: Network): AddressReading {
  const { version, program } = readWitnessProgram(body, hrp)
  if (version === 0 && program.length === 20) return reading(publicKeyHashKeys(network, program))
  if (version === 0 && program.length === 32) return reading(witnessScriptKeys(network, program))
  if (version === 1 && program.length === 32) return reading([networkKey(network, 'tr', program)])
  // BIP-341: programs of other versions and lengths have no spending rule yet, whoever wants may take the money.
  throw invalidAddress('witness program without a spending rule')
}

function readVersioned(body: string, encoding: Encoding, network: Network): AddressReading {
  const content = readBase58Check(body)
  const hash = content.slice(-20)
  const version = bytesToHex(content.slice(0, -20))
  if (encoding.p2pkh.includes(version)) return reading(publicKeyHashKeys(network, hash))
  if (encoding.p2sh.includes(version)) return reading([networkKey(network, 'sh160', hash)])
  throw invalidAddress('version byte of another chain or network')
}

function reading(sameKey: AddressReading['sameKey']): AddressReading {
  return { key: sameKey[0], sameKey }
}
