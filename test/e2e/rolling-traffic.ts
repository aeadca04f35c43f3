import type { KeyObject } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createTssNode,
  CUSTODY,
  makeV2KeySign,
  type CoboPackage,
  type Exchange,
  type SimulatedServer,
  type TssNode,
} from '@callback-quorum/simulator'
import { CUSTOMER } from './rig.ts'

/** Who asks, and whom. */
export interface Asker {
  readonly name: string
  readonly privateKey: KeyObject
  readonly server: SimulatedServer
}

/** Payments for as long as it runs. Half go over connections that are kept, half over new ones: a node may do either. */
export interface Traffic {
  /** From the next payment on. */
  readonly signWith: (asker: Asker) => void
  /** Every first attempt, when the last has ended, and the second ones of those that got no answer. */
  stop(): Promise<{ readonly exchanges: readonly Exchange[]; readonly askedAgain: readonly Exchange[] }>
}

/** A few payments a second. */
const PAUSE_MS = 60

let nonce = 0n
/** A transaction of its own each time. */
export const nextPayment = (): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount: '0.01', nonce: (nonce += 1n), organisation: CUSTODY.organisation })

const nodeOf = ({ name, privateKey, server }: Asker): TssNode =>
  createTssNode({ name, privateKey, servers: [server], retryTimes: 0 })

/** Asks once over a connection of its own. */
export async function askOnce(asker: Asker, content = nextPayment()): Promise<Exchange> {
  const node = nodeOf(asker)
  const [exchange] = await node.askOnce(content).finally(() => node.close())
  if (exchange === undefined) throw new Error('invariant: one server gives one exchange')
  return exchange
}

export function startTraffic(first: Asker): Traffic {
  let asker = first
  let kept = nodeOf(first)
  let stopping = false
  const exchanges: Exchange[] = []
  const askedAgain: Exchange[] = []
  const note = async (content: CoboPackage, exchange: Exchange): Promise<void> => {
    exchanges.push(exchange)
    if (exchange.result === 'no_answer') askedAgain.push(await askOnce(asker, content))
  }
  const keep = async (): Promise<void> => {
    while (!stopping) {
      const content = nextPayment()
      const [exchange] = await kept.askOnce(content)
      if (exchange !== undefined) await note(content, exchange)
      await delay(PAUSE_MS)
    }
  }
  const renew = async (): Promise<void> => {
    while (!stopping) {
      const content = nextPayment()
      await note(content, await askOnce(asker, content))
      await delay(PAUSE_MS)
    }
  }
  const loops = Promise.all([keep(), keep(), renew(), renew()])
  const replaced: TssNode[] = []
  return {
    signWith: (next) => {
      asker = next
      replaced.push(kept)
      kept = nodeOf(next)
    },
    async stop() {
      stopping = true
      await loops
      await Promise.all([...replaced, kept].map((node) => node.close()))
      return { exchanges, askedAgain }
    },
  }
}
