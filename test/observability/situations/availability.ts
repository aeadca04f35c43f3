import { join } from 'node:path'
import { withClient } from '../../../packages/service/src/database/with-client.ts'
import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { PROMETHEUS_CONFIGURATION, ruleFilesOfDeploy } from '../rig/deploy-files.ts'
import { openDoor } from '../rig/doors.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { shared, type Situations } from '../rig/situation.ts'
import { startPrometheus } from '../rig/start-prometheus.ts'
import { waitFor } from '../rig/wait-for.ts'

/** Resolves when Prometheus has seen it healthy: what was never there cannot go down. */
export async function seenUp(
  { prometheus }: { readonly prometheus: Pick<Observed['prometheus'], 'query'> },
  { instance }: Pick<LiveService, 'instance'>,
): Promise<void> {
  await waitFor(`${instance} is scraped`, async () => {
    const found = await prometheus.query(`callback_quorum_ready{instance="${instance}"} == 1`)
    return found.length > 0 || undefined
  })
}

const killed = shared(async (o) => {
  const service = await o.add({ name: 'limits', label: 'limits-killed', isProcess: true })
  await seenUp(o, service)
  await service.process().kill()
  return service
})

/** Nobody may connect to its database any more, and whoever did is cut off. */
export async function cutOff(service: LiveService): Promise<void> {
  const name = new URL(service.database.url).pathname.slice(1)
  await withClient(inject('postgresUrl'), async (client) => {
    await client.query(`alter database ${name} with allow_connections false`)
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  })
}

const withoutDatabase = shared(async (o) => {
  const service = await o.add({ name: 'integrity', label: 'integrity-without-database' })
  await seenUp(o, service)
  await cutOff(service)
  return service
})

const restarting = async (o: Observed): Promise<LiveService> => {
  const service = await o.add({ name: 'integrity', label: 'integrity-restarting', isProcess: true })
  await seenUp(o, service)
  return service
}

/** Killed and started again, until Prometheus has seen the new process. */
async function restart({ prometheus }: Observed, service: LiveService): Promise<void> {
  const startedAt = async (): Promise<number> => {
    const selector = `{service="${service.label}"}`
    return (await prometheus.query(`callback_quorum_process_start_time_seconds${selector}`))[0]?.value ?? 0
  }
  const before = await startedAt()
  await service.process().kill()
  await service.start()
  await waitFor('the new process is scraped', async () => (await startedAt()) > before || undefined)
}

/** What a replica of another release would say: this one's own series under another version. */
async function scrapeAsNextVersion(o: Observed, service: LiveService): Promise<void> {
  const door = await openDoor(async () => {
    const text = await (await fetch(`${service.metricsUrl}/metrics`)).text()
    return text.replace(/(build_info\{[^}]*version=")[^"]*/, '$1999.0.0')
  })
  o.onClose(() => door.close())
  await o.scrape({ instance: new URL(door.origin).host, team: 'integrity' })
}

export const AVAILABILITY: Situations = {
  NothingScraped: async (o) => {
    const prometheus = await startPrometheus({
      folder: join(o.folder, 'prometheus-without-targets'),
      configuration: await readFile(PROMETHEUS_CONFIGURATION, 'utf8'),
      ruleFiles: ruleFilesOfDeploy(),
    })
    o.onClose(() => prometheus.stop())
    return { labels: { severity: 'page', team: 'custody' }, prometheus }
  },
  ServiceDown: async (o) => ({ labels: { service: (await killed(o)).label, severity: 'page' } }),
  InstanceDown: async (o) => ({ labels: { instance: (await killed(o)).instance, severity: 'ticket' } }),
  ServiceNotReady: async (o) => ({ labels: { service: (await withoutDatabase(o)).label, severity: 'page' } }),
  InstanceNotReady: async (o) => ({ labels: { instance: (await withoutDatabase(o)).instance, severity: 'ticket' } }),
  DatabaseUnreachable: async (o) => ({ labels: { service: (await withoutDatabase(o)).label, severity: 'page' } }),
  RestartLoop: async (o) => {
    const service = await restarting(o)
    return { labels: { instance: service.instance, severity: 'ticket' }, again: () => restart(o, service) }
  },
  VersionsDiffer: async (o) => {
    const service = await o.add({ name: 'integrity', label: 'integrity-upgraded' })
    await scrapeAsNextVersion(o, service)
    return { labels: { service: service.label, severity: 'ticket' } }
  },
  ConfigurationsDiffer: async (o) => {
    const label = 'integrity-replicated'
    const sharing = await o.add({ name: 'integrity', label })
    await o.add({ name: 'integrity', label, sharing, edit: (config) => ({ ...config, deadline: '7s' }) })
    return { labels: { service: label, severity: 'ticket' } }
  },
}
