import { makeV2RawKeySign, testAddress } from '@callback-quorum/simulator'
import { formatAmount } from '@callback-quorum/chains'
import { encodeFunctionData, erc20Abi, getAddress, keccak256, serializeTransaction, toHex, type Hex } from 'viem'
import type { ChainCase } from './chain-case.ts'
import type { Random } from './random.ts'

export interface EvmPayment {
  readonly chain: EvmPlace
  /** Without it, the coin. */
  readonly token?: EvmToken
  readonly to: Hex
  readonly amountAtomic: bigint
  readonly nonce: number
  readonly gasLimit: bigint
  readonly feePerGas: bigint
  readonly form: 'legacy' | 'eip1559' | 'eip2930'
}

interface EvmPlace {
  readonly cobo: string
  readonly chainId: number
}

interface EvmToken {
  readonly cobo: string
  readonly contract: Hex
  readonly decimals: number
  readonly chainId: number
}

export const PLACES = {
  ethereum: { cobo: 'ETH', chainId: 1 },
  bsc: { cobo: 'BSC_BNB', chainId: 56 },
  base: { cobo: 'BASE_ETH', chainId: 8453 },
} as const

export const TOKENS = {
  usdt: { cobo: 'ETH_USDT', contract: '0xdAC17F958D2ee523a2206206994597C13D831ec7', decimals: 6, chainId: 1 },
  usdc: { cobo: 'ETH_USDC', contract: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', decimals: 6, chainId: 1 },
  baseUsdc: { cobo: 'BASE_USDC', contract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', decimals: 6, chainId: 8453 },
  bscUsdt: { cobo: 'BSC_USDT', contract: '0x55d398326f99059fF775485246999027B3197955', decimals: 18, chainId: 56 },
} as const

const addressOf = (random: Random): Hex => getAddress(toHex(random.bytes(20)))

export function randomEvm(random: Random): EvmPayment {
  const chain = random.pick(Object.values(PLACES))
  const tokens = Object.values(TOKENS).filter(({ chainId }) => chainId === chain.chainId)
  const token = random.integer(2) === 0 ? random.pick(tokens) : undefined
  return {
    chain,
    ...(token !== undefined && { token }),
    to: addressOf(random),
    amountAtomic: random.amount(60),
    nonce: random.integer(100_000),
    gasLimit: BigInt(21_000 + random.integer(100_000)),
    feePerGas: random.amount(34),
    form: random.pick(['legacy', 'eip1559', 'eip2930']),
  }
}

/** The signing preimage, by viem. */
export function evmRaw(payment: EvmPayment): Hex {
  const { token, to, amountAtomic } = payment
  return evmCallRaw(
    payment,
    token === undefined
      ? { to, value: amountAtomic, data: '0x' }
      : {
          to: token.contract,
          value: 0n,
          data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amountAtomic] }),
        },
  )
}

export interface EvmCall {
  readonly to?: Hex
  readonly value: bigint
  readonly data: Hex
}

export function evmCallRaw(
  { chain, nonce, gasLimit, feePerGas, form }: Pick<EvmPayment, 'chain' | 'nonce' | 'gasLimit' | 'feePerGas' | 'form'>,
  call: EvmCall,
): Hex {
  const common = { chainId: chain.chainId, nonce, gas: gasLimit, ...call }
  switch (form) {
    case 'legacy':
      return serializeTransaction({ ...common, type: 'legacy', gasPrice: feePerGas })
    case 'eip2930':
      return serializeTransaction({ ...common, type: 'eip2930', gasPrice: feePerGas, accessList: [] })
    case 'eip1559':
      return serializeTransaction({ ...common, type: 'eip1559', maxFeePerGas: feePerGas, maxPriorityFeePerGas: 1n })
  }
}

export function evmFee({ form, gasLimit, feePerGas }: Pick<EvmPayment, 'form' | 'gasLimit' | 'feePerGas'>): object {
  const price = form === 'eip1559' ? { max_fee_per_gas: String(feePerGas) } : { gas_price: String(feePerGas) }
  return { fee_type: form === 'eip1559' ? 'EVM_EIP_1559' : 'EVM_Legacy', gas_limit: String(gasLimit), ...price }
}

const { address: FROM, path: PATH } = testAddress(0)

export const evmCase: ChainCase<EvmPayment> = {
  chain: 'evm',
  random: randomEvm,
  build(signed, described) {
    const raw = evmRaw(signed)
    const { chain, token, to, amountAtomic, nonce } = described
    return makeV2RawKeySign({
      chainId: chain.cobo,
      tokenId: token?.cobo ?? chain.cobo,
      destination: {
        destination_type: 'Address',
        account_output: { address: to, memo: null, amount: formatAmount(amountAtomic, token?.decimals ?? 18) },
      },
      sources: [{ address: FROM, path: PATH }],
      paths: [PATH],
      hashes: [keccak256(raw)],
      rawTxInfo: { used_nonce: nonce, unsigned_raw_tx: raw },
      fee: evmFee(described),
    })
  },
  mutations: [
    (payment, random) => ({ ...payment, to: addressOf(random) }),
    (payment) => ({ ...payment, amountAtomic: payment.amountAtomic + 1n }),
    (payment, random) => ({ ...payment, amountAtomic: payment.amountAtomic ^ (1n << BigInt(random.integer(59))) }),
    (payment) => ({ ...payment, nonce: payment.nonce + 1 }),
    (payment) => ({ ...payment, gasLimit: payment.gasLimit + 1n }),
    (payment) => ({ ...payment, feePerGas: payment.feePerGas + 1n }),
    (payment, random) => {
      const others = Object.values(PLACES).filter(({ chainId }) => chainId !== payment.chain.chainId)
      const chain = random.pick(others)
      const { token: _, ...rest } = payment
      const token = payment.token && Object.values(TOKENS).find(({ chainId }) => chainId === chain.chainId)
      return { ...rest, chain, ...(token !== undefined && { token }) }
    },
    (payment, random) => {
      const { token, ...coin } = payment
      const others = Object.values(TOKENS).filter(
        ({ chainId, cobo }) => chainId === payment.chain.chainId && cobo !== token?.cobo,
      )
      return others.length > 0 ? { ...coin, token: random.pick(others) } : coin
    },
  ],
}
