import { createHash } from 'node:crypto'
import {
  makeV2KeySign,
  makeV2RawKeySign,
  testAddress,
  testRootPubkey,
  type CoboPackage,
} from '@callback-quorum/simulator'
import {
  createApproveCheckedInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
} from '@solana/spl-token'
import {
  AddressLookupTableAccount,
  Keypair,
  NONCE_ACCOUNT_LENGTH,
  PublicKey,
  SystemProgram,
  TransactionInstruction,
  TransactionMessage,
} from '@solana/web3.js'
import { utils } from 'tronweb'
import { encodeFunctionData, erc20Abi, keccak256, parseAbi, type Hex } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { evmCallRaw, evmFee, PLACES, TOKENS, type EvmCall } from './cases/evm-case.ts'
import { ATTACKER, FRIEND } from './cases/incidents.ts'
import { coboRaw, messageOf, SOLANA_FROM, SOLANA_PATH, SOLANA_USDC, SOLANA_USDT } from './cases/solana-case.ts'
import { TRON_FROM, TRON_PATH, TRON_USDT, tronRaw, type TronContract } from './cases/tron-case.ts'
import { createIntegrity, type Integrity } from './integrity-rig.ts'

/** The weaknesses of the official Go template (CoboGlobal/cobo-mpc-callback-server-v2-template @2c115e9), by their numbers in its analysis. */
let integrity: Integrity
beforeAll(async () => {
  integrity = await createIntegrity({ addresses: `root_keys: [${testRootPubkey()}]\n` })
})
const refused = async (content: CoboPackage, code: string): Promise<void> => {
  expect(await integrity.codesOf(content)).toContain(code)
}

/** Any call, described as a payment of 5 USDT or 5 ETH to FRIEND. */
function evm(call: EvmCall, tokenId: 'ETH' | 'ETH_USDT'): CoboPackage {
  const gas = { chain: PLACES.ethereum, nonce: 3, gasLimit: 90_000n, feePerGas: 10n ** 9n, form: 'eip1559' } as const
  const { address, path } = testAddress(0)
  const raw = evmCallRaw(gas, call)
  return makeV2RawKeySign({
    chainId: 'ETH',
    tokenId,
    destination: { destination_type: 'Address', account_output: { address: FRIEND, amount: '5' } },
    sources: [{ address, path }],
    paths: [path],
    hashes: [keccak256(raw)],
    rawTxInfo: { used_nonce: 3, unsigned_raw_tx: raw },
    fee: evmFee(gas),
  })
}
const pay = (to: Hex, amount: bigint): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] })
const USDT = TOKENS.usdt.contract
const FIVE = 5_000_000n

describe('EVM', () => {
  test('the honest payment', async () => {
    expect(await integrity.codesOf(evm({ to: USDT, value: 0n, data: pay(FRIEND, FIVE) }, 'ETH_USDT'))).toEqual([])
  })
  const multicall = encodeFunctionData({
    abi: parseAbi(['function multicall(bytes[])']),
    functionName: 'multicall',
    args: [[pay(FRIEND, FIVE), pay(ATTACKER, 1n)]],
  })
  const cases: readonly (readonly [string, EvmCall, 'ETH' | 'ETH_USDT', string])[] = [
    [
      '11: the selector of transfer at any contract',
      { to: ATTACKER, value: 0n, data: pay(FRIEND, FIVE) },
      'ETH_USDT',
      'RAW_ASSET_DIFFERS',
    ],
    [
      '11: coins beside a token payment',
      { to: USDT, value: 1n, data: pay(FRIEND, FIVE) },
      'ETH_USDT',
      'RAW_HIDES_UNKNOWN',
    ],
    [
      '11: call data behind the 68 bytes',
      { to: USDT, value: 0n, data: `${pay(FRIEND, FIVE)}ff` },
      'ETH_USDT',
      'RAW_HIDES_UNKNOWN',
    ],
    [
      '11: no amount at all',
      { to: USDT, value: 0n, data: pay(FRIEND, FIVE).slice(0, 74) as Hex },
      'ETH_USDT',
      'RAW_OUTPUT_MISSING',
    ],
    [
      '12: call data behind a payment of coins',
      { to: FRIEND, value: 5n * 10n ** 18n, data: '0xdeadbeef' },
      'ETH',
      'RAW_HIDES_UNKNOWN',
    ],
    ['12: a contract is created', { value: 5n * 10n ** 18n, data: '0x6000' }, 'ETH', 'RAW_HIDES_DEPLOY'],
    [
      '13: approve',
      {
        to: USDT,
        value: 0n,
        data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [FRIEND, FIVE] }),
      },
      'ETH_USDT',
      'RAW_HIDES_ALLOWANCE',
    ],
    [
      '13: transferFrom somebody else',
      {
        to: USDT,
        value: 0n,
        data: encodeFunctionData({ abi: erc20Abi, functionName: 'transferFrom', args: [ATTACKER, FRIEND, FIVE] }),
      },
      'ETH_USDT',
      'RAW_SENDER_DIFFERS',
    ],
    [
      '13: a multicall with one payment more',
      { to: USDT, value: 0n, data: multicall },
      'ETH_USDT',
      'RAW_HIDES_TRANSFER',
    ],
  ]
  test.each(cases)('hole %s', async (_, call, token, code) => {
    await refused(evm(call, token), code)
  })
  test('hole 5: the same hash twice, with another path beside it', async () => {
    const content = makeV2KeySign({ to: FRIEND, amount: '5' })
    const detail = JSON.parse(content.request_detail ?? '') as { msg_hash_list: string[] }
    const twice = {
      ...detail,
      msg_hash_list: [...detail.msg_hash_list, ...detail.msg_hash_list],
      bip32_path_list: ['m/44/60/0/0/0', 'm/44/60/0/0/1'],
      tweak_list: ['0x00', '0x00'],
    }
    await refused({ ...content, request_detail: JSON.stringify(twice) }, 'HASHES_DUPLICATE')
  })
  test('hole 6: a task of another transaction', async () => {
    const content = makeV2KeySign({ to: FRIEND, amount: '5' })
    const detail = { ...(JSON.parse(content.request_detail ?? '') as object), biz_task_id: 'another' }
    await refused({ ...content, request_detail: JSON.stringify(detail) }, 'TASK_MISMATCH')
  })
})

describe('TRON', () => {
  const to = `41${'22'.repeat(20)}`
  /** tronweb encodes the first contract only; the field of each further one is taken from a transaction of its own. */
  function rawOf(
    [first, ...others]: readonly TronContract[],
    memo?: string,
  ): { readonly raw: string; readonly hash: string } {
    const around = { feeLimit: 30_000_000, expiration: 1_770_000_000_000, ...(memo !== undefined && { memo }) }
    const one = tronRaw(first === undefined ? [] : [first], around)
    if (others.length === 0) return one
    // Reference block, hash and expiration take 4, 10 and 7 bytes; then comes field 11, with a length of one byte.
    const CONTRACT_AT = 2 * (4 + 10 + 7)
    const fieldOf = (raw: string): string => {
      expect(raw.slice(CONTRACT_AT, CONTRACT_AT + 2)).toBe('5a')
      return raw.slice(CONTRACT_AT, CONTRACT_AT + 4 + 2 * parseInt(raw.slice(CONTRACT_AT + 2, CONTRACT_AT + 4), 16))
    }
    const more = others.map((contract) => fieldOf(tronRaw([contract], around).raw)).join('')
    const raw = one.raw.replace(fieldOf(one.raw), (field) => field + more)
    return { raw, hash: createHash('sha256').update(Buffer.from(raw, 'hex')).digest('hex') }
  }
  function tron(contracts: readonly TronContract[], tokenId: 'TRON' | 'TRON_USDT', memo?: string): CoboPackage {
    const { raw, hash } = rawOf(contracts, memo)
    return makeV2RawKeySign({
      chainId: 'TRON',
      tokenId,
      destination: { destination_type: 'Address', account_output: { address: utils.address.fromHex(to), amount: '5' } },
      sources: [{ address: utils.address.fromHex(TRON_FROM), path: TRON_PATH }],
      paths: [TRON_PATH],
      hashes: [hash],
      rawTxInfo: { unsigned_raw_tx: raw },
    })
  }
  const data = (recipient = to): string => pay(`0x${recipient.slice(2)}`, FIVE).slice(2)
  const trigger = (more: object = {}): TronContract => ({
    type: 'TriggerSmartContract',
    value: { owner_address: TRON_FROM, contract_address: TRON_USDT, data: data(), ...more },
  })
  const plain = (more: object = {}): TronContract => ({
    type: 'TransferContract',
    value: { owner_address: TRON_FROM, to_address: to, amount: 5_000_000, ...more },
  })

  test('the honest payments', async () => {
    expect(await integrity.codesOf(tron([trigger()], 'TRON_USDT'))).toEqual([])
    expect(await integrity.codesOf(tron([plain()], 'TRON'))).toEqual([])
  })
  const cases: readonly (readonly [string, CoboPackage, string])[] = [
    [
      'another TRC-20 contract',
      tron([trigger({ contract_address: `41${'fa'.repeat(20)}` })], 'TRON_USDT'),
      'RAW_ASSET_DIFFERS',
    ],
    ['coins along with the call', tron([trigger({ call_value: 7 })], 'TRON_USDT'), 'RAW_HIDES_UNKNOWN'],
    [
      'a TRC-10 token along with the call',
      tron([trigger({ call_token_value: 7, token_id: 1_000_001 })], 'TRON_USDT'),
      'RAW_HIDES_TRANSFER',
    ],
    ['another owner', tron([trigger({ owner_address: `41${'33'.repeat(20)}` })], 'TRON_USDT'), 'RAW_SENDER_DIFFERS'],
    [
      'a permission that is not the owner’s',
      tron([{ ...trigger(), permissionId: 2 }], 'TRON_USDT'),
      'RAW_HIDES_ACCOUNT_PERMISSION',
    ],
    ['a memo that nobody described', tron([trigger()], 'TRON_USDT', 'hello'), 'RAW_MEMO_DIFFERS'],
    [
      'dirty upper bytes of the recipient',
      tron([trigger({ data: data().replace('a9059cbb00', 'a9059cbb01') })], 'TRON_USDT'),
      'RAW_HIDES_UNKNOWN',
    ],
    ['a second contract', tron([plain(), plain({ to_address: `41${'44'.repeat(20)}` })], 'TRON'), 'RAW_HIDES_TRANSFER'],
    ["the template's own: coins described as tokens", tron([plain()], 'TRON_USDT'), 'RAW_ASSET_DIFFERS'],
    ["the template's own: tokens described as coins", tron([trigger()], 'TRON'), 'RAW_ASSET_DIFFERS'],
  ]
  test.each(cases)('hole 14: %s', async (_, content, code) => {
    await refused(content, code)
  })
})

describe('Solana', () => {
  const to = new PublicKey('C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp')
  const rogue = new PublicKey('6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah')
  const blockhash = 'EETubP5AKHgjPAhzPAFcb8BAY1hMH639CWCFTqi3hq1k'
  const accountOf = (mint: PublicKey, owner: PublicKey): PublicKey => getAssociatedTokenAddressSync(mint, owner)
  const coins = (recipient = to): TransactionInstruction =>
    SystemProgram.transfer({ fromPubkey: SOLANA_FROM, toPubkey: recipient, lamports: 5_000_000_000n })
  const tokens = (mint = SOLANA_USDC, recipient = to, amount = FIVE): TransactionInstruction =>
    createTransferCheckedInstruction(
      accountOf(mint, SOLANA_FROM),
      mint,
      accountOf(mint, recipient),
      SOLANA_FROM,
      amount,
      6,
    )

  function solana(
    instructions: readonly TransactionInstruction[],
    tokenId: 'SOL' | 'SOL_USDC',
    change: (message: Uint8Array) => Uint8Array = (message) => message,
  ): CoboPackage {
    const message = messageOf([...instructions], { version: 'legacy', blockhash })
    return makeV2RawKeySign({
      chainId: 'SOL',
      tokenId,
      destination: { destination_type: 'Address', account_output: { address: to.toBase58(), amount: '5' } },
      sources: [{ address: SOLANA_FROM.toBase58() }],
      paths: [SOLANA_PATH],
      hashes: [Buffer.from(message).toString('hex')],
      signatureType: 'eddsa',
      rawTxInfo: { unsigned_raw_tx: coboRaw(change(message)) },
    })
  }
  const unknownProgram = new TransactionInstruction({
    programId: Keypair.fromSeed(new Uint8Array(32).fill(3)).publicKey,
    keys: [],
    data: Buffer.from([1]),
  })

  test('the honest payments', async () => {
    expect(await integrity.codesOf(solana([coins()], 'SOL'))).toEqual([])
    expect(await integrity.codesOf(solana([tokens()], 'SOL_USDC'))).toEqual([])
  })
  const cases: readonly (readonly [string, CoboPackage, string])[] = [
    ['15: a token transfer beside coins', solana([coins(), tokens()], 'SOL'), 'RAW_HIDES_TRANSFER'],
    ['15: coins beside a token transfer', solana([tokens(), coins(rogue)], 'SOL_USDC'), 'RAW_HIDES_TRANSFER'],
    ['15: any other program beside a payment', solana([coins(), unknownProgram], 'SOL'), 'RAW_HIDES_UNKNOWN'],
    [
      '16: Assign is no transfer',
      solana([coins(), SystemProgram.assign({ accountPubkey: SOLANA_FROM, programId: rogue })], 'SOL'),
      'RAW_HIDES_ACCOUNT_OWNER',
    ],
    [
      '16: WithdrawNonce is no transfer of ours',
      solana(
        [
          SystemProgram.nonceWithdraw({
            noncePubkey: rogue,
            authorizedPubkey: SOLANA_FROM,
            toPubkey: to,
            lamports: 5_000_000_000,
          }),
        ],
        'SOL',
      ),
      'RAW_HIDES_NONCE_WITHDRAW',
    ],
    [
      '16: CreateAccount is no transfer',
      solana(
        [
          SystemProgram.createAccount({
            fromPubkey: SOLANA_FROM,
            newAccountPubkey: to,
            lamports: 5_000_000_000,
            space: NONCE_ACCOUNT_LENGTH,
            programId: rogue,
          }),
        ],
        'SOL',
      ),
      'RAW_HIDES_CREATE_ACCOUNT',
    ],
    [
      '17: ApproveChecked has four accounts too',
      solana(
        [
          createApproveCheckedInstruction(
            accountOf(SOLANA_USDC, SOLANA_FROM),
            SOLANA_USDC,
            accountOf(SOLANA_USDC, to),
            SOLANA_FROM,
            FIVE,
            6,
          ),
        ],
        'SOL_USDC',
      ),
      'RAW_HIDES_ALLOWANCE',
    ],
    ['17: another mint', solana([tokens(SOLANA_USDT)], 'SOL_USDC'), 'RAW_ASSET_DIFFERS'],
    ['17: another amount', solana([tokens(SOLANA_USDC, to, 6_000_000n)], 'SOL_USDC'), 'RAW_AMOUNT_DIFFERS'],
    [
      '17: the token account of another owner',
      solana([tokens(SOLANA_USDC, rogue)], 'SOL_USDC'),
      'RAW_DESTINATION_DIFFERS',
    ],
    [
      '19: bytes behind the message',
      solana([coins()], 'SOL', (message) => Uint8Array.from([...message, 0])),
      'RAW_MALFORMED',
    ],
  ]
  test.each(cases)('hole %s', async (_, content, code) => {
    await refused(content, code)
  })
  test('hole 18: an address that pays, and is no signer', async () => {
    const content = solana([coins()], 'SOL')
    const extra = JSON.parse(content.extra_info ?? '') as {
      source_addresses: object[]
      transaction: { source: object }
    }
    extra.source_addresses = [{ address: rogue.toBase58(), chain_id: 'SOL' }]
    extra.transaction.source = { ...extra.transaction.source, address: rogue.toBase58() }
    await refused({ ...content, extra_info: JSON.stringify(extra) }, 'RAW_SENDER_DIFFERS')
  })

  test('hole 18: an address table whose content nobody supplied, and a declared address that is none', async () => {
    const table = new AddressLookupTableAccount({
      key: rogue,
      state: { deactivationSlot: 0n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: [to] },
    })
    const message = new TransactionMessage({
      payerKey: SOLANA_FROM,
      recentBlockhash: blockhash,
      instructions: [coins()],
    })
    const bytes = Uint8Array.from(message.compileToV0Message([table]).serialize())
    const content = solana([coins()], 'SOL', () => bytes)
    const detail = {
      ...(JSON.parse(content.request_detail ?? '') as object),
      msg_hash_list: [Buffer.from(bytes).toString('hex')],
    }
    await refused({ ...content, request_detail: JSON.stringify(detail) }, 'RAW_UNSUPPORTED')

    const plain = solana([coins()], 'SOL')
    const extra = JSON.parse(plain.extra_info ?? '') as { transaction: { destination: object } }
    extra.transaction.destination = {
      destination_type: 'Address',
      account_output: { address: 'not base58 0OIl', amount: '5' },
    }
    await refused({ ...plain, extra_info: JSON.stringify(extra) }, 'RAW_DESTINATION_DIFFERS')
  })
})
