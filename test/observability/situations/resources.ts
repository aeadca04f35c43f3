import { generateKeyPair } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeV2Ping, postToken } from '@callback-quorum/simulator'
import { openDoor } from '../rig/doors.ts'
import type { Observed } from '../rig/observe.ts'
import { nodePayment } from '../rig/platforms.ts'
import { shared, type Made, type Situations } from '../rig/situation.ts'
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

/** A gateway whose checkers are silent, and whose own deadline is longer than its caller waits. */
const tooPatient = shared(async (o) => {
  const silent = await openDoor(() => undefined)
  silent.state = 'silent'
  o.onClose(() => silent.close())
  const service = await o.add({
    name: 'gateway',
    label: 'gateway-too-patient',
    edit: (config) => ({
      ...config,
      callers: (config.callers as readonly object[]).map((caller) => ({ ...caller, request_timeout: '60s' })),
      checkers: (config.checkers as readonly object[]).map((entry) => ({
        ...entry,
        service_address: silent.origin,
        request_timeout: '11s',
      })),
      deadline: { cobo: '11s' },
      deferral: { cobo: 'status_30' },
    }),
  })
  await seenUp(o, service)
  const node = o.platforms.node(service)
  // Started every second and not waited for: each takes eleven.
  const ask = async (): Promise<void> => {
    for (const _ of times(2)) void node.askOnce(nodePayment()).catch(() => undefined)
    await delay(500)
  }
  return { service, again: ask }
})

const failing = async (o: Observed, severity: string): Promise<Made> => {
  const { service, again } = await withoutChecker(o)
  return { labels: { service: service.label, platform: 'cobo', severity }, again }
}
const late = async (o: Observed, severity: string): Promise<Made> => {
  const { service, again } = await tooPatient(o)
  return { labels: { service: service.label, platform: 'cobo', severity }, again }
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
