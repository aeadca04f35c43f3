import type { CoboPackage } from '@callback-quorum/simulator'
import type { Random } from './random.ts'

type Json = Record<string, unknown>
interface Transaction extends Json {
  raw_tx_info: Json & { unsigned_raw_tx: string }
}

/** Another byte of hex text, or of the base64 text that hex text holds: always other bytes, never another spelling of the same. */
function flipHex(text: string, random: Random, from = 0): string {
  const start = text.startsWith('0x') ? 2 : 0
  const bytes = Buffer.from(text.slice(start), 'hex')
  const at = from + random.integer(bytes.length - from)
  bytes[at] = (bytes[at] ?? 0) ^ (1 + random.integer(255))
  return text.slice(0, start) + bytes.toString('hex')
}

/** One byte of the raw transaction is another one. */
export function flipRaw(content: CoboPackage, random: Random, chain: string): CoboPackage {
  const extra = JSON.parse(content.extra_info ?? '') as Json & { transaction: Transaction }
  const { raw_tx_info: info } = extra.transaction
  info.unsigned_raw_tx =
    chain === 'solana' ? flipBase64(info.unsigned_raw_tx, random) : flipHex(info.unsigned_raw_tx, random)
  return { ...content, extra_info: JSON.stringify(extra) }
}

/** Cobo's Solana form: hex of the base64 text of the transaction. */
function flipBase64(hex: string, random: Random): string {
  const bytes = Buffer.from(Buffer.from(hex.replace(/^0x/, ''), 'hex').toString('ascii'), 'base64')
  const at = random.integer(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 + random.integer(255))
  return Buffer.from(bytes.toString('base64'), 'ascii').toString('hex')
}

/** One byte of one hash to be signed is another one. */
export function flipHash(content: CoboPackage, random: Random): CoboPackage {
  const detail = JSON.parse(content.request_detail ?? '') as Json & { msg_hash_list: string[] }
  const at = random.integer(detail.msg_hash_list.length)
  detail.msg_hash_list = detail.msg_hash_list.map((hash, index) => (index === at ? flipHex(hash, random) : hash))
  return { ...content, request_detail: JSON.stringify(detail) }
}
