import { canonicalizeAddress, type ChainFamily } from '@callback-quorum/chains'
import { describe, expect, test } from 'vitest'
import { isSameKey, knownAddress } from '../../src/similar/known-address.ts'
import { visibleText } from '../../src/similar/visible-text.ts'

const read = (family: ChainFamily, text: string) => canonicalizeAddress(family, 'mainnet', text)

/** Real addresses: OFAC's list of 2025-11-19, and the addresses of the specification's equivalence tests. */
const CASES: readonly (readonly [family: ChainFamily, text: string, form: string, visible: string])[] = [
  ['evm', '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF', 'evm', 'e950dc316b836e4eefb8308bf32bf7c72a1358ff'],
  ['tron', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW', 'tron', 'xesk1seskjz1xthitnyaaoqw3wldydrnw'],
  ['tron', '41e950dc316b836e4eefb8308bf32bf7c72a1358ff', 'tron', 'xesk1seskjz1xthitnyaaoqw3wldydrnw'],
  ['tron', '0xe950dc316b836e4eefb8308bf32bf7c72a1358ff', 'tron', 'xesk1seskjz1xthitnyaaoqw3wldydrnw'],
  ['bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', 'bitcoin base58', '2qtd5bfwrsdnsazy76uve1xycgntojh9h'],
  [
    'bitcoin',
    'bitcoin:12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h?amount=1',
    'bitcoin base58',
    '2qtd5bfwrsdnsazy76uve1xycgntojh9h',
  ],
  ['bitcoin', 'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s', 'bitcoin bech32', 'pa78qajm34ypqk6unwwn9tgxrc9evaez76c64s'],
  ['bitcoin', 'BC1QPA78QAJM34YPQK6UNWWN9TGXRC9EVAEZ76C64S', 'bitcoin bech32', 'pa78qajm34ypqk6unwwn9tgxrc9evaez76c64s'],
  [
    'bitcoin-cash',
    'bitcoincash:qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
    'bitcoin-cash cashaddr',
    'pf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
  ],
  [
    'bitcoin-cash',
    'qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
    'bitcoin-cash cashaddr',
    'pf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq',
  ],
  ['bitcoin-cash', '18Y8VPic2pZsvyLaYVdSLQdCuT2nAJJ3hd', 'bitcoin-cash base58', '8y8vpic2pzsvylayvdslqdcut2najj3hd'],
  ['xrp', 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', 'xrp r', 'nxyvqzgxze7tr1epztkgj2jxh4lmjyh66'],
  ['xrp', 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB', 'xrp X', '75kjmo4pw9uq9h7hbpczudfskq2plngsumnlb58lzrzpgb'],
  [
    'solana',
    'C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp',
    'solana base58',
    'c63emjhwsxghkeffcsxnf7spphcpgstnbyszkjcwj8vp',
  ],
]

test.each(CASES)('%s %s', (family, text, form, visible) => {
  expect(visibleText(read(family, text))).toEqual({ form, text: visible })
})

test('a name on an opaque chain is compared with nothing', () => {
  expect(visibleText(read('opaque', 'binancecleos'))).toBeUndefined()
})

describe('another encoding of a key is no look-alike of it', () => {
  test.each([
    ['bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', 'bitcoin', 'bc1qpa78qajm34ypqk6unwwn9tgxrc9evaez76c64s'],
    ['bitcoin', '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', 'bitcoin', '3BN2W2uaBtmjogy53Bd641ssnyS4g93uWg'],
    ['evm', '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF', 'tron', 'TXEsK1sEsKjZ1xtHitnyAAoqw3WLdYdRNW'],
    ['xrp', 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', 'xrp', 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB'],
  ] as const)('%s %s and %s %s', (family, text, otherFamily, other) => {
    const [a, b] = [knownAddress(read(family, text), family), knownAddress(read(otherFamily, other), otherFamily)]
    expect(a !== undefined && b !== undefined && isSameKey(a, b)).toBe(true)
  })

  test('and two keys are two', () => {
    const [a, b] = ['0xE950DC316b836e4EeFb8308bf32Bf7C72a1358FF', '0xE950DC316b836e4EeFb8308bf32Bf7C72a1358F0'].map(
      (text) => knownAddress(read('evm', text.toLowerCase()), 'ethereum'),
    )
    expect(a !== undefined && b !== undefined && isSameKey(a, b)).toBe(false)
  })
})
