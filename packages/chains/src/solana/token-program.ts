import { hexToBytes } from '@noble/hashes/utils.js'
import { associatedTokenAccount } from '../address/solana-token-account.ts'
import type { AddressKey } from '../address/address-key.ts'
import type { Account, Effect, Holding } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import { accountsOf, type InstructionReader, type Surroundings } from './instruction-reader.ts'
import type { Instruction } from './read-message.ts'
import { solanaAccount } from './solana-account.ts'

export const TOKEN_PROGRAMS = {
  TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA: 'token',
  TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb: 'token-2022',
} as const
type TokenProgram = (typeof TOKEN_PROGRAMS)[keyof typeof TOKEN_PROGRAMS]

const UINT64_MAX = 2n ** 64n - 1n

const token = (mint: Account): Holding => ({ kind: 'token', contract: mint })

const AUTHORITIES = ['mint tokens', 'freeze account', 'account owner', 'close account']

/**
 * SPL Token and the base instructions of Token-2022, by their first byte (spl-token-interface TokenInstruction). `from` is the authority
 * that signs: the owner of the source account, or a delegate of it. An authority that is a multisig has its signers behind it, and is
 * not understood. A mint of Token-2022 may take a fee of what is moved, or call a program of its own: the recipient gets no more.
 */
export const tokenReader =
  (program: TokenProgram): InstructionReader =>
  (instruction, surroundings) => {
    const reader = new ByteReader(instruction.data)
    if (reader.left === 0) return undefined
    const kind = reader.byte()
    const { at } = instruction
    switch (kind) {
      case 3:
        return reader.left === 8 ? transfer(instruction, reader, program, surroundings) : undefined
      case 12:
        return reader.left === 9 ? transferChecked(instruction, reader, program, surroundings) : undefined
      case 4: {
        // Approve: the mint is not in the bytes.
        const accounts = accountsOf(instruction, ['source', 'delegate', 'owner'], ['owner'])
        if (accounts === undefined || reader.left !== 8) return undefined
        const mint = mintOf(accounts.source, accounts.owner, program, surroundings)
        return mint && [allowance(token(mint), accounts.owner, accounts.delegate, reader.u64(), at)]
      }
      case 13: {
        const accounts = accountsOf(instruction, ['source', 'mint', 'delegate', 'owner'], ['owner'])
        if (accounts === undefined || reader.left !== 9) return undefined
        return [allowance(token(accounts.mint), accounts.owner, accounts.delegate, reader.u64(), at)]
      }
      case 6:
        return setAuthority(instruction, reader)
      case 8:
      case 15: {
        const accounts = accountsOf(instruction, ['account', 'mint', 'owner'], ['owner'])
        if (accounts === undefined || reader.left !== (kind === 8 ? 8 : 9)) return undefined
        const { mint, owner } = accounts
        return [{ effect: 'burn', holding: token(mint), from: owner, amountAtomic: reader.u64(), at }]
      }
      case 9: {
        const accounts = accountsOf(instruction, ['account', 'destination', 'owner'], ['owner'])
        if (accounts === undefined || reader.left !== 0) return undefined
        const { account, destination } = accounts
        return [{ effect: 'power', power: 'account-close', subject: account, grantee: destination, at }]
      }
      default:
        return undefined
    }
  }

function transfer(
  instruction: Instruction,
  reader: ByteReader,
  program: TokenProgram,
  surroundings: Surroundings,
): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['source', 'to', 'owner'], ['owner'])
  const mint = accounts && mintOf(accounts.source, accounts.owner, program, surroundings)
  if (accounts === undefined || mint === undefined) return undefined
  return [moved(mint, accounts.owner, accounts.to, reader.u64(), program, surroundings, instruction.at)]
}

function transferChecked(
  instruction: Instruction,
  reader: ByteReader,
  program: TokenProgram,
  surroundings: Surroundings,
): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['source', 'mint', 'to', 'owner'], ['owner'])
  if (accounts === undefined) return undefined
  // The decimals behind the amount are compared with the mint by the chain.
  return [moved(accounts.mint, accounts.owner, accounts.to, reader.u64(), program, surroundings, instruction.at)]
}

function moved(
  mint: Account,
  from: Account,
  to: Account,
  amountAtomic: bigint,
  program: TokenProgram,
  { owners }: Surroundings,
  at: string,
): Effect {
  const owner = owners.find((key) => associatedTokenAccount(key, mint.key, program) === to.key)
  return {
    effect: 'transfer',
    holding: token(mint),
    from,
    to,
    ...(owner !== undefined && { owner: accountOfKey(owner) }),
    amountAtomic,
    at,
  }
}

/** The mint whose associated account of this owner is the source; without one, what moves is not known. */
function mintOf(source: Account, owner: Account, program: TokenProgram, { mints }: Surroundings): Account | undefined {
  const mint = mints.find((key) => associatedTokenAccount(owner.key, key, program) === source.key)
  return mint && accountOfKey(mint)
}

const accountOfKey = (key: AddressKey): Account => solanaAccount(hexToBytes(key.slice('ed32:'.length)))

const allowance = (holding: Holding, owner: Account, spender: Account, amountAtomic: bigint, at: string): Effect => ({
  effect: 'allowance',
  holding,
  owner,
  spender,
  mode: 'set',
  amountAtomic,
  isUnlimited: amountAtomic === UINT64_MAX,
  at,
})

/** SetAuthority: kind, then an optional new authority; none gives the power up for good. */
function setAuthority(instruction: Instruction, reader: ByteReader): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['account', 'authority'], ['authority'])
  if (accounts === undefined || reader.left < 2) return undefined
  const what = reader.byte()
  const isSome = reader.byte()
  if (isSome > 1 || reader.left !== 32 * isSome) return undefined
  const grantee = isSome === 1 ? { grantee: solanaAccount(reader.take(32)) } : {}
  const detail = AUTHORITIES[what] ?? `authority ${String(what)}`
  return [
    { effect: 'power', power: 'token-authority', subject: accounts.account, ...grantee, detail, at: instruction.at },
  ]
}
