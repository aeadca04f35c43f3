import { generateKeyPair } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeV2Ping, postToken } from '@callback-quorum/simulator'
import { PROMETHEUS_CONFIGURATION, ruleFilesOfDeploy } from '../rig/deploy-files.ts'
import { openDoor } from '../rig/doors.ts'
import type { Observed } from '../rig/observe.ts'
import { nodePayment } from '../rig/platforms.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
import { startPrometheus } from '../rig/start-prometheus.ts'
import { times } from '../rig/times.ts'
import { seenUp } from './availability.ts'

/** A gateway one of whose checkers is not there: everything it is asked is deferred. */
const withoutChecker = shared(async (o) => {
  const service = await o.add({
    name: 'gateway',
    label: 'gateway-without-checker',
    edit: (config) => ({
      ...config,
      checkers: (config.checkers as readonly object[]).map((entry) => ({
        ...entry,
        service_address: 'http://127.0.0.1:1',
      })),
      deferral: { cobo: 'status_30' },
    }),
  })
  await seenUp(o, service)
  const node = o.platforms.node(service)
  return { service, again: () => Promise.all(times(3).map(() => node.askOnce(nodePayment()))) }
})

/** Past what a node waits. */
const STOOD_STILL_MS = 10_500
/** The shortest window is then longer than the standing still, so that it holds a scrape of before. */
const A_LITTLE_SHORTER = 10

/** A gateway that stands still with questions in its hands, as on a host that was paused: by itself it answers before the node hangs up. */
const pausedHost = shared(async (o) => {
  const silent = await openDoor(() => undefined)
  silent.state = 'silent'
  o.onClose(() => silent.close())
  const service = await o.add({
    name: 'gateway',
    label: 'gateway-paused',
    isProcess: true,
    isPatient: true,
    edit: (config) => ({
      ...config,
      checkers: (config.checkers as readonly object[]).map((entry) => ({ ...entry, service_address: silent.origin })),
      deferral: { cobo: 'status_30' },
    }),
  })
  await seenUp(o, service)
  const prometheus = await startPrometheus({
    folder: join(o.folder, 'prometheus-a-little-shorter'),
    configuration: await readFile(PROMETHEUS_CONFIGURATION, 'utf8'),
    ruleFiles: ruleFilesOfDeploy(),
    shorter: A_LITTLE_SHORTER,
  })
  o.onClose(() => prometheus.stop())
  await prometheus.setTargets([{ instance: service.instance, team: 'custody' }])
  await seenUp({ prometheus }, service)
  const node = o.platforms.node(service)
  const { pid } = service.process()
  if (pid === undefined) throw new RangeError('the process has ended')
  const pause = async (): Promise<void> => {
    for (const _ of times(6)) void node.askOnce(nodePayment()).catch(() => undefined)
    await delay(1_000)
    process.kill(pid, 'SIGSTOP')
    await delay(STOOD_STILL_MS).finally(() => process.kill(pid, 'SIGCONT'))
    await delay(6_000)
  }
  let pausing: Promise<void> | undefined
  const again = (): Promise<void> =>
    (pausing ??= pause().finally(() => {
      pausing = undefined
    }))
  return { service, prometheus, again }
})

const failing = async (o: Observed, severity: string): Promise<Made> => {
  const { service, again } = await withoutChecker(o)
  return { labels: { service: service.label, platform: 'cobo', severity }, again }
}
const late = async (o: Observed, severity: string): Promise<Made> => {
  const { service, prometheus, again } = await pausedHost(o)
  return { labels: { service: service.label, platform: 'cobo', severity }, again, prometheus }
}

export const RESOURCES: Situations = {
  RequestsFailingFast: (o) => failing(o, 'page'),
  RequestsFailing: (o) => failing(o, 'page'),
  RequestsFailingSlowly: (o) => failing(o, 'ticket'),
  RequestsLateFast: (o) => late(o, 'page'),
  RequestsLate: (o) => late(o, 'page'),
  RequestsLateSlowly: (o) => late(o, 'ticket'),
  EventLoopLag: async (o) => {
    const service = await o.add({ name: 'integrity', label: 'integrity-starved', isProcess: true, isPatient: true })
    await seenUp(o, service)
    const { pid } = service.process()
    if (pid === undefined) throw new RangeError('the process has ended')
    const starving = starve(pid)
    o.onClose(() => starving.stop())
    return { labels: { instance: service.instance } }
  },
  DatabasePoolWaiting: async (o) => {
    const service = await o.add({ name: 'integrity', label: 'integrity-locked-out', isPatient: true })
    await seenUp(o, service)
    const database = await service.open()
    const node = o.platforms.node(service)
    // Somebody holds a table, and more is asked than there are connections.
    const again = (): Promise<void> =>
      database.transaction(
        async (tx) => {
          await tx.query({ text: 'lock table business in access exclusive mode' })
          for (const _ of times(12)) {
            for (const _payment of times(8)) void node.askOnce(nodePayment()).catch(() => undefined)
            await delay(500)
          }
        },
        { timeoutMs: 9_000 },
      )
    return { labels: { service: service.label, severity: 'ticket' }, again }
  },
  SigningQueue: async (o) => {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 4_096 })
    const file = 'keys/long.pem'
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(o.folder, file), pem, { mode: 0o600 })
    const edit = (config: object): Readonly<Record<string, unknown>> => ({ ...config, identity: { private_key: file } })
    const service = await o.add({ name: 'integrity', label: 'integrity-slow-signing', edit })
    await seenUp(o, service)
    const node = o.platforms.node(service)
    const token = await node.mint(makeV2Ping())
    const ask = (): Promise<unknown> => postToken(`${service.callbackUrl}/v2/check`, token, { timeoutMs: 20_000 })
    const again = (): Promise<unknown> => Promise.allSettled(times(200).map(ask))
    return { labels: { service: service.label }, again }
  },
  ClockSkew: async (o) => {
    const service = await o.add({ name: 'integrity', label: 'integrity-ahead', aheadMs: 40_000 })
    return { labels: { service: service.label } }
  },
}

/** From now on the process is halted for most of the time; scrapes fall in between. */
function starve(pid: number): { stop(): Promise<void> } {
  const over = new AbortController()
  const halting = (async () => {
    while (!over.signal.aborted) {
      process.kill(pid, 'SIGSTOP')
      await delay(350)
      process.kill(pid, 'SIGCONT')
      await delay(200)
    }
  })()
  return {
    stop: async () => {
      over.abort()
      await halting
    },
  }
}
