import type { CosignerExchange } from './cosigner-exchange.ts'
import type { CosignerKind } from './cosigner-request.ts'

/**
 * Why a request failed. `retries_used_up`: every answer was RETRY. `ignore_not_allowed`: IGNORE where a transaction is to be signed; what
 * the vendor does then is UNCERTAIN, here it fails.
 */
export type CosignerFailure =
  'unreachable' | 'no_answer' | 'http' | 'bad_reply' | 'retries_used_up' | 'ignore_not_allowed'

export interface CosignerResult {
  readonly cosigner: string
  readonly requestId: string
  readonly decision: 'approved' | 'rejected' | 'ignored' | 'failed'
  readonly reason: string
  readonly failure?: CosignerFailure
  /** The vendor's word for an answer that cannot be used. INFERRED for the single causes (protocol/fireblocks.md 4). */
  readonly subStatus?: 'AUTHORIZATION_FAILED'
  /** In the order in which they were made. */
  readonly exchanges: readonly CosignerExchange[]
}

export interface CosignerTask {
  readonly cosigner: string
  readonly kind: CosignerKind
  readonly requestId: string
  readonly tries: number
  readonly attempt: (number: number) => Promise<CosignerExchange>
  readonly pause: () => Promise<void>
  readonly signal: AbortSignal
}

type Ending = Pick<CosignerResult, 'decision' | 'reason' | 'failure' | 'subStatus'>

/** Only RETRY is asked again; everything else ends the request (protocol/fireblocks.md 4). */
export async function askUntilEnded(task: CosignerTask): Promise<CosignerResult> {
  const { cosigner, requestId, tries } = task
  const exchanges: CosignerExchange[] = []
  for (let number = 1; number <= tries; number += 1) {
    if (number > 1) await pauseOrGiveUp(task)
    const exchange = await task.attempt(number)
    exchanges.push(exchange)
    const ending = endingOf(exchange, task.kind)
    if (ending !== undefined) return { cosigner, requestId, ...ending, exchanges }
  }
  const last = exchanges.at(-1)?.rejectionReason ?? 'without a reason'
  const reason = `RETRY ${String(tries)} times: ${last}`
  return { cosigner, requestId, decision: 'failed', failure: 'retries_used_up', reason, exchanges }
}

/** However waiting is cut short, what the caller sees is the signal's own reason. */
async function pauseOrGiveUp({ pause, signal }: CosignerTask): Promise<void> {
  try {
    await pause()
  } finally {
    signal.throwIfAborted()
  }
}

function endingOf(exchange: CosignerExchange, kind: CosignerKind): Ending | undefined {
  const { result, rejectionReason } = exchange
  const problem = exchange.problem ?? result
  switch (result) {
    case 'approve':
      return { decision: 'approved', reason: 'the handler approved' }
    case 'reject':
      return { decision: 'rejected', reason: rejectionReason ?? 'the handler gave no reason' }
    case 'retry':
      return undefined
    case 'ignore':
      return kind === 'tx-signing'
        ? failed('ignore_not_allowed', 'IGNORE is no answer where a transaction is signed')
        : { decision: 'ignored', reason: rejectionReason ?? 'the handler gave no reason' }
    case 'http':
    case 'bad_reply':
      return failed(result, problem)
    case 'unreachable':
    case 'no_answer':
      return { decision: 'failed', failure: result, reason: problem }
    default:
      return result satisfies never
  }
}

const failed = (failure: CosignerFailure, reason: string): Ending => ({
  decision: 'failed',
  failure,
  subStatus: 'AUTHORIZATION_FAILED',
  reason,
})
