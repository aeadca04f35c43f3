import {
  AddressLookupTableAccount,
  ComputeBudgetProgram,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  type Message,
  type MessageV0,
} from '@solana/web3.js'
import type { SolanaContext } from '../../src/solana/decode-solana-transaction.ts'
import type { Effect } from '../../src/transaction/effect.ts'
import type { Dice } from './dice.ts'
import { accountOf, one, unknownOf, type Expected, type Shape } from './shape.ts'
import { STAKE_SHAPES } from './stake-shapes.ts'
import { advanceNonce, SYSTEM_SHAPES } from './system-shapes.ts'
import { TOKEN_SHAPES } from './token-shapes.ts'

export interface RandomTransaction {
  readonly names: readonly string[]
  readonly compiled: Message | MessageV0
  readonly message: Uint8Array
  readonly payer: PublicKey
  readonly effects: readonly (Expected & Pick<Effect, 'at'>)[]
  readonly instructions: readonly TransactionInstruction[]
  /** Lamports for the units of computing, beside the signatures. */
  readonly priorityFee: bigint
  readonly context: SolanaContext
}

const MEMO_PROGRAMS = [
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
].map((text) => new PublicKey(text))

const OTHER_SHAPES: readonly ((dice: Dice, payer: PublicKey) => Shape)[] = [
  (dice, payer) => {
    const text = dice.text()
    const keys = dice.isHeads() ? [{ pubkey: payer, isSigner: true, isWritable: false }] : []
    const programId = dice.pick(MEMO_PROGRAMS)
    return one('Memo', new TransactionInstruction({ programId, keys, data: Buffer.from(text) }), {
      effect: 'memo',
      text,
    })
  },
  (dice, payer) => {
    const [programId, pubkey] = [dice.key(), dice.isHeads() ? payer : dice.key()]
    const keys = [{ pubkey, isSigner: dice.isHeads(), isWritable: dice.isHeads() }]
    const data = Buffer.from(dice.bytes(dice.below(40)))
    return one('another program', new TransactionInstruction({ programId, keys, data }), unknownOf(programId))
  },
]

export const ALL_SHAPES = [...SYSTEM_SHAPES, ...TOKEN_SHAPES, ...STAKE_SHAPES, ...OTHER_SHAPES]

const PACKET_BYTES = 1_232

/** One of the shapes by its number, with others behind it, as far as a packet holds them. */
export function randomTransaction(dice: Dice, number: number): RandomTransaction {
  const payer = dice.key()
  const first = ALL_SHAPES[number % ALL_SHAPES.length]
  if (first === undefined) throw new Error('there are shapes')
  const shapes = [first, ...Array.from({ length: dice.below(3) }, () => dice.pick(ALL_SHAPES))].map((make) =>
    make(dice, payer),
  )
  for (let count = shapes.length; count > 0; count -= 1) {
    const built = build(dice, payer, shapes.slice(0, count))
    if (built !== undefined) return built
  }
  throw new Error('a single shape does not fit into a packet')
}

function build(dice: Dice, payer: PublicKey, shapes: readonly Shape[]): RandomTransaction | undefined {
  const { steps: budget, priorityFee } = budgetSteps(dice, shapes)
  const steps = [...budget, ...shapes.flatMap(({ steps }) => steps)]
  const instructions = steps.map(({ instruction }) => instruction)
  const tables = dice.isHeads() ? tablesOf(dice, payer, instructions) : []
  const lifetime = new TransactionMessage({ payerKey: payer, recentBlockhash: dice.key().toBase58(), instructions })
  const compiled =
    tables.length > 0 || dice.isHeads() ? lifetime.compileToV0Message(tables) : lifetime.compileToLegacyMessage()
  const message = serialize(compiled)
  if (message === undefined) return undefined
  if (1 + 64 * compiled.header.numRequiredSignatures + message.length > PACKET_BYTES) return undefined
  return {
    names: shapes.map(({ name }) => name),
    compiled,
    message,
    payer,
    effects: steps.flatMap(({ effects }, index) =>
      effects.map((effect) => ({ ...effect, at: `instructions[${String(index)}]` })),
    ),
    instructions,
    priorityFee,
    context: {
      owners: shapes.flatMap(({ owners = [] }) => owners.map((owner) => accountOf(owner).key)),
      mints: shapes.flatMap(({ mints = [] }) => mints.map((mint) => accountOf(mint).key)),
      lookupTables: new Map(
        tables.map(({ key, state }) => [key.toBase58(), state.addresses.map((address) => address.toBase58())]),
      ),
    },
  }
}

/** A nonce before everything else, and what the compute budget is told. */
function budgetSteps(dice: Dice, shapes: readonly Shape[]): { steps: Shape['steps']; priorityFee: bigint } {
  const [nonce, authority, price, units] = [dice.key(), dice.key(), dice.amount(30), Number(dice.amount(21))]
  const [hasNonce, hasPrice, hasUnits, hasHeap] = [dice.below(4) === 0, dice.isHeads(), dice.isHeads(), dice.isHeads()]
  const steps: Shape['steps'] = [
    ...(hasNonce ? one('', advanceNonce(nonce, authority), { effect: 'nonce', account: accountOf(nonce) }).steps : []),
    ...(hasPrice ? one('', ComputeBudgetProgram.setComputeUnitPrice({ microLamports: price })).steps : []),
    ...(hasUnits ? one('', ComputeBudgetProgram.setComputeUnitLimit({ units })).steps : []),
    ...(hasHeap ? one('', ComputeBudgetProgram.requestHeapFrame({ bytes: 32 * 1024 })).steps : []),
  ]
  const others = shapes.flatMap(({ steps }) => steps).length + (hasNonce ? 1 : 0)
  const limit = BigInt(Math.min(hasUnits ? units : 200_000 * others, 1_400_000))
  const micro = hasPrice ? price * limit : 0n
  return { steps, priorityFee: micro / 1_000_000n + (micro % 1_000_000n === 0n ? 0n : 1n) }
}

/** Tables that hold a share of the accounts among others. */
function tablesOf(
  dice: Dice,
  payer: PublicKey,
  instructions: readonly TransactionInstruction[],
): AddressLookupTableAccount[] {
  const named = instructions.flatMap(({ keys }) => keys.map(({ pubkey }) => pubkey)).filter((key) => !key.equals(payer))
  return [dice.key(), dice.key()].map((key) => {
    const addresses = [...named.filter(() => dice.isHeads()), dice.key(), dice.key()]
    const state = { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses }
    return new AddressLookupTableAccount({ key, state })
  })
}

/** web3.js writes into a buffer of one packet, and throws when it is too small. */
function serialize(compiled: Message | MessageV0): Uint8Array | undefined {
  try {
    return Uint8Array.from(compiled.serialize())
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
