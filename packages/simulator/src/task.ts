import type { Exchange, SimulatedServer } from './exchange.ts'

/** `retry`: an answer without a usable decision is a failed attempt. `reject`: it denies the task. */
export type OnError = 'retry' | 'reject'

export interface TaskResult {
  readonly requestId: string
  readonly decision: 'APPROVE' | 'REJECT'
  readonly reason: string
  /** In the order in which they ended; what a rejection cut off is not among them. */
  readonly exchanges: readonly Exchange[]
}

export interface Task {
  readonly requestId: string
  readonly servers: readonly SimulatedServer[]
  readonly retryTimes: number
  readonly sleepMs: number
  readonly onError: OnError
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly attempt: (server: SimulatedServer, number: number, signal: AbortSignal) => Promise<Exchange>
  readonly signal?: AbortSignal
}

type Verdict = { readonly decision: 'APPROVE' } | { readonly decision: 'REJECT'; readonly reason: string }

/** What one exchange means for the task. */
export function judgeExchange({ result }: Exchange, onError: OnError): 'approve' | 'reject' | 'again' {
  switch (result) {
    case 'approve':
      return 'approve'
    case 'reject':
      return 'reject'
    case 'no_answer':
      return 'again'
    case 'status':
    case 'http':
    case 'bad_reply':
      return onError === 'reject' ? 'reject' : 'again'
    default: {
      const unknown: never = result
      throw new TypeError(`unknown exchange result ${String(unknown)}`)
    }
  }
}

/** All servers side by side, each with its own retries; the first rejection denies the task and stops asking the others. */
export async function askUntilDecided(task: Task): Promise<TaskResult> {
  const exchanges: Exchange[] = []
  if (task.servers.length === 0) {
    return { requestId: task.requestId, decision: 'APPROVE', reason: 'no callback server is configured', exchanges }
  }
  const decided = new AbortController()
  const signal = task.signal === undefined ? decided.signal : AbortSignal.any([decided.signal, task.signal])
  const verdicts = task.servers.map((server) => askServer(server, task, exchanges, signal))
  try {
    const reason = await firstRejection(verdicts)
    if (reason !== undefined)
      return { requestId: task.requestId, decision: 'REJECT', reason, exchanges: [...exchanges] }
  } finally {
    decided.abort()
    await Promise.allSettled(verdicts)
  }
  return {
    requestId: task.requestId,
    decision: 'APPROVE',
    reason: `approved by ${String(task.servers.length)} of ${String(task.servers.length)} servers`,
    exchanges,
  }
}

/** Resolves with the reason of the first rejection, or with nothing once every server approved. */
function firstRejection(verdicts: readonly Promise<Verdict>[]): Promise<string | undefined> {
  return new Promise((resolve, fail) => {
    for (const verdict of verdicts) {
      verdict.then((value) => {
        if (value.decision === 'REJECT') resolve(value.reason)
      }, fail)
    }
    Promise.all(verdicts).then((values) => {
      if (values.every(({ decision }) => decision === 'APPROVE')) resolve(undefined)
    }, fail)
  })
}

async function askServer(
  server: SimulatedServer,
  task: Task,
  exchanges: Exchange[],
  signal: AbortSignal,
): Promise<Verdict> {
  const who = server.name ?? server.serviceAddress
  let last = 'never asked'
  for (let number = 1; number <= task.retryTimes + 1; number += 1) {
    if (number > 1) await task.sleep(task.sleepMs, signal)
    signal.throwIfAborted()
    const exchange = await task.attempt(server, number, signal)
    // What was cut off by another server's rejection says nothing about this one.
    signal.throwIfAborted()
    exchanges.push(exchange)
    last = exchange.problem ?? exchange.error ?? exchange.result
    switch (judgeExchange(exchange, task.onError)) {
      case 'approve':
        return { decision: 'APPROVE' }
      case 'reject':
        return { decision: 'REJECT', reason: `${who} ${exchange.result === 'reject' ? 'rejected' : 'failed'}: ${last}` }
      case 'again':
        break
    }
  }
  return { decision: 'REJECT', reason: `${who} gave no decision in ${String(task.retryTimes + 1)} attempts: ${last}` }
}
