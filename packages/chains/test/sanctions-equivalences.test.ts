import { describe, expect, it } from 'vitest'
import { type CanonicalAddress, canonicalizeAddress, type ChainFamily, readListedAddress } from '../src/index.ts'
import { refusal } from './encode-address.ts'

const asked = (family: ChainFamily, text: string) => canonicalizeAddress(family, 'mainnet', text)

const meets = (question: CanonicalAddress, listed: string) =>
  readListedAddress(listed).some(({ sameKey }) => sameKey.some((key) => question.sameKey.includes(key)))

const sameFamilyAndKey = (question: CanonicalAddress, listed: string) =>
  readListedAddress(listed).some(({ family, key }) => family === question.family && key === question.key)

// Rows are named after the acceptance table of the sanctions checker.
// prettier-ignore
const SAME_FAMILY_AND_KEY: readonly (readonly [name: string, family: ChainFamily, asked: string, listed: string])[] = [
  ['S01 the listed spelling', 'evm', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
  ['S02 all lower case', 'evm', '0x098b716b8aaf21512996dc57eb0615e2383e2f96', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
  ['S02 all upper case after 0x', 'evm', '0x098B716B8AAF21512996DC57EB0615E2383E2F96', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
  ['S03 one letter of the other case', 'evm', '0x098b716B8Aaf21512996dC57EB0615e2383E2f96', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
  ['S06 hexadecimal TRON form', 'tron', '41e950dc316b836e4eefb8308bf32bf7c72a1358ff', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'],
  ['S07 TRON filed under XBT', 'tron', 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq', 'TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq'],
  ['S08 P2PKH', 'bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'],
  ['S10 bech32 in upper case', 'bitcoin', 'BC1QV7K70U2ZYNVEM59U88CTDLAW7HC735D8XEP9RQ', 'bc1qv7k70u2zynvem59u88ctdlaw7hc735d8xep9rq'],
  ['S11 cashaddr with prefix', 'bitcoin-cash', 'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ['S11 cashaddr without prefix', 'bitcoin-cash', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ['S11 cashaddr in upper case', 'bitcoin-cash', 'QPF2CPHC5DKUCLKQUR7LHJ2YUQQ9PK3HMUKLE77VHQ', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ['S11 cashaddr with prefix in upper case', 'bitcoin-cash', 'BITCOINCASH:QPF2CPHC5DKUCLKQUR7LHJ2YUQQ9PK3HMUKLE77VHQ', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ['S11 legacy form', 'bitcoin-cash', '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd', 'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq'],
  ['S12 old Litecoin P2SH', 'litecoin', '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt', 'M8yFL6SFC6TreATegTyuSYkDfDRbisdpT3'],
  ['S13 X-address', 'xrp', 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB', 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'],
]

// prettier-ignore
const SAME_KEY_ELSEWHERE: readonly (readonly [name: string, family: ChainFamily, asked: string, listed: string])[] = [
  ['S05 EVM bytes in TRON form', 'tron', 'TAqg8TXo8tmpaz7TwHS669Tgt8MPSWgoxB', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'],
  ['S06 TRON bytes in EVM form', 'evm', '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'],
  ['S09 P2WPKH of a listed P2PKH', 'bitcoin', 'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'],
  ['S09 nested P2WPKH of a listed P2PKH', 'bitcoin', '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'],
  ['S09 a listed nested P2WPKH, asked as P2PKH', 'bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg'],
  ['1.4 cashaddr of a listed P2PKH', 'bitcoin-cash', 'bitcoincash:qq8hcurktwx5syzmtjde6v4dqc0qh9nhygze8xph84', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'],
]

describe('equivalences of the sanctions acceptance table', () => {
  it.each(SAME_FAMILY_AND_KEY)('%s is the same family and key', (_, family, question, listed) => {
    expect(sameFamilyAndKey(asked(family, question), listed)).toBe(true)
  })

  it.each(SAME_KEY_ELSEWHERE)('%s meets the listed one through the same key', (_, family, question, listed) => {
    expect(meets(asked(family, question), listed)).toBe(true)
  })

  it('S03 keeps the complaint about the checksum beside the key', () => {
    expect(asked('evm', '0x098b716B8Aaf21512996dC57EB0615e2383E2f96').warnings).toEqual(['ADDRESS_CHECKSUM'])
    expect(asked('evm', '0x098B716B8Aaf21512996dC57EB0615e2383E2f96').warnings).toEqual([])
  })

  it('S10 refuses bech32 of mixed case', () => {
    expect(refusal(() => asked('bitcoin', 'bc1qv7k70u2zynvem59u88ctdlaw7hc735d8xep9rQ'))).toBe('ADDRESS_INVALID')
  })

  it('S13 keeps the tag of the X-address beside the key', () => {
    expect(asked('xrp', 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB').tag).toBe('12345')
  })

  it('S14 a clean address meets none of them', () => {
    const clean = asked('evm', '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045')
    for (const [, , , listed] of SAME_FAMILY_AND_KEY) expect(meets(clean, listed)).toBe(false)
  })

  it('S15 refuses a Bitcoin address with one character changed', () => {
    expect(refusal(() => asked('bitcoin', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'))).toBe('ADDRESS_INVALID')
    expect(asked('bitcoin', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa').key).toMatch(/^h160:/)
  })

  it('S16 and S17 tell Tornado Cash and party 44718 apart', () => {
    const tornado = asked('evm', '0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc')
    expect(meets(tornado, '0xdcbEfFBECcE100cCE9E4b153C4e15cB885643193')).toBe(false)
    expect(meets(tornado, '0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc')).toBe(true)
  })

  it('S22 keeps a value of an unknown kind as its exact string', () => {
    const value = 'FooChainAddress-0123456789-abcdefghijklm'
    expect(value).toHaveLength(40)
    expect(meets(asked('opaque', value), value)).toBe(true)
    expect(meets(asked('opaque', value.toLowerCase()), value)).toBe(false)
  })

  it('S24 two listings of one address have one key', () => {
    const [first] = readListedAddress('1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL')
    const [second] = readListedAddress(' 1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL ')
    expect(second).toEqual(first)
  })
})
