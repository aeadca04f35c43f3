import { describe, expect, it } from 'vitest'
import {
  associatedTokenAccount,
  canonicalizeAddress,
  type ChainFamily,
  CHAIN_FAMILIES,
  type Network,
} from '../src/index.ts'
import * as encode from './encode-address.ts'
import { faultOf, refusal } from './encode-address.ts'

const read = (family: ChainFamily, text: string, network: Network = 'mainnet') =>
  canonicalizeAddress(family, network, text)
const H20 = encode.hexToBytes('0f7c70765b8d48105b5c9b9d32ad061e0b967722')
const H32 = encode.hexToBytes('d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d')
const BASE = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'

// Texts with the key that their own specification or block explorer gives for them.
// prettier-ignore
const KNOWN: [source: string, family: ChainFamily, text: string, key: string, tag?: string][] = [
  ['BIP-173 P2WPKH', 'bitcoin', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'h160:751e76e8199196d454941c45d1b3a323f1433bd6'],
  ['BIP-350 taproot', 'bitcoin', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0', 'tr:79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'],
  ['CashTokens token-aware P2PKH', 'bitcoin-cash', 'bitcoincash:zr6m7j9njldwwzlg9v7v53unlr4jkmx6eycnjehshe', 'h160:f5bf48b397dae70be82b3cca4793f8eb2b6cdac9'],
  ['CashTokens P2PKH', 'bitcoin-cash', 'bitcoincash:qr6m7j9njldwwzlg9v7v53unlr4jkmx6eylep8ekg2', 'h160:f5bf48b397dae70be82b3cca4793f8eb2b6cdac9'],
  ['CashTokens token-aware P2SH', 'bitcoin-cash', 'bitcoincash:rpawqn2h74a4t50phuza84kdp3794pq3cct3k50p0y', 'sh160:7ae04d57f57b55d1e1bf05d3d6cd0c7c5a8411c6'],
  ['CashTokens P2SH of 32 bytes', 'bitcoin-cash', 'bitcoincash:pvqqqqqqqqqqqqqqqqqqqqqqzg69v7ysqqqqqqqqqqqqqqqqqqqqqpkp7fqn0', 'sh256:0000000000000000000000000000123456789000000000000000000000000000'],
  ['SEP-23 account', 'stellar', 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ', 'ed32:3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a'],
  ['SEP-23 muxed 0', 'stellar', 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ', 'ed32:3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a', '0'],
  ['SEP-23 muxed 2^63', 'stellar', 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK', 'ed32:3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a', '9223372036854775808'],
  ['TON bounceable', 'ton', 'EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N', 'ton:0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8'],
  ['TON raw', 'ton', '0:83DFD552E63729B472FCBCC8C45EBCC6691702558B68EC7527E1BA403A0F31A8', 'ton:0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8'],
  ['SS58 generic', 'substrate', '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY', 'ed32:d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d'],
  ['SS58 Polkadot', 'substrate', '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5', 'ed32:d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d'],
  ['SS58 Kusama', 'substrate', 'HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F', 'ed32:d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d'],
  ['Monero integrated', 'monero', '4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK', 'xmr:eda9fe8dfcdd25d5430ea64229d04f6b41b2e5a1587c29cd499a63eb79d117113076a02b73d130fb904c9e91075fcd16f735c6850dfadb125eb826d96a113f09', '8a125052fe6f3877'],
  ['Monero standard', 'monero', '4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2684Rge', 'xmr:eda9fe8dfcdd25d5430ea64229d04f6b41b2e5a1587c29cd499a63eb79d117113076a02b73d130fb904c9e91075fcd16f735c6850dfadb125eb826d96a113f09'],
]

describe('published addresses', () => {
  it.each<(typeof KNOWN)[number]>(KNOWN)('%s has its key and tag', (_, family, text, key, tag) => {
    expect(read(family, text)).toMatchObject({ raw: text, family, network: 'mainnet', key, warnings: [] })
    expect(read(family, text).tag).toBe(tag)
    expect(read(family, text).sameKey[0]).toBe(key)
  })

  it('marks a Monero subaddress as unlinkable', () => {
    const text = '888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H'
    expect(read('monero', text).warnings).toEqual(['UNLINKABLE'])
  })

  it('derives the associated token account of the SPL token library’s own test', () => {
    const [owner, mint, account] = [
      'B8UwBUUnKwCyKuGMbFKWaG7exYdDk2ozZrPg72NyVbfj',
      '7o36UsWR1JQLpZ9PE2gn9L4SQ69CNNiWAXd4Jt7rqz9Z',
      'DShWnroshVbeUp28oopA3Pu7oFPDBtC1DBmPECXXAQ9n',
    ].map((text) => read('solana', text).key)
    if (!owner || !mint) throw new Error('unreachable')
    expect(associatedTokenAccount(owner, mint)).toBe(account)
    expect(associatedTokenAccount(owner, mint, 'token-2022')).not.toBe(account)
    expect(refusal(() => associatedTokenAccount(read('bitcoin', BASE).key, mint))).toBe('ADDRESS_INVALID')
  })
})

describe('version bytes and prefixes', () => {
  // prettier-ignore
  const TABLE: [family: ChainFamily, network: Network, p2pkh: string, p2sh: string[], hrp?: string][] = [
    ['bitcoin', 'mainnet', '00', ['05'], 'bc'], ['bitcoin', 'testnet', '6f', ['c4'], 'tb'],
    ['litecoin', 'mainnet', '30', ['32', '05'], 'ltc'], ['litecoin', 'testnet', '6f', ['3a', 'c4'], 'tltc'],
    ['bitcoin-cash', 'mainnet', '00', ['05']], ['bitcoin-cash', 'testnet', '6f', ['c4']],
    ['bitcoin-sv', 'mainnet', '00', ['05']], ['bitcoin-sv', 'testnet', '6f', ['c4']],
    ['dogecoin', 'mainnet', '1e', ['16']], ['dogecoin', 'testnet', '71', ['c4']],
    ['dash', 'mainnet', '4c', ['10']], ['dash', 'testnet', '8c', ['13']],
    ['zcash', 'mainnet', '1cb8', ['1cbd']], ['zcash', 'testnet', '1d25', ['1cba']],
    ['bitcoin-gold', 'mainnet', '26', ['17'], 'btg'], ['verge', 'mainnet', '1e', ['21']],
  ]
  const hash = encode.bytesToHex(H20)
  const all = [...new Set(TABLE.flatMap(([, , p2pkh, p2sh]) => [p2pkh, ...p2sh]))]

  it.each<(typeof TABLE)[number]>(TABLE)(
    '%s %s takes its own and refuses every other',
    (family, network, p2pkh, p2sh, hrp) => {
      const head = network === 'mainnet' ? '' : 'testnet:'
      for (const version of all) {
        const text = encode.versioned(version, H20)
        const expected = version === p2pkh ? `${head}h160:${hash}` : `${head}sh160:${hash}`
        if (version === p2pkh || p2sh.includes(version)) expect(read(family, text, network).key).toBe(expected)
        else expect(refusal(() => read(family, text, network))).toBe('ADDRESS_INVALID')
      }
      for (const other of ['bc', 'tb', 'bcrt', 'ltc', 'tltc', 'btg']) {
        const text = encode.witness(other, 0, H20)
        if (other === hrp) expect(read(family, text, network).key).toBe(`${head}h160:${hash}`)
        else expect(refusal(() => read(family, text, network))).toBe('ADDRESS_INVALID')
      }
    },
  )

  it('refuses a network that a family has no encoding for', () => {
    expect(refusal(() => read('verge', encode.versioned('6f', H20), 'testnet'))).toBe('CHAIN_UNSUPPORTED')
  })

  it('shares one key between all forks and with the nested script', () => {
    const nested = 'sh160:6a19d629079df1b233e3bcc5a6eff57097f204b2'
    for (const [family, network, p2pkh] of TABLE) {
      if (network !== 'mainnet') continue
      const { sameKey } = read(family, encode.versioned(p2pkh, H20))
      expect(sameKey).toEqual([`h160:${hash}`, nested, `xrp:${hash}`])
    }
    expect(read('bitcoin', '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg').key).toBe(nested)
  })

  it('links a witness script with its nested form, one way as the other', () => {
    const { key, sameKey } = read('bitcoin', encode.witness('bc', 0, H32))
    expect(key).toBe(`wsh:${encode.bytesToHex(H32)}`)
    expect(sameKey).toHaveLength(2)
    expect(sameKey[1]).toMatch(/^sh160:[0-9a-f]{40}$/)
  })

  it('links an XRP account with the Bitcoin key of the same hash', () => {
    const account = read('xrp', encode.classicXrp(H20))
    expect(account.key).toBe(`xrp:${hash}`)
    expect(new Set(account.sameKey)).toEqual(new Set(read('bitcoin', BASE).sameKey))
  })

  it('keeps testnet keys apart from mainnet keys', () => {
    const mainnet = read('bitcoin', BASE).sameKey
    for (const key of read('bitcoin', encode.versioned('6f', H20), 'testnet').sameKey)
      expect(mainnet).not.toContain(key)
  })
})

describe('Cosmos-like addresses', () => {
  it('have one key under every prefix', () => {
    const [bnb, cosmos] = ['bnb', 'cosmos'].map((hrp) => read('cosmos', encode.cosmos(hrp, H20)))
    expect(bnb?.key).toBe(cosmos?.key)
    expect(bnb?.sameKey).toEqual(expect.arrayContaining([...read('bitcoin', BASE).sameKey]))
  })

  it('are EVM keys on chains that hash as Ethereum does, and may be elsewhere', () => {
    const evm = read('evm', `0x${encode.bytesToHex(H20)}`).key
    expect(read('cosmos', encode.cosmos('inj', H20)).key).toBe(evm)
    expect(read('cosmos', encode.cosmos('newchain', H20)).sameKey).toContain(evm)
  })

  it('of 32 bytes belong to one prefix only', () => {
    expect(read('cosmos', encode.cosmos('juno', H32)).key).not.toBe(read('cosmos', encode.cosmos('osmo', H32)).key)
  })

  it('keep the networks of BNB apart', () => {
    expect(refusal(() => read('cosmos', encode.cosmos('tbnb', H20)))).toBe('ADDRESS_INVALID')
    expect(refusal(() => read('cosmos', encode.cosmos('bnb', H20), 'testnet'))).toBe('ADDRESS_INVALID')
    expect(read('cosmos', encode.cosmos('tbnb', H20), 'testnet').key).toMatch(/^testnet:h160:/)
  })
})

describe('payment URIs', () => {
  // prettier-ignore
  it.each<[ChainFamily, string, string]>([
    ['bitcoin', `bitcoin:${BASE}?amount=1&label=x`, BASE],
    ['bitcoin', `BITCOIN:${BASE}`, BASE],
    ['bitcoin', `  ${BASE} `, BASE],
    ['evm', 'ethereum:0x098B716B8Aaf21512996dC57EB0615e2383E2f96?value=1', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
    ['litecoin', 'litecoin:M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3', 'M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3'],
    ['bitcoin-cash', 'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq?amount=1', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ])('%s reads %j as the address in it', (family, text, plain) => {
    expect(read(family, text).key).toBe(read(family, plain).key)
  })

  it('keep the destination tag of an XRP URI', () => {
    expect(read('xrp', 'xrpl:rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66?dt=7&amount=1').tag).toBe('7')
  })

  it('give the text back without the spaces around it', () => {
    expect(read('bitcoin', `  ${BASE} `).raw).toBe(BASE)
  })
})

describe('every family refuses', () => {
  // prettier-ignore
  const DEFECTS: readonly (readonly [defect: string, text: string])[] = [
    ['nothing', ''], ['spaces only', '   '], ['a line end', `${BASE}\n`], ['a leading tab', `\t${BASE}`], ['a NUL', `${BASE}\0`],
    ['a space inside', `${BASE.slice(0, 9)} ${BASE.slice(9)}`], ['a no-break space around', `\u00a0${BASE}`], ['a zero-width space', `${BASE}\u200b`],
    ['a Cyrillic letter', 'TН96tFMn8KGiYSLiwсV3E2UiaJc8jmcbz3'], ['a full-width digit', `${BASE}１`], ['257 characters', '1'.repeat(257)],
  ]
  it.each(DEFECTS)('%s', (_, text) => {
    for (const family of CHAIN_FAMILIES) expect(refusal(() => read(family, text))).toBe('ADDRESS_INVALID')
  })
})

describe('a family refuses', () => {
  const EVM = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
  const FRIENDLY = 'EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N'
  const TWO_BYTES = Uint8Array.of(0x4e, 0x73)
  // prettier-ignore
  it.each<[defect: string, reason: string, family: ChainFamily, text: string, network?: Network]>([
    ['an EVM address without 0x', 'not 0x and 40 hexadecimal digits', 'evm', EVM.slice(2)],
    ['an EVM address with 0X', 'not 0x and 40 hexadecimal digits', 'evm', EVM.replace('0x', '0X')],
    ['an EVM address of 39 digits', 'not 0x and 40 hexadecimal digits', 'evm', EVM.slice(0, -1)],
    ['an EVM address of 41 digits', 'not 0x and 40 hexadecimal digits', 'evm', `${EVM}0`],
    ['an ENS name', 'not 0x and 40 hexadecimal digits', 'evm', 'vitalik.eth'],
    ['an EIP-681 call of a contract', 'not 0x and 40 hexadecimal digits', 'evm', `ethereum:${EVM}/transfer?address=${EVM}`],
    ['an EIP-681 chain id', 'not 0x and 40 hexadecimal digits', 'evm', `ethereum:${EVM}@1`],
    ['a scheme of another chain', 'not base58', 'litecoin', 'bitcoin:M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3'],
    ['a query without a scheme', 'not base58', 'bitcoin', `${BASE}?amount=1`],
    ['TRON base58 with another version', 'not version 0x41 and 20 bytes', 'tron', BASE],
    ['TRON hexadecimal with another version', 'not base58', 'tron', `42${EVM.slice(2)}`],
    ['base58 with a version of 0 but 21 bytes of payload', 'version byte of another chain or network', 'bitcoin', encode.versioned('0000', H20)],
    ['witness version 0 as bech32m', 'bech32 variant of another version', 'bitcoin', encode.witness('bc', 0, H20, 'bech32m')],
    ['witness version 1 as bech32', 'bech32 variant of another version', 'bitcoin', encode.witness('bc', 1, H32, 'bech32')],
    ['witness version 0 of 21 bytes', 'witness program without a spending rule', 'bitcoin', encode.witness('bc', 0, new Uint8Array(21))],
    ['witness version 1 of 20 bytes', 'witness program without a spending rule', 'bitcoin', encode.witness('bc', 1, H20)],
    ['witness version 2', 'witness program without a spending rule', 'bitcoin', encode.witness('bc', 2, H32)],
    ['witness version 17 (BIP-350)', 'witness program without a spending rule', 'bitcoin', 'BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R'],
    ['a program of one byte (BIP-350)', 'witness program without a spending rule', 'bitcoin', 'bc1pw5dgrnzv'],
    ['non-zero padding (BIP-173)', 'bech32 padding is wrong', 'bitcoin', 'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv', 'testnet'],
    ['an empty data part (BIP-173)', 'witness version missing', 'bitcoin', 'bc1gmk9yu'],
    ['a regtest address', 'base58 checksum differs', 'bitcoin', encode.witness('bcrt', 0, H20), 'testnet'],
    ['a mainnet address on a testnet', 'version byte of another chain or network', 'bitcoin', BASE, 'testnet'],
    ['cashaddr of mixed case', 'cashaddr of mixed case', 'bitcoin-cash', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhQ'],
    ['cashaddr in upper case behind a prefix in lower case', 'cashaddr of mixed case', 'bitcoin-cash', 'bitcoincash:QPF2CPHC5DKUCLKQUR7LHJ2YUQQ9PK3HMUKLE77VHQ'],
    ['a testnet cashaddr', 'not cashaddr letters', 'bitcoin-cash', encode.cashaddr('bchtest', 0, H20)],
    ['a cashaddr prefix twice', 'not cashaddr letters', 'bitcoin-cash', 'bitcoincash:bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
    ['a cashaddr of an unknown type', 'cashaddr type or length unknown', 'bitcoin-cash', encode.cashaddr('bitcoincash', 0x20, H20)],
    ['a cashaddr P2PKH of 32 bytes', 'cashaddr type or length unknown', 'bitcoin-cash', encode.cashaddr('bitcoincash', 0x03, H32)],
    ['a cashaddr whose length bits lie', 'cashaddr type or length unknown', 'bitcoin-cash', encode.cashaddr('bitcoincash', 0x08, H32)],
    ['a cashaddr with the reserved bit', 'cashaddr type or length unknown', 'bitcoin-cash', encode.cashaddr('bitcoincash', 0x80, H20)],
    ['a Zcash unified address', 'not base58', 'zcash', 'u1l8xunezsvhq8fgzfl7404m450nwnd76zshscn6nfys7vyz2ywyh4cc5daaq0c7q2su5lqfh23sp7fkf3kt27ve5948mzpfdvckzaect2jtte308mkwlycj2u0eac077wu70vqcetkxf'],
    ['a Solana address of 31 bytes', 'not 32 bytes', 'solana', '1'.repeat(31)],
    ['a Solana address of 33 bytes', 'not 32 bytes', 'solana', '1'.repeat(33)],
    ['an X-address of a testnet', 'X-address of another network', 'xrp', encode.xAddress('0493', H20, 0, 0n)],
    ['an X-address with a 64-bit tag', 'X-address tag form unknown', 'xrp', encode.xAddress('0544', H20, 2, 1n)],
    ['an X-address with a tag beyond 32 bits', 'X-address tag form unknown', 'xrp', encode.xAddress('0544', H20, 1, 2n ** 32n)],
    ['an X-address with a tag behind "no tag"', 'X-address tag form unknown', 'xrp', encode.xAddress('0544', H20, 0, 1n)],
    ['an X-address beside another tag', 'a second destination tag beside an X-address', 'xrp', `xrpl:${encode.xAddress('0544', H20, 1, 5n)}?dt=6`],
    ['two tags in an XRP URI', 'destination tag is not one number of 32 bits', 'xrp', `xrpl:${encode.classicXrp(H20)}?dt=6&dt=7`],
    ['a tag that is no number', 'destination tag is not one number of 32 bits', 'xrp', `xrpl:${encode.classicXrp(H20)}?dt=07`],
    ['a tag beyond 32 bits', 'destination tag is not one number of 32 bits', 'xrp', `xrpl:${encode.classicXrp(H20)}?dt=4294967296`],
    ['a Stellar secret seed', 'strkey is neither an account nor a muxed account', 'stellar', encode.strkey(18 << 3, H32)],
    ['a Stellar contract', 'strkey is neither an account nor a muxed account', 'stellar', encode.strkey(2 << 3, H32)],
    ['a Stellar account of 33 bytes', 'strkey is neither an account nor a muxed account', 'stellar', encode.strkey(6 << 3, new Uint8Array(33))],
    ['a Stellar account in lower case', 'not canonical base32', 'stellar', encode.strkey(6 << 3, H32).toLowerCase()],
    ['TON marked for testnets', 'marked for testnets only', 'ton', encode.ton(0x91, 0, H32, 'base64url')],
    ['TON with unknown flags', 'flags unknown', 'ton', encode.ton(0x31, 0, H32, 'base64url')],
    ['TON of workchain 1', 'workchain unknown', 'ton', encode.ton(0x11, 1, H32, 'base64url')],
    ['TON raw of workchain 1', 'neither raw nor 48 characters', 'ton', `1:${encode.bytesToHex(H32)}`],
    ['TON that mixes both alphabets', 'not base64', 'ton', encode.ton(0x11, 0, Uint8Array.from({ length: 32 }, () => 0xfb), 'base64').replace('+', '-')],
    ['TON of 48 characters with padding among them', 'not 36 bytes', 'ton', `${FRIENDLY.slice(0, 46)}A=`],
    ['TON with a wrong checksum', 'checksum differs', 'ton', FRIENDLY.replace(/.$/, 'O')],
    ['SS58 of a reserved prefix', 'SS58 prefix reserved', 'substrate', encode.substrate(Uint8Array.of(46), H32)],
    ['SS58 of a small prefix in two bytes', 'SS58 prefix longer than needed', 'substrate', encode.substrate(Uint8Array.of(0x40, 0x00), H32)],
    ['SS58 of 33 bytes', 'not a 32-byte account', 'substrate', encode.substrate(TWO_BYTES, new Uint8Array(33))],
    ['a Monero address of a testnet', 'network byte of another network', 'monero', '9wviCeWe2D8XS82k2ovp5EUYLzBt9pYNW2LXUFsZiv8S3Mt21FZ5qQaAroko1enzw3eGr9qC7X1D7Geoo2RrAotYPwq9Gm8'],
    ['bech32m as a Cosmos address', 'bech32m is not used here', 'cosmos', encode.witness('cosmos', 0, H20, 'bech32m')],
    ['a Bitcoin witness address as a Cosmos address', 'bech32 prefix of another chain', 'cosmos', encode.witness('bc', 0, H20)],
    ['a Cosmos address of 21 bytes', 'not 20 or 32 bytes', 'cosmos', encode.cosmos('cosmos', new Uint8Array(21))],
  ])('%s, because: %s', (_, reason, family, text, network = 'mainnet') => {
    const fault = faultOf(() => read(family, text, network))
    expect([fault?.code, fault?.detail]).toEqual(['ADDRESS_INVALID', reason])
  })

  it('SS58 only for those reasons: a two-byte prefix of 64 or more is read', () => {
    expect(read('substrate', encode.substrate(TWO_BYTES, H32)).key).toBe(`ed32:${encode.bytesToHex(H32)}`)
  })

  it('without repeating the text in the fault', () => {
    expect(() => read('bitcoin', 'SomebodysSecret')).toThrow(
      /^not an address of this chain and network: base58 checksum differs$/,
    )
  })
})
