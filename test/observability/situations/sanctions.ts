import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping } from '@callback-quorum/cli'
import { CUSTODY } from '@callback-quorum/simulator'
import { openDoor } from '../rig/doors.ts'
import { deliverHouseList, HOUSE_LIST, houseListEntry, type HouseDelivery } from '../rig/house-list.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { CUSTOMER, nodePayment } from '../rig/platforms.ts'
import { decide } from '../rig/scenario.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
import { tamper } from '../rig/tamper.ts'
import { times } from '../rig/times.ts'
import { addSeen } from './add-seen.ts'
import { cutOff } from './availability.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const ROWS = 40
/** No gate holds back a list that changes by a few of these. */
const ADDRESSES = times(ROWS).map((index) => addressOf(index))

function addressOf(index: number): string {
  return `0x${String(index).padStart(4, '0')}${'7'.repeat(36)}`
}

/** Sanctions with one list, delivered by us. */
interface Screening {
  readonly service: LiveService
  /** Delivers the list anew and has it fetched now. */
  deliver(lines: readonly string[], how?: HouseDelivery): Promise<void>
}

interface ScreeningOptions extends HouseDelivery {
  readonly lines?: readonly string[]
  readonly entry?: Mapping
  readonly more?: Mapping
  /** Absent: it is ready before anything else happens. */
  readonly isNeverReady?: boolean
}

async function screen(o: Observed, label: string, options: ScreeningOptions = {}): Promise<Screening> {
  const { lines = ADDRESSES, entry = {}, more = {}, isNeverReady = false, ...how } = options
  const file = `list-of-${label}.txt`
  await deliverHouseList(o.folder, lines, { ...how, file })
  const lists = [{ ...houseListEntry(file), ...entry }]
  const edit = (config: Mapping): Mapping => ({ ...config, lists, ...more })
  const service = await (isNeverReady
    ? o.add({ name: 'sanctions', label, edit })
    : addSeen(o, { name: 'sanctions', label, edit }))
  const refresh = (): Promise<unknown> =>
    o.admin(service, 'operator', { path: `/v1/lists/${HOUSE_LIST}/refresh`, body: {} })
  return {
    service,
    async deliver(next, nextHow = {}) {
      await deliverHouseList(o.folder, next, { ...nextHow, file })
      await refresh()
    },
  }
}

const of = ({ service }: Screening, severity: string): Made['labels'] => ({
  ...{ service: service.label, source: HOUSE_LIST, severity, team: 'sanctions' },
})

/** Whoever looks at the publication last looked so long ago. */
async function checkedBefore(o: Observed, hours: number, severity: string): Promise<Made> {
  const checkedAt = new Date(Date.now() - hours * HOUR_MS)
  const screening = await screen(o, `sanctions-checked-${hours}h-ago`, { checkedAt })
  return { labels: of(screening, severity) }
}

/** Nothing of the list can be fetched: its manifest names other bytes. */
const neverLoaded = shared((o) => screen(o, 'sanctions-without-list', { isTampered: true, isNeverReady: true }))

export const SANCTIONS_SITUATIONS: Situations = {
  ListNotLoaded: async (o) => ({ labels: of(await neverLoaded(o), 'page') }),
  ListRefreshFailing: async (o) => {
    const screening = await neverLoaded(o)
    const again = (): Promise<unknown> => screening.deliver(ADDRESSES, { isTampered: true })
    return { labels: of(screening, 'ticket'), again }
  },
  ListCheckOverdue: (o) => checkedBefore(o, 7, 'ticket'),
  ListNearlyStale: (o) => checkedBefore(o, 21, 'page'),
  ListBehind: async (o) => {
    const screening = await screen(o, 'sanctions-cut-off')
    await cutOff(screening.service)
    screening.service.moveClock(70_000)
    return { labels: of(screening, 'page') }
  },
  ListQuarantined: async (o) => {
    const screening = await screen(o, 'sanctions-half-a-list')
    await screening.deliver(ADDRESSES.slice(0, ROWS / 2))
    return { labels: of(screening, 'ticket') }
  },
  RemovalsHeld: async (o) => {
    const screening = await screen(o, 'sanctions-one-less')
    await screening.deliver(ADDRESSES.slice(1))
    return { labels: of(screening, 'ticket') }
  },
  StarterListInUse: async (o) => {
    const { label } = await o.add({ name: 'sanctions', label: 'sanctions-as-packaged' })
    return { labels: { service: label, source: 'ofac-sdn', severity: 'ticket' } }
  },
  ListCodesNew: async (o) => {
    const lines = ADDRESSES.map((address) => `${address},ETH`)
    const entry = { columns: { address: 1, code: 2 } }
    const screening = await screen(o, 'sanctions-new-code', { lines, entry })
    await screening.deliver([...lines, `${addressOf(ROWS)},USDC`])
    return { labels: of(screening, 'ticket') }
  },
  LookbackHit: async (o) => {
    const screening = await screen(o, 'sanctions-paid-before')
    await o.platforms.node(screening.service).askOnce(nodePayment())
    await screening.deliver([...ADDRESSES, CUSTOMER])
    return { labels: { ...of(screening, 'page'), found_in: 'approval' } }
  },
  LookbackFailing: async (o) => {
    // Before the first list: a look back that succeeded goes on for a while, and the next one waits for it.
    const screening = await screen(o, 'sanctions-forgetful', { isTampered: true, isNeverReady: true })
    await tamper(screening.service, 'alter table screened_key rename to screened_key_gone')
    const lines = [...ADDRESSES]
    const again = async (): Promise<void> => {
      lines.push(addressOf(lines.length))
      await screening.deliver(lines)
    }
    return { labels: of(screening, 'ticket'), again }
  },
  SanctionsMatch: async (o) => {
    const { service } = await screen(o, 'sanctions-matching')
    const node = o.platforms.node(service)
    const again = (): Promise<unknown> => node.askOnce(nodePayment({ to: addressOf(0) }))
    return { labels: { service: service.label, severity: 'ticket' }, again }
  },
  OverridesExpiring: async (o) => {
    const { service } = await screen(o, 'sanctions-overridden')
    const expiresAt = new Date(Date.now() + 6 * DAY_MS).toISOString()
    await decide(o, service, {
      ...{ kind: 'override', address: addressOf(0), organisation: CUSTODY.organisation, wallet: CUSTODY.walletId },
      ...{ reason: 'release of funds', case_ref: 'case 17', licence_ref: 'GL-1', expires_at: expiresAt },
    })
    return { labels: { service: service.label, severity: 'ticket' } }
  },
  VendorBreakerOpen: async (o) => {
    const door = await openDoor(() => undefined)
    door.state = 'broken'
    o.onClose(() => door.close())
    await writeFile(join(o.folder, 'vendor-of-sanctions.key'), 'key-of-the-vendor\n', { mode: 0o600 })
    const vendor = {
      ...{ name: 'chainalysis', kind: 'chainalysis-sanctions', url: door.origin, families: ['evm'], required: true },
      ...{ api_key_file: 'vendor-of-sanctions.key', breaker: { failures: 1, open_for: '10m' } },
    }
    const { service } = await screen(o, 'sanctions-without-vendor', { more: { vendors: [vendor] } })
    const node = o.platforms.node(service)
    const again = (): Promise<unknown> => node.askOnce(nodePayment())
    return { labels: { service: service.label, vendor: vendor.name, severity: 'page' }, again }
  },
}
