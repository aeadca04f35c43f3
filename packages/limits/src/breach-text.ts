import { formatAmount, type AssetRegistry } from '@callback-quorum/chains'
import type { Objection } from '@callback-quorum/checker-kit'
import type { Charge } from './charges.ts'
import type { Breach } from './ledger/decide.ts'
import { VALUE_DECIMALS } from './rules/lint-amounts.ts'

/** An amount of what a charge counts, as people read it. */
function shown({ limit, asset }: Charge, amount: bigint, assets: AssetRegistry): string {
  switch (limit.measure) {
    case 'amount': {
      const { decimals = 0, symbol = '' } = (asset === undefined ? undefined : assets.asset(asset)) ?? {}
      return `${formatAmount(amount, decimals)} ${symbol}`
    }
    case 'value':
      return `${formatAmount(amount, VALUE_DECIMALS)} ${limit.currency ?? ''}`
    case 'count':
      return `${amount.toString()} payments`
    default:
      return limit.measure satisfies never
  }
}

const WINDOW_WORDS: Readonly<Record<Charge['limit']['window']['kind'], string>> = {
  tx: 'per transaction',
  rolling: 'in the window',
  calendar: 'in the period',
  lifetime: 'for ever',
  outstanding: 'not confirmed yet',
}

/** What people read of a limit that would be exceeded. Figures are those of the counter: no other customer's data. */
export function breachObjection({ charge, used, extra }: Breach, assets: AssetRegistry): Objection {
  const { limit, amount, limitAmount } = charge
  const show = (figure: bigint): string => shown(charge, figure, assets)
  const evidence = {
    rule: limit.ruleId,
    amount: amount.toString(),
    limit: limitAmount.toString(),
    ...(extra > 0n && { extra: extra.toString() }),
  }
  if (limit.window.kind === 'tx')
    return {
      code: limit.code,
      text: `${show(amount)} is over the limit ${limit.ruleId} of ${show(limitAmount)} per transaction`,
      evidence,
    }
  const remaining = limitAmount > used ? limitAmount - used : 0n
  return {
    code: limit.code,
    text: `${show(amount)} is over what is left of ${limit.ruleId}: ${show(used)} of ${show(limitAmount)} used ${WINDOW_WORDS[limit.window.kind]}`,
    evidence: { ...evidence, used: used.toString(), remaining: remaining.toString() },
  }
}

/** The ledger excludes another payment because of bytes that this one was signed over before; over these, both could be final. */
export const SECOND_SIGNATURE: Objection = {
  code: 'SECOND_SIGNATURE',
  text: 'this transaction was approved over bytes that exclude others, and these do not exclude them',
}
