import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { addressOf } from './sanctions-synthetic.ts'
import { summaryOf, type Summary } from './reservations-sample.ts'

/** Checks that arrive one after the other, whether the last one was answered or not: a pause of the server is seen by all that fall into it. */
export interface Rate {
  /** What was measured since the last call. */
  take(): Summary
  stop(): Promise<void>
}

export function askAtRate(port: number, perSecond: number): Rate {
  const agent = new Agent({ keepAlive: true })
  let latenciesMs: number[] = []
  let since = performance.now()
  const failures: unknown[] = []
  const stopping = new AbortController()
  const open = new Set<Promise<void>>()

  const ask = async (number: number, dueMs: number): Promise<void> => {
    const outcome = await outcomeOf(agent, port, addressOf(20 * number).text)
    if (outcome !== 'approve') throw new Error(`a clean address was not approved: ${outcome}`)
    latenciesMs.push(performance.now() - dueMs)
  }
  const asking = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const dueMs = performance.now()
      const one = ask(number, dueMs).catch((error: unknown) => void failures.push(error))
      open.add(one)
      void one.then(() => open.delete(one))
      await sleep(1_000 / perSecond)
    }
    await Promise.all(open)
  })()
  return {
    take: () => {
      if (failures.length > 0) throw new Error('a check failed', { cause: failures[0] })
      const summary = summaryOf({
        perSecond: (latenciesMs.length * 1_000) / (performance.now() - since),
        latenciesMs,
      })
      latenciesMs = []
      since = performance.now()
      return summary
    },
    stop: async () => {
      stopping.abort()
      await asking
      agent.destroy()
    },
  }
}

function outcomeOf(agent: Agent, port: number, address: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  get({ host: '127.0.0.1', port, path: `/${address}`, agent, timeout: 10_000 }, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text: string) => (body += text))
    response.on('end', () => {
      resolve((JSON.parse(body) as { readonly outcome: string }).outcome)
    })
  })
    .on('timeout', () => {
      reject(new Error('no answer in 10 s'))
    })
    .on('error', reject)
  return promise
}
