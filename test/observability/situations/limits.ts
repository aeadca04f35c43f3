import { createPrivateKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping } from '@callback-quorum/cli'
import { makeEvent, sendEvent, type CoboPackage } from '@callback-quorum/simulator'
import { stringify } from 'yaml'
import { eventKeyFile, LIMITS, PRICES, withEvents } from '../rig/everything.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { nodePayment } from '../rig/platforms.ts'
import type { Made, Situations } from '../rig/situation.ts'
import { tamper } from '../rig/tamper.ts'
import { times } from '../rig/times.ts'
import { addSeen } from './add-seen.ts'

/** Older than the 300 s that a price may be. */
const TOO_OLD_MS = 400_000

async function pay(o: Observed, service: LiveService, amount = '0.01'): Promise<CoboPackage> {
  const payment = nodePayment({ amount })
  const [answer] = await o.platforms.node(service).askOnce(payment)
  if (answer?.action !== 'APPROVE') throw new Error(`not approved: ${answer?.result ?? 'no answer'}`)
  return payment
}

/** What the node says of a request, by its event key. */
async function tell(o: Observed, service: LiveService, request: CoboPackage, status: 'failed' | 'succeeded') {
  const privateKey = createPrivateKey(await readFile(eventKeyFile(o.folder)))
  return sendEvent(`${service.callbackUrl}/v2/event`, makeEvent(request, status), { privateKey })
}

/** Gauges of the ledger are measured every minute, and at the start. */
async function measureAgain(service: LiveService): Promise<void> {
  await service.stop()
  await service.start()
}

/** One coin a day may be paid, and so many hundredths of it are. */
async function used(o: Observed, percent: number, severity: string): Promise<Made> {
  const file = `rules-for-${percent}.yaml`
  const rule = { id: 'eth-day', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit: '1' }
  await writeFile(join(o.folder, file), stringify({ version: 1, rules: [rule] }))
  const edit = (config: Mapping): Mapping => ({ ...config, rules: file })
  const service = await o.add({ name: 'limits', label: `limits-used-${percent}`, edit })
  await pay(o, service, `0.${percent}`)
  await measureAgain(service)
  return { labels: { service: service.label, rule: rule.id, severity, team: 'limits' } }
}

/** Limits by value, some of whose sources fail from now on; time passes. */
async function withoutPrices(o: Observed, label: string, failing: readonly string[]): Promise<LiveService> {
  const sources = ['house', 'treasury'].map((name) => ({ name, path: `prices-of-${label}-${name}.yaml` }))
  for (const { path } of sources) await writeFile(join(o.folder, path), stringify(PRICES))
  const rules = `rules-of-${label}.yaml`
  await writeFile(join(o.folder, rules), stringify(LIMITS))
  const edit = (config: Mapping): Mapping => ({
    ...config,
    rules,
    prices: { sources: sources.map((source) => ({ ...source, kind: 'file', every: '1s' })) },
  })
  const service = await addSeen(o, { name: 'limits', label, edit })
  for (const { name, path } of sources) if (failing.includes(name)) await writeFile(join(o.folder, path), 'version: 0')
  service.moveClock(TOO_OLD_MS)
  return service
}

export const LIMITS_SITUATIONS: Situations = {
  LimitsDrift: async (o) => {
    const service = await addSeen(o, { name: 'limits', label: 'limits-tampered-with' })
    await pay(o, service)
    await tamper(service, 'update counter set used = used + 1')
    const again = (): Promise<unknown> => o.admin(service, 'operator', { path: '/v1/recount', body: {} })
    return { labels: { service: service.label, severity: 'page', team: 'limits' }, again }
  },
  LimitsContradiction: async (o) => {
    const service = await addSeen(o, { name: 'limits', label: 'limits-passed-by', edit: withEvents })
    const again = (): Promise<unknown> => tell(o, service, nodePayment(), 'succeeded')
    return { labels: { service: service.label, alarm: 'succeeded_unknown', severity: 'page' }, again }
  },
  LimitsFailedButCounted: async (o) => {
    const service = await addSeen(o, { name: 'limits', label: 'limits-told-of-failures', edit: withEvents })
    const again = async (): Promise<unknown> => tell(o, service, await pay(o, service), 'failed')
    return { labels: { service: service.label, severity: 'ticket' }, again }
  },
  ReservationHeldLong: async (o) => {
    const onlyCobo = (config: Mapping): Mapping => ({
      ...config,
      callback: (config.callback as readonly Mapping[]).map((entry) => ({ ...entry, dialects: ['cobo-v2'] })),
      callers: (config.callers as readonly Mapping[])
        .filter(({ platform }) => platform === 'cobo')
        .map((caller) => ({ ...caller, dialects: ['cobo-v2'] })),
    })
    const service = await o.add({ name: 'limits', label: 'limits-told-nothing', edit: onlyCobo })
    await pay(o, service)
    await tamper(service, `update reservation set created_at = created_at - interval '3 hours'`)
    await measureAgain(service)
    return { labels: { service: service.label, severity: 'ticket' } }
  },
  LimitNearlyUsed: (o) => used(o, 85, 'ticket'),
  LimitUsedUp: (o) => used(o, 97, 'page'),
  LimitRefusals: async (o) => {
    const service = await addSeen(o, { name: 'limits', label: 'limits-exceeded' })
    const node = o.platforms.node(service)
    const again = (): Promise<unknown> => Promise.all(times(3).map(() => node.askOnce(nodePayment({ amount: '12' }))))
    return { labels: { service: service.label, rule: 'eth-per-payment', code: 'LIMIT_TX' }, again }
  },
  PriceSourceOld: async (o) => {
    const { label } = await withoutPrices(o, 'limits-half-priced', ['house'])
    return { labels: { service: label, source: 'house', severity: 'ticket' } }
  },
  PricesOld: async (o) => {
    const { label } = await withoutPrices(o, 'limits-unpriced', ['house', 'treasury'])
    return { labels: { service: label, severity: 'page' } }
  },
}
