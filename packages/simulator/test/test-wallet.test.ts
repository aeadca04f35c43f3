import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { derivePubkey } from '../src/evm/test-wallet.ts'
import { testAddress, testRootPubkey } from '../src/index.ts'

const { bip32 } = JSON.parse(readFileSync(new URL('vectors/cobo.json', import.meta.url), 'utf8')) as {
  bip32: { seed: string; path: string; pubkey: string }[]
}

describe('the test wallet', () => {
  it('derives as BIP-32 says', () => {
    expect(bip32).toHaveLength(1)
    for (const { seed, path, pubkey } of bip32) expect(derivePubkey(Buffer.from(seed, 'hex'), path)).toBe(pubkey)
  })

  it('gives the same address for the same index and another for the next', () => {
    expect(testAddress(3)).toEqual(testAddress(3))
    expect(testAddress(3).address).not.toBe(testAddress(4).address)
    expect(testAddress().path).toBe('m/44/60/0/0/0')
  })

  it('has a root key that is an extended public key', () => {
    expect(testRootPubkey()).toMatch(/^xpub6[1-9A-HJ-NP-Za-km-z]{106}$/)
  })
})
