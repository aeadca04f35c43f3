import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Mapping } from '@callback-quorum/cli'
import { PROMETHEUS_CONFIGURATION, ruleFilesOfDeploy } from '../rig/deploy-files.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Edit, Observed } from '../rig/observe.ts'
import { CUSTOMER, nodePayment, STRANGER } from '../rig/platforms.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
import { openSlowWay } from '../rig/slow-way.ts'
import { startPrometheus } from '../rig/start-prometheus.ts'
import { tamper } from '../rig/tamper.ts'
import { times } from '../rig/times.ts'
import { waitFor } from '../rig/wait-for.ts'
import { seenUp } from './availability.ts'

const NOBODY = 'http://127.0.0.1:1'
/** 3 days are 13 s. */
const MUCH_SHORTER = 20_000

/** A gateway with one checker, which every kind requires. `changed`: members of its entry. */
const judgedBy =
  ({ name, label, callbackUrl }: LiveService, changed: Mapping = {}): Edit =>
  (config) => ({
    ...config,
    checkers: [
      {
        ...{ name: label, service_address: callbackUrl, pubkey_path: [{ file: `keys/${name}.pub` }], outcome: true },
        ...changed,
      },
    ],
    quorum: (config.quorum as readonly Mapping[]).map((entry) => ({ ...entry, require: [label] })),
  })

async function addGateway(o: Observed, label: string, edit: Edit): Promise<LiveService> {
  const gateway = await o.add({ name: 'gateway', label, edit })
  await seenUp(o, gateway)
  return gateway
}

const askOften =
  (o: Observed, gateway: LiveService, count = 1): (() => Promise<unknown>) =>
  () => {
    const node = o.platforms.node(gateway)
    return Promise.all(times(count).map(() => node.askOnce(nodePayment())))
  }

const healthy = (o: Observed, label: string): Promise<LiveService> =>
  addGateway(o, label, judgedBy(o.service('integrity')))

/** Its checker answers late: near the end of the deadline. */
const late = shared(async (o) => {
  const integrity = o.service('integrity')
  const way = await openSlowWay(integrity.callbackUrl, 3_100)
  o.onClose(() => way.close())
  const changed = { service_address: way.origin, request_timeout: '4s' }
  return addGateway(o, 'gateway-kept-waiting', (config) => ({
    ...judgedBy(integrity, changed)(config),
    deadline: { cobo: '4s' },
  }))
})

/** Its checker is away, and one request waits. */
const deferring = shared(async (o) => {
  const gateway = await addGateway(
    o,
    'gateway-deferring',
    judgedBy(o.service('integrity'), { service_address: NOBODY }),
  )
  await askOften(o, gateway)()
  return gateway
})

/** Its checker does not believe its notices. */
const unheard = shared(async (o) => {
  const edit = (config: Mapping): Mapping => ({ ...config, gateway: { pubkey_path: [{ file: 'keys/sanctions.pub' }] } })
  const checker = await o.add({ name: 'integrity', label: 'integrity-deaf', edit })
  const gateway = await addGateway(o, 'gateway-unheard', judgedBy(checker))
  await askOften(o, gateway)()
  return gateway
})

/** The oldest of what waits is so much older. */
async function age(service: LiveService, table: 'request' | 'outbox', minutes: number): Promise<void> {
  const column = table === 'request' ? 'first_asked_at' : 'created_at'
  await tamper(service, `update ${table} set ${column} = ${column} - $1 * interval '1 minute'`, [minutes])
}

export const GATEWAY_SITUATIONS: Situations = {
  GatewayFrozen: async (o) => {
    const gateway = await healthy(o, 'gateway-frozen')
    await o.admin(gateway, 'operator', { path: '/v1/freeze', body: { reason: 'a drill' } })
    return { labels: { service: gateway.label, severity: 'page', team: 'custody' } }
  },
  GatewayDigestChanged: async (o) => {
    const gateway = await healthy(o, 'gateway-told-two-things')
    const node = o.platforms.node(gateway)
    const payment = nodePayment()
    await waitFor(
      'the request is approved',
      async () => (await node.askOnce(payment))[0]?.action === 'APPROVE' || undefined,
    )
    const changed = nodePayment({ amount: '9', ...(payment.request_id && { requestId: payment.request_id }) })
    return { labels: { service: gateway.label, severity: 'page' }, again: () => node.askOnce(changed) }
  },
  GatewayUnverifiableVerdict: async (o) => {
    const stranger = { pubkey_path: [{ file: 'keys/limits.pub' }] }
    const gateway = await addGateway(o, 'gateway-lied-to', judgedBy(o.service('integrity'), stranger))
    return { labels: { service: gateway.label, severity: 'page' }, again: askOften(o, gateway) }
  },
  GatewayNoticeRefused: async (o) => {
    const gateway = await unheard(o)
    return { labels: { service: gateway.label, severity: 'page' }, again: askOften(o, gateway) }
  },
  EverythingRejected: async (o) => {
    const gateway = await healthy(o, 'gateway-rejecting')
    const node = o.platforms.node(gateway)
    const lie = { to: STRANGER, describedAs: { to: CUSTOMER } }
    const again = (): Promise<unknown> => Promise.all(times(3).map(() => node.askOnce(nodePayment(lie))))
    return { labels: { service: gateway.label, severity: 'page' }, again }
  },
  CheckerFailing: async (o) => {
    const edit = judgedBy(o.service('integrity'), { service_address: NOBODY })
    const gateway = await addGateway(o, 'gateway-alone', edit)
    const labels = { service: gateway.label, checker: 'integrity', severity: 'page' }
    return { labels, again: askOften(o, gateway) }
  },
  ShadowCheckerFailing: async (o) => {
    const onTrial = { name: 'on-trial', service_address: NOBODY, pubkey_path: [{ file: 'keys/limits.pub' }] }
    const edit: Edit = (config) => {
      const edited = judgedBy(o.service('integrity'))(config)
      return {
        ...edited,
        checkers: [...(edited.checkers as readonly Mapping[]), onTrial],
        quorum: (edited.quorum as readonly Mapping[]).map((entry) => ({ ...entry, shadow: [onTrial.name] })),
      }
    }
    const gateway = await addGateway(o, 'gateway-with-trial', edit)
    const labels = { service: gateway.label, checker: onTrial.name, severity: 'ticket' }
    return { labels, again: askOften(o, gateway) }
  },
  CheckerSlow: (o) => askedSlowly(o, { checker: 'integrity', severity: 'ticket' }),
  HeadroomLow: (o) => askedSlowly(o, { platform: 'cobo', severity: 'ticket' }),
  DeferralsWaiting: async (o) => {
    const gateway = await deferring(o)
    await age(gateway, 'request', 20)
    return { labels: { service: gateway.label, platform: 'cobo', severity: 'ticket' } }
  },
  DeferralsNearGiveUp: async (o) => {
    const gateway = await deferring(o)
    await age(gateway, 'request', 50)
    return { labels: { service: gateway.label, platform: 'cobo', severity: 'page' } }
  },
  RequestsAbandoned: async (o) => {
    const impatient = { retry_times: 1, sleep_seconds: 1, request_timeout: '9s' }
    const gateway = await addGateway(o, 'gateway-given-up', (config) => ({
      ...judgedBy(o.service('integrity'), { service_address: NOBODY })(config),
      callers: (config.callers as readonly Mapping[]).map((caller) =>
        caller.platform === 'cobo' ? { ...caller, ...impatient } : caller,
      ),
    }))
    return { labels: { service: gateway.label, severity: 'ticket' }, again: askOften(o, gateway) }
  },
  OutboxLagging: async (o) => {
    const gateway = await unheard(o)
    await age(gateway, 'outbox', 10)
    return { labels: { service: gateway.label, severity: 'ticket' } }
  },
  PingsMissing: async (o) => {
    const gateway = await healthy(o, 'gateway-pinged')
    const node = o.platforms.node(gateway)
    for (const _ of times(30)) {
      await Promise.all(times(4).map(() => node.ping()))
      await delay(200)
    }
    return { labels: { service: gateway.label, caller: 'node-demo', severity: 'page' } }
  },
  CallerSilent: async (o) => {
    const gateway = await healthy(o, 'gateway-not-asked')
    const prometheus = await startPrometheus({
      folder: join(o.folder, 'prometheus-much-shorter'),
      configuration: await readFile(PROMETHEUS_CONFIGURATION, 'utf8'),
      ruleFiles: ruleFilesOfDeploy(),
      shorter: MUCH_SHORTER,
    })
    o.onClose(() => prometheus.stop())
    await prometheus.setTargets([{ instance: gateway.instance, team: 'custody' }])
    await seenUp({ prometheus }, gateway)
    for (const _ of times(10)) {
      await askOften(o, gateway, 2)()
      await delay(500)
    }
    return { labels: { service: gateway.label, caller: 'node-demo', severity: 'ticket' }, prometheus }
  },
}

async function askedSlowly(o: Observed, labels: Made['labels']): Promise<Made> {
  const gateway = await late(o)
  const node = o.platforms.node(gateway)
  // Started now and then and not waited for: each takes seconds.
  const again = (): Promise<void> => {
    void node.askOnce(nodePayment()).catch(() => undefined)
    return delay(700)
  }
  return { labels: { service: gateway.label, ...labels }, again }
}
