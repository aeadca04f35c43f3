import { formatAmount } from '@callback-quorum/chains'
import { makeV2RawKeySign } from '@callback-quorum/simulator'
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
} from '@solana/spl-token'
import {
  ComputeBudgetProgram,
  Keypair,
  type MessageV0,
  PublicKey,
  SystemProgram,
  TransactionMessage,
  type Message,
  TransactionInstruction,
} from '@solana/web3.js'
import type { ChainCase } from './chain-case.ts'
import type { Random } from './random.ts'

/** TEST ONLY: any 32 bytes are a seed. The key never signs here. */
export const SOLANA_FROM = Keypair.fromSeed(new Uint8Array(32).fill(7)).publicKey
export const SOLANA_PATH = 'm/44/501/0/0/0'
export const SOLANA_USDC = new PublicKey('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v')
export const SOLANA_USDT = new PublicKey('Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB')

export interface SolanaPayment {
  readonly mint?: PublicKey
  readonly to: PublicKey
  readonly amountAtomic: bigint
  readonly memo?: string
  readonly price: number
  readonly createsAccount: boolean
  readonly version: 'legacy' | 'v0'
  readonly blockhash: string
}

export const solanaAccountOf = (random: Random): PublicKey => Keypair.fromSeed(random.bytes(32)).publicKey

const MEMO_PROGRAM = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr')

export function randomSolana(random: Random): SolanaPayment {
  return {
    ...(random.integer(2) === 0 && { mint: SOLANA_USDC }),
    to: solanaAccountOf(random),
    amountAtomic: random.amount(50),
    ...(random.integer(3) === 0 && { memo: `order ${String(random.integer(1_000_000))}` }),
    price: random.integer(2) * 10_000,
    createsAccount: random.integer(2) === 0,
    version: random.pick(['legacy', 'v0']),
    blockhash: new PublicKey(random.bytes(32)).toBase58(),
  }
}

export function instructionsOf({
  mint,
  to,
  amountAtomic,
  memo,
  price,
  createsAccount,
}: SolanaPayment): TransactionInstruction[] {
  const instructions: TransactionInstruction[] = []
  if (price > 0)
    instructions.push(
      ComputeBudgetProgram.setComputeUnitLimit({ units: 60_000 }),
      ComputeBudgetProgram.setComputeUnitPrice({ microLamports: price }),
    )
  if (mint === undefined)
    instructions.push(SystemProgram.transfer({ fromPubkey: SOLANA_FROM, toPubkey: to, lamports: amountAtomic }))
  else {
    const source = getAssociatedTokenAddressSync(mint, SOLANA_FROM)
    const destination = getAssociatedTokenAddressSync(mint, to, true)
    if (createsAccount)
      instructions.push(createAssociatedTokenAccountIdempotentInstruction(SOLANA_FROM, destination, to, mint))
    instructions.push(createTransferCheckedInstruction(source, mint, destination, SOLANA_FROM, amountAtomic, 6))
  }
  if (memo !== undefined)
    instructions.push(new TransactionInstruction({ programId: MEMO_PROGRAM, keys: [], data: Buffer.from(memo) }))
  return instructions
}

/** The message by web3.js. */
export function messageOf(
  instructions: TransactionInstruction[],
  { version, blockhash }: Pick<SolanaPayment, 'version' | 'blockhash'>,
): Uint8Array {
  const message = new TransactionMessage({ payerKey: SOLANA_FROM, recentBlockhash: blockhash, instructions })
  const compiled: Message | MessageV0 =
    version === 'v0' ? message.compileToV0Message() : message.compileToLegacyMessage()
  return Uint8Array.from(compiled.serialize())
}

/** Cobo's form: hex of the base64 text of a transaction without signatures (protocol/cobo.md section 4). */
export const coboRaw = (message: Uint8Array): string =>
  Buffer.from(Buffer.from([0, ...message]).toString('base64'), 'ascii').toString('hex')

export const solanaCase: ChainCase<SolanaPayment> = {
  chain: 'solana',
  random: randomSolana,
  build(signed, described) {
    const message = messageOf(instructionsOf(signed), signed)
    const isToken = described.mint !== undefined
    return makeV2RawKeySign({
      chainId: 'SOL',
      tokenId: isToken ? 'SOL_USDC' : 'SOL',
      destination: {
        destination_type: 'Address',
        account_output: {
          address: described.to.toBase58(),
          memo: described.memo ?? null,
          amount: formatAmount(described.amountAtomic, isToken ? 6 : 9),
        },
      },
      sources: [{ address: SOLANA_FROM.toBase58() }],
      paths: [SOLANA_PATH],
      hashes: [`0x${Buffer.from(message).toString('hex')}`],
      signatureType: 'eddsa',
      rawTxInfo: { unsigned_raw_tx: coboRaw(message) },
    })
  },
  mutations: [
    (payment, random) => ({ ...payment, to: solanaAccountOf(random) }),
    (payment) => ({ ...payment, amountAtomic: payment.amountAtomic + 1n }),
    (payment, random) => ({
      ...payment,
      amountAtomic: payment.amountAtomic ^ (1n << BigInt(random.integer(49))) || 7n,
    }),
    ({ mint, ...payment }) => (mint === undefined ? { ...payment, mint: SOLANA_USDC } : payment),
    ({ memo, ...payment }) => ({ ...payment, memo: memo === undefined ? 'a memo' : `${memo} ` }),
  ],
}
