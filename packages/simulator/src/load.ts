import type { CoboPackage } from './cobo-package.ts'
import type { TssNode } from './tss-node.ts'

export interface LoadOptions {
  readonly node: TssNode
  /** Requests in flight at any time. */
  readonly concurrency: number
  readonly requests: number
  readonly makePackage: (index: number) => CoboPackage
}

export interface LoadReport {
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly approved: number
  readonly rejected: number
  readonly failed: number
}

type Outcome = 'approved' | 'rejected' | 'failed'

/**
 * Sends a bounded number of requests through a node, each once to every server, without retries. Tokens are signed before the clock starts, so
 * that the figures are the servers' and not the simulator's own RSA; they must therefore be sent before they expire.
 */
export async function runLoad({ node, concurrency, requests, makePackage }: LoadOptions): Promise<LoadReport> {
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new RangeError('concurrency must be a positive integer')
  if (!Number.isInteger(requests) || requests < 1) throw new RangeError('requests must be a positive integer')
  const work: { content: CoboPackage; token: string }[] = []
  for (let index = 0; index < requests; index += 1) {
    const content = makePackage(index)
    work.push({ content, token: await node.mint(content) })
  }
  const counts: Record<Outcome, number> = { approved: 0, rejected: 0, failed: 0 }
  const durationsMs: number[] = []
  const queue = work.values()
  const started = performance.now()
  const worker = async (): Promise<void> => {
    for (const { content, token } of queue) {
      const sent = performance.now()
      counts[await askOnce(node, content, token)] += 1
      durationsMs.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, worker))
  const seconds = (performance.now() - started) / 1000
  durationsMs.sort((a, b) => a - b)
  const [p50Ms, p99Ms] = [percentile(durationsMs, 50), percentile(durationsMs, 99)]
  return { requests, seconds, perSecond: requests / seconds, p50Ms, p99Ms, ...counts }
}

async function askOnce(node: TssNode, content: CoboPackage, token: string): Promise<Outcome> {
  const exchanges = await node.askOnce(content, { token })
  if (exchanges.some(({ result }) => result === 'reject')) return 'rejected'
  return exchanges.length > 0 && exchanges.every(({ result }) => result === 'approve') ? 'approved' : 'failed'
}

/** Nearest rank. */
const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
