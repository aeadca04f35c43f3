import { makeV1KeySign, makeV2Eip191Message, makeV2Eip712Message, type CoboPackage } from '@callback-quorum/simulator'
import { encodeFunctionData, erc20Abi, parseAbi, type Abi, type Hex } from 'viem'
import { bitcoinCase, type BitcoinPayment, type SpendKind } from './bitcoin-case.ts'
import { evmCase, PLACES, TOKENS, type EvmPayment } from './evm-case.ts'
import { callOf, FRIEND, SAFE, safeTx } from './incidents.ts'
import { Random } from './random.ts'
import { solanaCase, solanaAccountOf, SOLANA_USDC, type SolanaPayment } from './solana-case.ts'
import { tronAddress, tronCase, type TronPayment } from './tron-case.ts'

/** A request of everyday work, which has to be approved. */
export interface Shape {
  readonly name: string
  readonly dialect?: 'cobo-v1'
  readonly content: CoboPackage
}

export const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
export const ROUTER = '0x3333333333333333333333333333333333333333'
export const MULTICALL = '0xcA11bde05977b3631167028862bE2a173976CA11'

/** The operator's files that know what these shapes need. */
export const BENIGN_POLICY = {
  config: `contracts:
  - { chain: ethereum, address: "${WETH}", wraps_coin: true }
  - { chain: ethereum, address: "${ROUTER}", allowance: finite, receives: true, undecoded: ["0x12aa3caf"] }
messages:
  - { standard: eip-191, chain: ethereum, pattern: "Sign in to treasury\\\\.example at [0-9T:.Z-]{20,24}" }
  - { standard: eip-712, chain: ethereum, primary_type: Mail, domain: { name: Mail, chain_id: 1 } }
  - { standard: eip-712, chain: ethereum, primary_type: SafeTx, domain: { chain_id: 1, verifying_contract: "${SAFE}" } }
  - { standard: eip-712, chain: ethereum, primary_type: Permit, domain: { name: "USD Coin", version: "2", chain_id: 1, verifying_contract: "${TOKENS.usdc.contract}" } }
`,
  addresses: (rootKey: string): string =>
    `root_keys: [${rootKey}]\nallow:\n  - { address: "${FRIEND}", chain: ethereum, whitelisted_at: 2025-01-01 }\n`,
}

const random = new Random(20_261_121)

function evmTransfers(): readonly Shape[] {
  const { ethereum, bsc, base } = PLACES
  const pairs = [
    { chain: ethereum },
    { chain: bsc },
    { chain: base },
    { chain: ethereum, token: TOKENS.usdt },
    { chain: ethereum, token: TOKENS.usdc },
    { chain: base, token: TOKENS.baseUsdc },
    { chain: bsc, token: TOKENS.bscUsdt },
  ]
  return pairs.flatMap(({ chain, token }) =>
    (['legacy', 'eip1559', 'eip2930'] as const).flatMap((form) =>
      [0, 1, 128, 100_000].map((nonce): Shape => {
        const payment: EvmPayment = {
          chain,
          ...(token !== undefined && { token }),
          to: FRIEND,
          amountAtomic: random.amount(55),
          nonce,
          gasLimit: 90_000n,
          feePerGas: 25_000_000_000n,
          form,
        }
        const name = `${chain.cobo} ${token?.cobo ?? 'coin'} ${form} nonce ${String(nonce)}`
        return { name, content: evmCase.build(payment, payment) }
      }),
    ),
  )
}

const encode = (signature: string, functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: parseAbi([signature]) as Abi, functionName, args })

const pay = (amount: bigint): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [FRIEND, amount] })
const approve = (amount: bigint): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [ROUTER, amount] })

function evmCalls(): readonly Shape[] {
  const { usdc, usdt } = TOKENS
  const aggregate = encode('function aggregate3((address target, bool allowFailure, bytes callData)[])', 'aggregate3', [
    [
      { target: usdc.contract, allowFailure: false, callData: pay(1n) },
      { target: usdt.contract, allowFailure: false, callData: pay(2n) },
    ],
  ])
  const calls: readonly (readonly [name: string, to: Hex, value: bigint, data: Hex])[] = [
    ['a token transfer to an allow-listed address', usdc.contract, 0n, pay(5_000_000n)],
    ['an allowance for a known router', usdc.contract, 0n, approve(5_000_000n)],
    ['an allowance taken away', usdc.contract, 0n, approve(0n)],
    [
      'an increase',
      usdc.contract,
      0n,
      encode('function increaseAllowance(address,uint256)', 'increaseAllowance', [ROUTER, 7n]),
    ],
    [
      'a decrease',
      usdc.contract,
      0n,
      encode('function decreaseAllowance(address,uint256)', 'decreaseAllowance', [ROUTER, 7n]),
    ],
    ['wrapping coins', WETH, 10n ** 18n, '0xd0e30db0'],
    ['unwrapping coins', WETH, 0n, encode('function withdraw(uint256)', 'withdraw', [10n ** 18n])],
    ['a known function that is not decoded', ROUTER, 0n, `0x12aa3caf${'00'.repeat(64)}`],
    ['two payments through Multicall3', MULTICALL, 0n, aggregate],
    [
      'a multicall of payments',
      usdc.contract,
      0n,
      encode('function multicall(bytes[])', 'multicall', [[pay(3n), pay(4n)]]),
    ],
    ['coins to a contract without data', ROUTER, 10n ** 16n, '0x'],
  ]
  return calls.map(([name, to, value, data]) => ({ name: `a call: ${name}`, content: callOf({ to, value, data }) }))
}

function messages(): readonly Shape[] {
  const usdcPermit = {
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
      ],
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'spender', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    domain: { name: 'USD Coin', version: '2', chainId: 1, verifyingContract: TOKENS.usdc.contract },
    primaryType: 'Permit',
    message: { owner: FRIEND, spender: ROUTER, value: '1000000', nonce: '0', deadline: '1900000000' },
  }
  const mail = {
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'chainId', type: 'uint256' },
      ],
      Mail: [{ name: 'contents', type: 'string' }],
    },
    domain: { name: 'Mail', chainId: 1 },
    primaryType: 'Mail',
    message: { contents: 'Hello' },
  }
  return [
    {
      name: 'a sign-in text',
      content: makeV2Eip191Message({ message: 'Sign in to treasury.example at 2026-11-21T09:00:00Z' }),
    },
    { name: 'an allow-listed typed message', content: makeV2Eip712Message({ typedData: mail }) },
    { name: 'a permit for a known router', content: makeV2Eip712Message({ typedData: usdcPermit }) },
    { name: 'a Safe that pays an allow-listed address', content: safeTx(TOKENS.usdc.contract, pay(9n), 0) },
  ]
}

function bitcoinPayments(): readonly Shape[] {
  const kinds: readonly SpendKind[] = ['P2PKH', 'P2WPKH', 'P2SH-P2WPKH', 'P2TR']
  return kinds.flatMap((kind) =>
    [1, 2, 5].flatMap((inputCount) =>
      [1, 3].flatMap((outputCount) =>
        (kind === 'P2PKH' ? (['transaction'] as const) : (['transaction', 'psbt'] as const)).map((form): Shape => {
          const made = bitcoinCase.random(random)
          const [output] = made.outputs
          if (output === undefined) throw new Error('a payment has an output')
          const payment: BitcoinPayment = {
            ...made,
            form,
            inputs: Array.from({ length: inputCount }, (_, index) => ({
              kind,
              txid: Buffer.from(random.bytes(32)).toString('hex'),
              vout: index,
              amountAtomic: 10_000_000n,
              path: `m/84/0/0/0/${String(index)}`,
            })),
            outputs: Array.from({ length: outputCount }, () => ({
              to: output.to,
              amountAtomic: 1_000_000n + random.amount(12),
            })),
            changeAtomic: BigInt(inputCount) * 10_000_000n - BigInt(outputCount) * 1_010_000n,
          }
          return {
            name: `BTC ${kind} ${String(inputCount)} in ${String(outputCount)} out, ${form}`,
            content: bitcoinCase.build(payment, payment),
          }
        }),
      ),
    ),
  )
}

function tronPayments(): readonly Shape[] {
  return [false, true].flatMap((token) =>
    [undefined, 'invoice 17', '0042'].flatMap((memo) =>
      [1n, 127n, 128n, 1_000_000n, 9_007_199_254_740_991n].map((amountAtomic): Shape => {
        const payment: TronPayment = {
          token,
          to: tronAddress(random),
          amountAtomic,
          ...(memo !== undefined && { memo }),
          feeLimit: token ? 30_000_000 : 0,
          expiration: 1_770_000_000_000,
        }
        return {
          name: `TRON ${token ? 'USDT' : 'TRX'} ${String(amountAtomic)} memo ${memo ?? 'none'}`,
          content: tronCase.build(payment, payment),
        }
      }),
    ),
  )
}

function solanaPayments(): readonly Shape[] {
  return [false, true].flatMap((isToken) =>
    [false, true].flatMap((createsAccount) =>
      (['legacy', 'v0'] as const).flatMap((version) =>
        [undefined, 'invoice 17'].flatMap((memo) =>
          [0, 50_000].map((price): Shape => {
            const payment: SolanaPayment = {
              ...(isToken && { mint: SOLANA_USDC }),
              to: solanaAccountOf(random),
              amountAtomic: random.amount(40),
              ...(memo !== undefined && { memo }),
              price,
              createsAccount,
              version,
              blockhash: 'EETubP5AKHgjPAhzPAFcb8BAY1hMH639CWCFTqi3hq1k',
            }
            const name = `Solana ${isToken ? 'USDC' : 'SOL'} ${version} memo ${memo ?? 'none'} price ${String(price)}${createsAccount ? ' new account' : ''}`
            return { name, content: solanaCase.build(payment, payment) }
          }),
        ),
      ),
    ),
  )
}

const v1: readonly Shape[] = (['legacy', 'eip1559'] as const).flatMap((feeModel) =>
  ([undefined, 'ETH_USDT'] as const).map((token): Shape => ({
    name: `v1 ${token ?? 'ETH'} ${feeModel}`,
    dialect: 'cobo-v1',
    content: makeV1KeySign({ to: FRIEND, amount: '1.25', feeModel, ...(token !== undefined && { token }) }),
  })),
)

export const BENIGN_SHAPES: readonly Shape[] = [
  ...evmTransfers(),
  ...evmCalls(),
  ...messages(),
  ...bitcoinPayments(),
  ...tronPayments(),
  ...solanaPayments(),
  ...v1,
]
