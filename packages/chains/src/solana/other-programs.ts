import { bytesToHex } from '@noble/hashes/utils.js'
import { associatedTokenAccount } from '../address/solana-token-account.ts'
import type { Effect } from '../transaction/effect.ts'
import { ByteReader } from './byte-reader.ts'
import { accountsOf, type InstructionReader } from './instruction-reader.ts'
import { solanaAccount } from './solana-account.ts'
import { SYSTEM_PROGRAM } from './system-program.ts'
import { TOKEN_PROGRAMS } from './token-program.ts'

export const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'
export const MEMO_PROGRAMS = [
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
] as const
export const STAKE_PROGRAM = 'Stake11111111111111111111111111111111111111'
export const UPGRADEABLE_LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111'

/**
 * Create (no data, or 0) and CreateIdempotent (1): the payer pays the rent, which is not in the bytes. The account has to be the one that
 * is derived from owner, mint and program.
 */
export const readAssociatedTokenInstruction: InstructionReader = (instruction) => {
  const { data, at } = instruction
  const isCreate = data.length === 0 || (data.length === 1 && (data[0] === 0 || data[0] === 1))
  const names = ['payer', 'account', 'owner', 'mint', 'system', 'program'] as const
  const accounts = accountsOf(instruction, names, ['payer'])
  if (!isCreate || accounts === undefined || accounts.system.text !== SYSTEM_PROGRAM) return undefined
  const program = Object.entries(TOKEN_PROGRAMS).find(([id]) => id === accounts.program.text)?.[1]
  if (program === undefined) return undefined
  if (associatedTokenAccount(accounts.owner.key, accounts.mint.key, program) !== accounts.account.key) return undefined
  return [{ effect: 'create-account', account: accounts.account, owner: accounts.owner, at }]
}

/** The data is the text. */
export const readMemoInstruction: InstructionReader = ({ data, at }) => [{ effect: 'memo', text: memoText(data), at }]

function memoText(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return `0x${bytesToHex(data)}`
  }
}

/** The instructions of the stake program whose meaning is in their bytes (solana_stake_interface StakeInstruction). */
export const readStakeInstruction: InstructionReader = (instruction) => {
  const { at } = instruction
  if (instruction.data.length < 4) return undefined
  const reader = new ByteReader(instruction.data)
  const kind = reader.u32()
  const stakes = (
    action: 'stake' | 'unstake',
    names: readonly [string, ...string[]],
  ): readonly Effect[] | undefined => {
    const accounts = accountsOf(instruction, names, ['authority'])
    return reader.left === 0 && accounts?.['stake'] !== undefined
      ? [{ effect: 'stake', action, account: accounts['stake'], at }]
      : undefined
  }
  switch (kind) {
    case 1: {
      // Authorize: new authority, then which (staker or withdrawer); a custodian may sign too.
      const isCustodian = instruction.accounts.length === 4
      const accounts = accountsOf(
        instruction,
        isCustodian ? ['stake', 'clock', 'authority', 'custodian'] : ['stake', 'clock', 'authority'],
        ['authority'],
      )
      if (accounts === undefined || reader.left !== 36) return undefined
      const grantee = solanaAccount(reader.take(32))
      const detail = reader.u32() === 0 ? 'staker' : 'withdrawer'
      return [{ effect: 'power', power: 'stake-authority', subject: accounts.stake, grantee, detail, at }]
    }
    case 2:
      return stakes('stake', ['stake', 'vote', 'clock', 'history', 'config', 'authority'])
    case 4: {
      const accounts = accountsOf(instruction, ['stake', 'to', 'clock', 'history', 'authority'], ['authority'])
      if (accounts === undefined || reader.left !== 8) return undefined
      const { stake: from, to } = accounts
      return [{ effect: 'transfer', holding: { kind: 'coin' }, from, to, amountAtomic: reader.u64(), at }]
    }
    case 5:
      return stakes('unstake', ['stake', 'clock', 'authority'])
    default:
      return undefined
  }
}

/** Who may replace a program, and doing so. */
export const readLoaderInstruction: InstructionReader = (instruction) => {
  const { at, accounts } = instruction
  if (instruction.data.length !== 4) return undefined
  const kind = new ByteReader(instruction.data).u32()
  const [first, second] = accounts
  if (kind === 3 && second !== undefined)
    return [{ effect: 'power', power: 'upgrade', subject: second.account, detail: 'new program code', at }]
  if (kind === 4 && first !== undefined) {
    const grantee = accounts[2]?.account
    return [
      {
        effect: 'power',
        power: 'upgrade',
        subject: first.account,
        ...(grantee !== undefined && { grantee }),
        detail: 'upgrade authority',
        at,
      },
    ]
  }
  return undefined
}
