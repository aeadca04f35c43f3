import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeFunctionData, erc20Abi, keccak256, serializeTransaction, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { ChainsFault, decodeTransaction } from '../../src/index.ts'

/** In the manner of ethereum/tests' TransactionTests: bytes, and either what they are or why they are none. Made by viem 2.57.1. */
interface Vector {
  readonly name: string
  readonly txbytes: Hex
  readonly result:
    | {
        readonly hash: string
        readonly chainId: string
        readonly nonce: string
        readonly gasLimit: string
        readonly to: string | null
        readonly value: string
        readonly data: string
      }
    | { readonly exception: 'TRANSACTION_MALFORMED' | 'TRANSACTION_UNSUPPORTED' | 'TRANSACTION_TOO_LARGE' }
}

const FILE = join(import.meta.dirname, '../data/evm-transaction-tests.json')
const TO = '0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8'
const transfer = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [TO, 1_000_000n] })

const VALUES = [0n, 1n, 127n, 128n, 255n, 256n, 10n ** 18n, 2n ** 256n - 1n]
const NONCES = [0, 127, 128, 65_535, 2 ** 40]

function made(): readonly Vector[] {
  const vectors: Vector[] = []
  const add = (name: string, txbytes: Hex, nonce: number, value: bigint, data: Hex, to: Hex | null): void =>
    void vectors.push({
      name,
      txbytes,
      result: {
        hash: keccak256(txbytes),
        chainId: '1',
        nonce: String(nonce),
        gasLimit: '21000',
        to,
        value: String(value),
        data,
      },
    })
  for (const [index, value] of VALUES.entries()) {
    const nonce = NONCES[index % NONCES.length] ?? 0
    const data = index % 2 === 0 ? '0x' : transfer
    const common = { chainId: 1, nonce, gas: 21_000n, to: TO, value, data } as const
    add(
      `legacy, value ${String(value)}`,
      serializeTransaction({ ...common, type: 'legacy', gasPrice: 10n ** 9n }),
      nonce,
      value,
      data,
      TO,
    )
    add(
      `EIP-2930, value ${String(value)}`,
      serializeTransaction({
        ...common,
        type: 'eip2930',
        gasPrice: 10n ** 9n,
        accessList: [{ address: TO, storageKeys: [`0x${'01'.repeat(32)}`] }],
      }),
      nonce,
      value,
      data,
      TO,
    )
    add(
      `EIP-1559, value ${String(value)}`,
      serializeTransaction({ ...common, type: 'eip1559', maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n }),
      nonce,
      value,
      data,
      TO,
    )
  }
  add(
    'a contract is created',
    serializeTransaction({ chainId: 1, nonce: 0, gas: 21_000n, type: 'eip1559', maxFeePerGas: 1n, data: '0x6001' }),
    0,
    0n,
    '0x6001',
    null,
  )
  const [, , valid] = vectors
  if (valid === undefined) throw new Error('there are vectors')
  const raw = valid.txbytes
  const bad = (
    name: string,
    txbytes: Hex,
    exception: 'TRANSACTION_MALFORMED' | 'TRANSACTION_UNSUPPORTED' = 'TRANSACTION_MALFORMED',
  ): void => void vectors.push({ name, txbytes, result: { exception } })
  bad('a byte behind the end', `${raw}00`)
  bad('a byte missing at the end', raw.slice(0, -2) as Hex)
  bad('a type that nobody knows', `0x7f${raw.slice(4)}`, 'TRANSACTION_UNSUPPORTED')
  bad('the type alone', '0x02')
  bad(
    'legacy without a chain id',
    serializeTransaction({ type: 'legacy', nonce: 0, gas: 21_000n, gasPrice: 1n, to: TO, value: 1n }),
    'TRANSACTION_UNSUPPORTED',
  )
  bad(
    'signed',
    serializeTransaction(
      { type: 'legacy', chainId: 1, nonce: 0, gas: 21_000n, gasPrice: 1n, to: TO, value: 1n },
      { r: `0x${'11'.repeat(32)}`, s: `0x${'22'.repeat(32)}`, v: 37n },
    ),
  )
  return vectors
}

if (process.env['CALLBACK_QUORUM_WRITE_FIXTURES'] === '1')
  await writeFile(FILE, `${JSON.stringify(made(), undefined, 1)}\n`)
const VECTORS = JSON.parse(await readFile(FILE, 'utf8')) as readonly Vector[]

test('the file is what viem makes', () => {
  expect(VECTORS).toEqual(made())
})

describe.each(VECTORS)('$name', ({ txbytes, result }) => {
  test('hash and fields, or the reason', () => {
    const decode = () =>
      decodeTransaction({ family: 'evm', network: 'mainnet' }, Uint8Array.from(Buffer.from(txbytes.slice(2), 'hex')))
    if ('exception' in result) {
      expect(decode).toThrow(ChainsFault)
      expect(decode).toThrow(expect.objectContaining({ code: result.exception }) as Error)
      return
    }
    const { toSign, evmChainId, nonce, call } = decode()
    expect(`0x${toSign[0].hash}`).toBe(result.hash)
    expect({
      chainId: String(evmChainId),
      nonce: String(nonce),
      to: call?.to?.text ?? null,
      value: String(call?.valueAtomic),
      data: `0x${call?.data ?? ''}`,
    }).toEqual({ chainId: result.chainId, nonce: result.nonce, to: result.to, value: result.value, data: result.data })
  })
})
