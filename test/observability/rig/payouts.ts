import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `up` answers at once; `broken` says 503; `silent` never answers; `garbled` answers what is no record. */
export type PayoutsState = 'up' | 'broken' | 'silent' | 'garbled'

export interface Withdrawal {
  readonly reference: string
  readonly currency: 'ETH' | 'USDT'
  readonly amount: string
  readonly address: string
}

/** The customer's own payout system, as far as business-lookup asks it: in the form of the demonstration's. */
export interface Payouts {
  /** Ends in a slash. */
  readonly url: string
  state: PayoutsState
  add(withdrawal: Withdrawal): void
  close(): Promise<void>
}

const VALID_FOR_MS = 86_400_000

export async function startPayouts(): Promise<Payouts> {
  const withdrawals = new Map<string, Withdrawal>()
  const server = createServer((request, response) => {
    const reference = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '')
    switch (payouts.state) {
      case 'up':
        return answer(response, withdrawals.get(reference))
      case 'broken':
        response.writeHead(503).end()
        return
      case 'garbled':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"reference":')
        return
      case 'silent':
        return
      default:
        throw new TypeError(`unknown state ${String(payouts.state satisfies never)}`)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const payouts: Payouts = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    state: 'up',
    add: (withdrawal) => void withdrawals.set(withdrawal.reference, withdrawal),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return payouts
}

function answer(response: ServerResponse, withdrawal: Withdrawal | undefined): void {
  if (withdrawal === undefined) {
    response.writeHead(404).end()
    return
  }
  const record = { ...withdrawal, state: 'approved', valid_until: new Date(Date.now() + VALID_FOR_MS).toISOString() }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(record))
}
