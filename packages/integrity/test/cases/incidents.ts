import {
  makeV2Eip712Message,
  makeV2KeySign,
  makeV2RawKeySign,
  testAddress,
  type CoboPackage,
} from '@callback-quorum/simulator'
import { AuthorityType, createSetAuthorityInstruction, getAssociatedTokenAddressSync } from '@solana/spl-token'
import { PublicKey, StakeProgram, type StakeAuthorizationLayout } from '@solana/web3.js'
import { utils } from 'tronweb'
import { encodeFunctionData, erc20Abi, keccak256, maxUint256, parseAbi, type Abi, type Hex } from 'viem'
import { evmCallRaw, evmFee, PLACES, TOKENS, type EvmCall } from './evm-case.ts'
import {
  coboRaw,
  instructionsOf,
  messageOf,
  SOLANA_FROM,
  SOLANA_PATH,
  SOLANA_USDC,
  type SolanaPayment,
} from './solana-case.ts'
import { TRON_FROM, TRON_PATH, tronRaw } from './tron-case.ts'

/** A theft, or the way one works: what the platform would send, and the one code that has to say no. */
export interface Incident {
  readonly name: string
  /** What happened, and how the request shows it. */
  readonly story: string
  readonly code: string
  /** What else is wrong with it. */
  readonly also?: readonly string[]
  readonly content: CoboPackage
}

/** The same for every run, so that the files are. */
const FIXED = { seed: 20250221, createdAtMs: 1_740_096_000_000 } as const

export const ATTACKER = '0xbad0000000000000000000000000000000000bad'
/** Allow-listed in the address book of the tests. */
export const FRIEND = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** FRIEND's beginning and end, and something else between: what address poisoning leaves in a history. */
const FRIENDS_TWIN = '0x8B45b84e00000000000000000000000000002bfd'
export const SAFE = '0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4'
export const PROXY = '0x2222222222222222222222222222222222222222'

const GAS = {
  chain: PLACES.ethereum,
  nonce: 7,
  gasLimit: 150_000n,
  feePerGas: 30_000_000_000n,
  form: 'eip1559',
} as const

/** A contract call that is described as it is. */
export function callOf(
  call: EvmCall & { readonly to: Hex },
  gas: typeof GAS | (Omit<typeof GAS, 'feePerGas'> & { feePerGas: bigint }) = GAS,
): CoboPackage {
  const { address, path } = testAddress(0)
  const raw = evmCallRaw(gas, call)
  return makeV2RawKeySign({
    ...FIXED,
    chainId: 'ETH',
    tokenId: 'ETH',
    type: 'ContractCall',
    destination: { destination_type: 'EVM_Contract', address: call.to, calldata: call.data, value: coins(call.value) },
    sources: [{ address, path }],
    paths: [path],
    hashes: [keccak256(raw)],
    rawTxInfo: { used_nonce: gas.nonce, unsigned_raw_tx: raw },
    fee: evmFee(gas),
  })
}

const coins = (wei: bigint): string => {
  const text = wei.toString().padStart(19, '0')
  return `${text.slice(0, -18)}.${text.slice(-18)}`
}

const encode = (signature: string, functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: parseAbi([signature]) as Abi, functionName, args })

export const SAFE_TX_TYPES = {
  EIP712Domain: [
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
  SafeTx: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
    { name: 'operation', type: 'uint8' },
    { name: 'safeTxGas', type: 'uint256' },
    { name: 'baseGas', type: 'uint256' },
    { name: 'gasPrice', type: 'uint256' },
    { name: 'gasToken', type: 'address' },
    { name: 'refundReceiver', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
} as const
const ZERO = '0x0000000000000000000000000000000000000000'

export const safeTx = (to: string, data: Hex, operation: number): CoboPackage =>
  makeV2Eip712Message({
    ...FIXED,
    typedData: {
      types: SAFE_TX_TYPES,
      domain: { chainId: 1, verifyingContract: SAFE },
      primaryType: 'SafeTx',
      message: {
        to,
        value: '0',
        data,
        operation,
        safeTxGas: '45746',
        baseGas: '0',
        gasPrice: '0',
        gasToken: ZERO,
        refundReceiver: ZERO,
        nonce: '71',
      },
    },
  })

const permitSingle = (): CoboPackage =>
  makeV2Eip712Message({
    ...FIXED,
    typedData: {
      types: {
        EIP712Domain: [
          { name: 'name', type: 'string' },
          { name: 'chainId', type: 'uint256' },
          { name: 'verifyingContract', type: 'address' },
        ],
        PermitDetails: [
          { name: 'token', type: 'address' },
          { name: 'amount', type: 'uint160' },
          { name: 'expiration', type: 'uint48' },
          { name: 'nonce', type: 'uint48' },
        ],
        PermitSingle: [
          { name: 'details', type: 'PermitDetails' },
          { name: 'spender', type: 'address' },
          { name: 'sigDeadline', type: 'uint256' },
        ],
      },
      domain: { name: 'Permit2', chainId: 1, verifyingContract: '0x000000000022D473030F116dDEE9F6B43aC78BA3' },
      primaryType: 'PermitSingle',
      message: {
        details: { token: TOKENS.usdc.contract, amount: '5000000000', expiration: '1800000000', nonce: '0' },
        spender: ATTACKER,
        sigDeadline: '1800000000',
      },
    },
  })

const SPL: SolanaPayment = {
  mint: SOLANA_USDC,
  to: new PublicKey('C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp'),
  amountAtomic: 25_000_000n,
  price: 0,
  createsAccount: false,
  version: 'legacy',
  blockhash: 'EETubP5AKHgjPAhzPAFcb8BAY1hMH639CWCFTqi3hq1k',
}
const ROGUE = new PublicKey('6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah')

/** A payment of SPL with instructions behind it that nobody described. */
function rideAlong(payment: SolanaPayment, ...more: ReturnType<typeof instructionsOf>): CoboPackage {
  const message = messageOf([...instructionsOf(payment), ...more], payment)
  return makeV2RawKeySign({
    ...FIXED,
    chainId: 'SOL',
    tokenId: payment.mint === undefined ? 'SOL' : 'SOL_USDC',
    destination: {
      destination_type: 'Address',
      account_output: {
        address: payment.to.toBase58(),
        memo: null,
        amount: payment.mint === undefined ? '0.025' : '25',
      },
    },
    sources: [{ address: SOLANA_FROM.toBase58() }],
    paths: [SOLANA_PATH],
    hashes: [Buffer.from(message).toString('hex')],
    signatureType: 'eddsa',
    rawTxInfo: { unsigned_raw_tx: coboRaw(message) },
  })
}

function fakeTether(): CoboPackage {
  const { raw, hash } = tronRaw(
    [
      {
        type: 'TriggerSmartContract',
        value: {
          owner_address: TRON_FROM,
          contract_address: `41${'fa'.repeat(20)}`,
          data: encodeFunctionData({
            abi: erc20Abi,
            functionName: 'transfer',
            args: [`0x${'11'.repeat(20)}`, 900_000_000n],
          }).slice(2),
        },
      },
    ],
    { feeLimit: 30_000_000, expiration: 1_770_000_000_000 },
  )
  return makeV2RawKeySign({
    ...FIXED,
    chainId: 'TRON',
    tokenId: 'TRON_USDT',
    destination: {
      destination_type: 'Address',
      account_output: { address: utils.address.fromHex(`41${'11'.repeat(20)}`), memo: null, amount: '900' },
    },
    sources: [{ address: utils.address.fromHex(TRON_FROM), path: TRON_PATH }],
    paths: [TRON_PATH],
    hashes: [hash],
    rawTxInfo: { unsigned_raw_tx: raw },
  })
}

const stakeAuthorize = () =>
  StakeProgram.authorize({
    stakePubkey: ROGUE,
    authorizedPubkey: SOLANA_FROM,
    newAuthorizedPubkey: ROGUE,
    stakeAuthorizationType: { index: 1 } satisfies { index: (typeof StakeAuthorizationLayout.Withdrawer)['index'] },
  }).instructions

const { mint: _, ...SOL_PAYMENT } = { ...SPL, amountAtomic: 25_000_000n }

export const INCIDENTS: readonly Incident[] = [
  {
    name: 'bybit-2025',
    story:
      'February 2025, 1.46 billion dollars: signers saw a routine transfer out of their Safe; what they signed was a delegatecall to a contract that replaced the code of the Safe.',
    code: 'POWER_DELEGATECALL',
    // A token's transfer, run as the Safe: nobody knows what it does to the storage of a Safe.
    also: ['CALLDATA_UNDECODED'],
    content: safeTx(
      '0x96221423681A6d52E184D440a8eFCEbB105C7242',
      encodeFunctionData({
        abi: erc20Abi,
        functionName: 'transfer',
        args: ['0xbDd077f651EBe7f7b3cE16fe5F2b025BE2969516', 0n],
      }),
      1,
    ),
  },
  {
    name: 'wazirx-2024',
    story:
      'July 2024, 235 million dollars: behind a displayed token transfer, the signed transaction put other code behind the multisig.',
    code: 'POWER_UPGRADE',
    content: safeTx(PROXY, encode('function upgradeTo(address)', 'upgradeTo', [ATTACKER]), 0),
  },
  {
    name: 'radiant-2024',
    story:
      'October 2024, 50 million dollars: devices signed transferOwnership of the lending pools while the screens showed something harmless.',
    code: 'POWER_OWNERSHIP',
    content: safeTx(PROXY, encode('function transferOwnership(address)', 'transferOwnership', [ATTACKER]), 0),
  },
  {
    name: 'swissborg-kiln-2025',
    story:
      'September 2025, 41 million dollars: an ordinary Solana transaction carried instructions that gave the withdraw authority of stake accounts away.',
    code: 'RAW_HIDES_STAKE_AUTHORITY',
    content: rideAlong(SOL_PAYMENT, ...stakeAuthorize()),
  },
  {
    name: 'unlimited-approval',
    story: 'approve with the largest amount there is: the spender may come back at any time for all of it.',
    code: 'ALLOWANCE_UNLIMITED',
    content: callOf({
      to: TOKENS.usdc.contract,
      value: 0n,
      data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [ATTACKER, maxUint256] }),
    }),
  },
  {
    name: 'permit2-signature',
    story:
      'A signature that no transaction shows: Permit2 lets the spender take tokens that were approved to it long ago.',
    code: 'ALLOWANCE_SPENDER_UNKNOWN',
    content: permitSingle(),
  },
  {
    name: 'address-poisoning',
    story:
      'May 2024, 68 million dollars: a destination was copied from the history, where somebody had put one with the same beginning and end.',
    code: 'DESTINATION_LOOKALIKE',
    content: makeV2KeySign({ ...FIXED, to: FRIENDS_TWIN, amount: '12' }),
  },
  {
    name: 'hidden-recipient',
    story: 'A contract call to an allow-listed token contract: who is paid stands in the call data only.',
    code: 'RECIPIENT_HIDDEN',
    content: callOf({
      to: TOKENS.usdt.contract,
      value: 0n,
      data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [ATTACKER, 750_000_000_000n] }),
    }),
  },
  {
    name: 'fee-of-10-eth',
    story: 'A small call with a fee of 10 ETH: whoever builds the block is paid.',
    code: 'FEE_ABSOLUTE',
    content: callOf(
      {
        to: TOKENS.usdc.contract,
        value: 0n,
        data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [FRIEND, 1_000_000n] }),
      },
      { ...GAS, feePerGas: 66_666_666_666_667n },
    ),
  },
  {
    name: 'fake-usdt-on-tron',
    story: 'A TRC-20 transfer described as USDT, of a contract that only calls itself so; or the other way round.',
    code: 'RAW_ASSET_DIFFERS',
    content: fakeTether(),
  },
  {
    name: 'ride-along-set-authority',
    story: 'An SPL transfer as described, and behind it the token account itself is handed over.',
    code: 'RAW_HIDES_TOKEN_AUTHORITY',
    content: rideAlong(
      SPL,
      createSetAuthorityInstruction(
        getAssociatedTokenAddressSync(SOLANA_USDC, SOLANA_FROM),
        SOLANA_FROM,
        AuthorityType.AccountOwner,
        ROGUE,
      ),
    ),
  },
]
