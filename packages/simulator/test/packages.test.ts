import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { type CoboDialect, type CoboReading, readCoboRequest, transactionIdOf } from '@callback-quorum/protocol'
import { RLP } from 'micro-eth-signer/core/rlp.js'
import { describe, expect, it } from 'vitest'
import {
  type CoboPackage,
  encodeErc20Transfer,
  EVM_ASSETS,
  makeRequest,
  makeV1KeyGen,
  makeV1KeyReshare,
  makeV1KeySign,
  makeV1Ping,
  makeV2ContractCall,
  makeV2Eip191Message,
  makeV2Eip712Message,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeyShareSign,
  makeV2KeySign,
  makeV2Ping,
  packageBytes,
  REQUEST_NAMES,
  testAddress,
  testRootPubkey,
  type TransferOptions,
  type TypedData,
} from '../src/index.ts'
import { NOW_MS, TO } from './constellation.ts'

const typedData: TypedData = {
  types: { EIP712Domain: [{ name: 'name', type: 'string' }], Note: [{ name: 'text', type: 'string' }] },
  primaryType: 'Note',
  domain: { name: 'simulator' },
  message: { text: 'hello' },
}
const transfer: TransferOptions = { to: TO, amount: '12.5', token: 'ETH_USDT', seed: 7, createdAtMs: NOW_MS }

const read = (dialect: CoboDialect, content: CoboPackage): CoboReading =>
  readCoboRequest(dialect, packageBytes(content))

function keySign(reading: CoboReading) {
  if (reading.result !== 'request' || reading.request.kind !== 'keysign') throw new Error(JSON.stringify(reading))
  return reading.request
}

describe('packages', () => {
  it.each<[string, CoboDialect, string, CoboPackage]>([
    ['v1 KeyGen', 'cobo-v1', 'keygen', makeV1KeyGen()],
    ['v1 KeySign', 'cobo-v1', 'keysign', makeV1KeySign(transfer)],
    ['v1 KeyReshare', 'cobo-v1', 'keyreshare', makeV1KeyReshare()],
    ['v2 KeyGen', 'cobo-v2', 'keygen', makeV2KeyGen()],
    ['v2 KeySign', 'cobo-v2', 'keysign', makeV2KeySign(transfer)],
    ['v2 contract call', 'cobo-v2', 'keysign', makeV2ContractCall({ contract: TO, calldata: '0x1234' })],
    ['v2 plain message', 'cobo-v2', 'keysign', makeV2Eip191Message({ message: 'hello' })],
    ['v2 typed message', 'cobo-v2', 'keysign', makeV2Eip712Message({ typedData })],
    ['v2 KeyReshare', 'cobo-v2', 'keyreshare', makeV2KeyReshare()],
    ['v2 KeyShareSign', 'cobo-v2', 'keysharesign', makeV2KeyShareSign()],
  ])('%s is read as %s %s', (_, dialect, kind, content) => {
    const reading = read(dialect, content)
    expect(reading).toMatchObject({ result: 'request', request: { dialect, kind, requestId: content.request_id } })
    expect(reading.result === 'request' && transactionIdOf(reading.request)).toBeTruthy()
  })

  it('pings are read as pings, the v1 one being an empty object', () => {
    expect(JSON.stringify(makeV1Ping())).toBe('{}')
    expect(read('cobo-v1', makeV1Ping())).toEqual({ result: 'ping', requestId: '' })
    expect(read('cobo-v2', makeV2Ping())).toEqual({ result: 'ping', requestId: '' })
    expect(read('cobo-v2', makeV2Ping({ request_id: 'p-1' }))).toEqual({ result: 'ping', requestId: 'p-1' })
  })

  it.each(REQUEST_NAMES)('%s can be made by name alone and is read in the dialect it is made for', (name) => {
    const { dialect, content } = makeRequest(name)
    const reading = read(dialect, content)
    expect(reading.result).toBe(name.endsWith('-ping') ? 'ping' : 'request')
    expect(name.startsWith(dialect.slice('cobo-'.length))).toBe(true)
  })

  it('says the same transfer in both dialects: whole units in v2, base units in v1, one raw transaction', () => {
    const v2 = keySign(read('cobo-v2', makeV2KeySign(transfer)))
    const v1 = keySign(read('cobo-v1', makeV1KeySign(transfer)))
    expect(v2).toMatchObject({
      extra: {
        transaction: { token_id: 'ETH_USDT', destination: { account_output: { address: TO, amount: '12.5' } } },
      },
    })
    expect(v1).toMatchObject({ extra: { coin: 'ETH_USDT', decimal: 6, amount: '12500000', to_address: TO } })
    expect(v1.detail.msg_hash_list).toEqual(v2.detail.msg_hash_list)
    expect(transactionIdOf(v1)).toBe(transactionIdOf(v2))
  })

  it('carries the calldata of the transfer in the raw transaction, to the token contract', () => {
    const { extra } = keySign(read('cobo-v2', makeV2KeySign(transfer)))
    const raw = 'transaction' in extra ? extra.transaction?.raw_tx_info?.unsigned_raw_tx : undefined
    expect(raw).toContain(encodeErc20Transfer(TO, 12_500_000n).slice(2))
    expect(raw).toContain('dac17f958d2ee523a2206206994597c13d831ec7')
  })

  it('puts chain, nonce, recipient and amount into the raw transaction, in either fee model', () => {
    const native = { ...transfer, token: 'BSC_BNB', chain: 'bsc', amount: '1.5', nonce: 300n } as const
    const value = 1_500_000_000_000_000_000n.toString(16)
    const feeMarket = rlpItems(makeV2KeySign(native))
    expect([feeMarket[0], feeMarket[1], feeMarket[5], feeMarket[6], feeMarket[7]]).toEqual([
      '38',
      '012c',
      TO.slice(2).toLowerCase(),
      value,
      '',
    ])
    const legacy = rlpItems(makeV2KeySign({ ...native, feeModel: 'legacy' }))
    expect([legacy[6], legacy[0], legacy[3], legacy[4], legacy[5]]).toEqual([
      '38',
      '012c',
      TO.slice(2).toLowerCase(),
      value,
      '',
    ])
    expect(legacy.slice(7)).toEqual(['', ''])
  })

  it('sends the value and the calldata of a contract call to the contract', () => {
    const items = rlpItems(
      makeV2ContractCall({ contract: TO, calldata: '0x12345678', value: '0.000000000000000255', seed: 1 }),
    )
    expect([items[0], items[5], items[6], items[7]]).toEqual(['01', TO.slice(2).toLowerCase(), 'ff', '12345678'])
  })

  it('is the same for the same seed and new without one', () => {
    const { seed: _, ...unseeded } = transfer
    expect(makeV2KeySign(transfer)).toEqual(makeV2KeySign(transfer))
    expect(makeV2KeySign(unseeded).request_id).not.toBe(makeV2KeySign(unseeded).request_id)
  })

  it('binds group, vault, path and source address to one root key', () => {
    const { detail, extra } = keySign(read('cobo-v2', makeV2KeySign({ ...transfer, addressIndex: 2 })))
    const { address, path, pubkey } = testAddress(2)
    expect(detail).toMatchObject({ root_pub_key: testRootPubkey(), bip32_path_list: [path] })
    expect(extra).toMatchObject({
      source_addresses: [{ address, path, pubkey, root_pubkey: testRootPubkey() }],
      vault: { root_pubkeys: [{ root_pubkey: testRootPubkey() }] },
      signer_key_share_holder_group: { tss_key_share_groups: [{ root_pubkey: testRootPubkey() }] },
      transaction: { source: { address } },
    })
  })

  it('can describe another transfer than the one it has signed', () => {
    const honest = makeV2KeySign(transfer)
    const lying = makeV2KeySign({ ...transfer, describedAs: { amount: '0.5' } })
    expect(hashOf(lying)).toBe(hashOf(honest))
    expect(keySign(read('cobo-v2', lying))).toMatchObject({
      extra: { transaction: { destination: { account_output: { address: TO, amount: '0.5' } } } },
    })
  })

  it('refuses more decimals than the asset has, and assets that are not on the chain', () => {
    expect(() => makeV2KeySign({ ...transfer, amount: '0.0000001' })).toThrow()
    expect(() => makeV2KeySign({ ...transfer, chain: 'bsc' })).toThrow(RangeError)
  })

  it('agrees with the asset registry wherever both know an asset', () => {
    const registry = createAssetRegistry(STARTER_ASSETS)
    const known = EVM_ASSETS.flatMap((asset) => {
      const found = registry.byCobo(asset.coboChainId, asset.coboTokenId)
      return found === undefined ? [] : [{ asset, found }]
    })
    expect(known.length).toBeGreaterThan(5)
    for (const { asset, found } of known) {
      expect([asset.coboTokenId, found.decimals, found.chain.evmChainId]).toEqual([
        asset.coboTokenId,
        asset.decimals,
        asset.chainId,
      ])
      expect(found.contractAddress).toBe('contract' in asset ? asset.contract : undefined)
    }
  })
})

function hashOf(content: CoboPackage): string {
  const { msg_hash_list: hashes } = JSON.parse(content.request_detail ?? '{}') as { msg_hash_list: string[] }
  return hashes[0] ?? 'none'
}

/** The items of the raw transaction as hex. */
function rlpItems(content: CoboPackage): string[] {
  const { transaction } = JSON.parse(content.extra_info ?? '{}') as {
    transaction: { raw_tx_info: { unsigned_raw_tx: string } }
  }
  const bytes = Buffer.from(transaction.raw_tx_info.unsigned_raw_tx.slice(2), 'hex')
  const items: unknown = RLP.decode(bytes[0] === 2 ? bytes.subarray(1) : bytes)
  if (!Array.isArray(items)) throw new Error('not a list')
  return items.map((item) => (item instanceof Uint8Array ? Buffer.from(item).toString('hex') : 'list'))
}
