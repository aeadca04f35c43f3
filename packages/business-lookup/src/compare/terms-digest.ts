import { createHash } from 'node:crypto'
import type { AssetRegistry } from '@callback-quorum/chains'
import type { Intent } from '../record/intent.ts'
import { readCalldata } from '../record/read-calldata.ts'
import { readAmount, readAsset, readRecipient } from '../record/read-terms.ts'
import type { ComparisonRules } from './comparison-rules.ts'

/**
 * What an approved intent must never change: SHA-256, lower hex, of its asset, amounts, destinations, tags and call data, each in its one
 * canonical spelling and the payments in sorted order, so that it stays the same however the record spells or orders them. Undefined where one
 * of them cannot be read; compareIntent approves no such intent.
 */
export function termsDigest(
  intent: Intent,
  { asset_codes }: Pick<ComparisonRules, 'asset_codes'>,
  assets: AssetRegistry,
): string | undefined {
  const asset = readAsset(intent.asset, asset_codes, assets)
  if (asset === undefined) return undefined
  const calldata = intent.calldata.is === 'text' ? readCalldata(intent.calldata.text) : null
  if (calldata === undefined || intent.calldata.is === 'invalid') return undefined
  const payments: string[] = []
  for (const output of intent.outputs) {
    const amount = readAmount(output.amount, asset)
    const recipient = readRecipient(output, asset)
    if (amount === undefined || typeof recipient === 'string') return undefined
    // As JSON no tag can look like the end of one payment and the start of another.
    payments.push(JSON.stringify([recipient.key, recipient.tag ?? null, amount.toString()]))
  }
  const terms = JSON.stringify(['business-lookup terms 1', asset.chain.id, asset.id, calldata, payments.toSorted()])
  return createHash('sha256').update(terms).digest('hex')
}
