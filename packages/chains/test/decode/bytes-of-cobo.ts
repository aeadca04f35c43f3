import type { ChainFamily } from '../../src/index.ts'

/** Cobo's forms: hex; for Solana hex of the base64 text (protocol/cobo.md section 4). */
export function bytesOfCobo(text: string, family: ChainFamily): Uint8Array {
  const bytes = Buffer.from(text.replace(/^0x/, ''), 'hex')
  return family === 'solana' ? Uint8Array.from(Buffer.from(bytes.toString('ascii'), 'base64')) : Uint8Array.from(bytes)
}
