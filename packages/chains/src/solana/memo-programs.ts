import { bytesToHex } from '@noble/hashes/utils.js'
import type { InstructionReader } from './instruction-reader.ts'

/** The first and the second program for memos (spl_memo_interface v1 and v3). */
export const MEMO_PROGRAMS = [
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
] as const

/** The data is the text. Accounts are witnesses that have to sign, and nothing happens to them. */
export const readMemoInstruction: InstructionReader = ({ data, at }) => [{ effect: 'memo', text: memoText(data), at }]

function memoText(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return `0x${bytesToHex(data)}`
  }
}
