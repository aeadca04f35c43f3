import { readFileSync } from 'node:fs'
import { addr } from 'micro-eth-signer'
import { describe, expect, it } from 'vitest'
import { encodeErc20Transfer, encodeUnsigned, EVM_ASSETS } from '../src/index.ts'

interface RawVector {
  readonly id: string
  readonly unsigned_raw_tx: string
  readonly msg_hash: string
}
const vectors = JSON.parse(readFileSync(new URL('vectors/cobo.json', import.meta.url), 'utf8')) as {
  raw_tx: RawVector[]
}

function vector(id: string): RawVector {
  const found = vectors.raw_tx.find((entry) => entry.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found
}

describe('unsigned EVM transactions', () => {
  it('encodes the legacy transfer of the official template, hash included', () => {
    const { unsigned_raw_tx: raw, msg_hash: hash } = vector('evm-legacy-eth')
    const encoded = encodeUnsigned({
      type: 'legacy',
      chainId: 1n,
      nonce: 0n,
      gasPriceWei: 805_234_319n,
      gasLimit: 21_000n,
      to: '0x0f76F604fd7762Bd94B48CA2523F69ab9665c97f',
      valueAtomic: 100_000_000_000_000n,
    })
    expect(encoded).toEqual({ raw, hash })
  })

  it('encodes the USDT transfer of the official template, hash included', () => {
    const { unsigned_raw_tx: raw, msg_hash: hash } = vector('evm-erc20-usdt')
    const encoded = encodeUnsigned({
      type: 'legacy',
      chainId: 1n,
      nonce: 4n,
      gasPriceWei: 4_965_003_042n,
      gasLimit: 94_043n,
      to: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
      valueAtomic: 0n,
      data: encodeErc20Transfer('0x8B45b84e2cF29E5F826797df7e1Aa93FC71a2bfd', 50_000_000n),
    })
    expect(encoded).toEqual({ raw, hash })
  })

  it('encodes the EIP-1559 withdrawal on Sepolia, hash included', () => {
    const { unsigned_raw_tx: raw, msg_hash: hash } = vector('evm-eip1559-seth')
    const encoded = encodeUnsigned({
      type: 'eip1559',
      chainId: 11_155_111n,
      nonce: 22n,
      maxFeePerGasWei: 1_502_822_736n,
      maxPriorityFeePerGasWei: 1_500_000_000n,
      gasLimit: 21_000n,
      to: '0x44deca05623d5d85faa426c972064a944591561f',
      valueAtomic: 10_000_000_000_000n,
    })
    expect(encoded).toEqual({ raw, hash })
  })

  it.each(['0x8B45b84e', '8B45b84e2cF29E5F826797df7e1Aa93FC71a2bfd', '0xzz45b84e2cF29E5F826797df7e1Aa93FC71a2bfd'])(
    'refuses %s as an address',
    (to) => {
      expect(() => encodeErc20Transfer(to, 1n)).toThrow(RangeError)
    },
  )

  it('knows token contracts only by addresses whose checksum is right', () => {
    const contracts = EVM_ASSETS.flatMap((asset) => ('contract' in asset ? [asset.contract] : []))
    expect(contracts.length).toBeGreaterThan(3)
    expect(contracts.filter((contract) => addr.addChecksum(contract) !== contract)).toEqual([])
  })
})
