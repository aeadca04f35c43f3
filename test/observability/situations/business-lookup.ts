import { randomUUID } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Mapping } from '@callback-quorum/cli'
import { CUSTODY, makeEvent, sendEvent } from '@callback-quorum/simulator'
import { openDoor, type DoorState } from '../rig/doors.ts'
import { eventKeyFile, INTENT_TYPE, withEvents, withInbox, writeProducer } from '../rig/everything.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { CUSTOMER, newReference, nodePayment } from '../rig/platforms.ts'
import { book, decide } from '../rig/scenario.ts'
import { quietPort } from '../rig/quiet-port.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
import { times } from '../rig/times.ts'
import { addSeen } from './add-seen.ts'

const PUSH_MS_MAX = 15_000
const TEN_MINUTES_MS = 600_000

const withConnector =
  (changed: Mapping) =>
  (config: Mapping): Mapping => ({ ...config, connector: { ...(config.connector as Mapping), ...changed } })

/** Its business system is in this state. */
async function behind(o: Observed, label: string, state: DoorState, connector: Mapping): Promise<LiveService> {
  const door = await openDoor(() => undefined)
  door.state = state
  o.onClose(() => door.close())
  const edit = withConnector({ url: `${door.origin}/{reference}`, ...connector })
  return addSeen(o, { name: 'business-lookup', label, edit })
}

const asking =
  (o: Observed, service: LiveService, count: number): (() => Promise<unknown>) =>
  () => {
    const node = o.platforms.node(service)
    return Promise.all(times(count).map(() => node.askOnce(nodePayment())))
  }

interface Inbox {
  readonly service: LiveService
  push(changed?: object, token?: string): Promise<void>
}

/** business-lookup that is told by the business system. */
const inbox = shared(async (o: Observed): Promise<Inbox> => {
  const token = await writeProducer(o.folder)
  const port = await quietPort()
  const edit = withInbox(port, CUSTODY.organisation)
  const service = await addSeen(o, { name: 'business-lookup', label: 'business-lookup-inbox', edit })
  return {
    service,
    async push(changed = {}, shown = token) {
      const reference = newReference()
      const data = { reference, state: 'approved', currency: 'ETH', amount: '0.01', address: CUSTOMER }
      const event = { specversion: '1.0', id: randomUUID(), source: '/payouts', type: INTENT_TYPE, version: 1 }
      const validUntil = new Date(Date.now() + TEN_MINUTES_MS).toISOString()
      const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shown}`, 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({
          ...event,
          ...{ time: new Date().toISOString(), subject: reference, data: { ...data, valid_until: validUntil } },
          ...changed,
        }),
        signal: AbortSignal.timeout(PUSH_MS_MAX),
      })
      await response.body?.cancel()
    },
  }
})

const pushing = async (o: Observed, labels: Made['labels'], push: (to: Inbox) => Promise<unknown>): Promise<Made> => {
  const to = await inbox(o)
  return { labels: { service: to.service.label, ...labels }, again: () => push(to) }
}

export const BUSINESS_LOOKUP_SITUATIONS: Situations = {
  LookupBreakerOpen: async (o) => {
    const breaker = { failures: 2, open_for: '10m' }
    const service = await behind(o, 'business-lookup-cut-off', 'broken', { breaker })
    const labels = { service: service.label, connector: 'http', severity: 'page', team: 'business-lookup' }
    return { labels, again: asking(o, service, 1) }
  },
  LookupConnectorErrors: async (o) => {
    const service = await behind(o, 'business-lookup-failing', 'broken', { breaker: { failures: 100 } })
    return { labels: { service: service.label, kind: 'http_status' }, again: asking(o, service, 3) }
  },
  LookupConnectorRefused: async (o) => {
    const service = await behind(o, 'business-lookup-denied', 'denied', { breaker: { failures: 100 } })
    return { labels: { service: service.label, kind: 'auth', severity: 'page' }, again: asking(o, service, 2) }
  },
  EverythingUnknown: async (o) => {
    const edit = (config: Mapping): Mapping => ({ ...config, not_found: { retry_for: '0s' } })
    const service = await addSeen(o, { name: 'business-lookup', label: 'business-lookup-astray', edit })
    return { labels: { service: service.label, severity: 'page' }, again: asking(o, service, 2) }
  },
  ClaimContradicted: async (o) => {
    const service = await addSeen(o, { name: 'business-lookup', label: 'business-lookup-paid-twice', edit: withEvents })
    const node = o.platforms.node(service)
    const privateKey = createPrivateKey(await readFile(eventKeyFile(o.folder)))
    const again = async (): Promise<void> => {
      const reference = book(o)
      const payment = nodePayment({ reference })
      await node.askOnce(payment)
      await decide(o, service, {
        ...{ kind: 'release-claim', organisation: CUSTODY.organisation, reference },
        ...{ reason: 'dropped by the network', evidence: 'nonce used by another transaction' },
      })
      await sendEvent(`${service.callbackUrl}/v2/event`, makeEvent(payment, 'succeeded'), { privateKey })
    }
    return { labels: { service: service.label, severity: 'page' }, again }
  },
  InboxAlarm: (o) =>
    pushing(o, { kind: 'event_id_reused', severity: 'page' }, ({ push }) => push({ id: 'the same for every event' })),
  InboxLagging: (o) =>
    pushing(o, { severity: 'ticket' }, ({ push }) =>
      push({ time: new Date(Date.now() - TEN_MINUTES_MS).toISOString() }),
    ),
  InboxPushesRefused: (o) =>
    pushing(o, { severity: 'ticket' }, ({ push }) => Promise.all(times(2).map(() => push({}, 'not-a-token')))),
}
