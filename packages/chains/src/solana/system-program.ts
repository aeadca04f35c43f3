import type { Effect, Power } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import { accountsOf, type InstructionReader } from './instruction-reader.ts'
import type { Instruction } from './read-message.ts'
import { solanaAccount } from './solana-account.ts'

export const SYSTEM_PROGRAM = '11111111111111111111111111111111'

const coin = { kind: 'coin' } as const

const power = (at: string, name: Power['power'], subject: Power['subject'], grantee: Power['grantee']): Power => ({
  effect: 'power',
  power: name,
  ...(subject !== undefined && { subject }),
  ...(grantee !== undefined && { grantee }),
  at,
})

/** By instruction number, little endian u32 (solana_system_interface SystemInstruction). Data has exactly the length of its fields. */
export const readSystemInstruction: InstructionReader = (instruction) => {
  if (instruction.data.length < 4) return undefined
  const reader = new ByteReader(instruction.data)
  const kind = reader.u32()
  switch (kind) {
    case 0:
      return createAccount(instruction, reader)
    case 1:
      return reader.left === 32 ? assign(instruction, reader) : undefined
    case 2:
      return reader.left === 8 ? transfer(instruction, reader) : undefined
    case 4:
      return reader.left === 0 ? advanceNonce(instruction) : undefined
    case 5:
      return reader.left === 8 ? withdrawNonce(instruction, reader) : undefined
    case 6:
    case 7:
      return reader.left === 32 ? authorizeNonce(instruction, reader, kind) : undefined
    default:
      return undefined
  }
}

function createAccount(instruction: Instruction, reader: ByteReader): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['from', 'account'], ['from', 'account'])
  if (accounts === undefined || reader.left !== 48) return undefined
  const amountAtomic = reader.u64()
  reader.u64()
  const owner = solanaAccount(reader.take(32))
  return [{ effect: 'create-account', account: accounts.account, owner, amountAtomic, at: instruction.at }]
}

function assign(instruction: Instruction, reader: ByteReader): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['account'], ['account'])
  if (accounts === undefined) return undefined
  return [power(instruction.at, 'account-owner', accounts.account, solanaAccount(reader.take(32)))]
}

function transfer(instruction: Instruction, reader: ByteReader): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['from', 'to'], ['from'])
  if (accounts === undefined) return undefined
  const { from, to } = accounts
  return [{ effect: 'transfer', holding: coin, from, to, amountAtomic: reader.u64(), at: instruction.at }]
}

function advanceNonce(instruction: Instruction): readonly Effect[] | undefined {
  const accounts = accountsOf(instruction, ['nonce', 'recentBlockhashes', 'authority'], ['authority'])
  return accounts && [{ effect: 'nonce', account: accounts.nonce, at: instruction.at }]
}

function withdrawNonce(instruction: Instruction, reader: ByteReader): readonly Effect[] | undefined {
  const names = ['nonce', 'to', 'recentBlockhashes', 'rent', 'authority'] as const
  const accounts = accountsOf(instruction, names, ['authority'])
  if (accounts === undefined) return undefined
  const { nonce, to } = accounts
  const { at } = instruction
  return [
    power(at, 'nonce-withdraw', nonce, to),
    { effect: 'transfer', holding: coin, from: nonce, to, amountAtomic: reader.u64(), at },
  ]
}

/** 6 initializes a nonce account, 7 gives it to another authority. */
function authorizeNonce(instruction: Instruction, reader: ByteReader, kind: 6 | 7): readonly Effect[] | undefined {
  const accounts =
    kind === 6
      ? accountsOf(instruction, ['nonce', 'recentBlockhashes', 'rent'], [])
      : accountsOf(instruction, ['nonce', 'authority'], ['authority'])
  return accounts && [power(instruction.at, 'nonce-authority', accounts.nonce, solanaAccount(reader.take(32)))]
}
