import { createPublicKey, generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { Mapping } from '@callback-quorum/cli'
import { signOutcome, type OutcomeNotice } from '@callback-quorum/protocol'
import { loadPrivateKey } from '@callback-quorum/service'
import { fingerprintOf, makeEvent, sendEvent } from '@callback-quorum/simulator'
import { withEvents } from '../rig/everything.ts'
import type { LiveService } from '../rig/live-service.ts'
import type { Observed } from '../rig/observe.ts'
import { nodePayment, vaultPayment } from '../rig/platforms.ts'
import type { Made, Situations } from '../rig/situation.ts'
import { tamper } from '../rig/tamper.ts'
import { times } from '../rig/times.ts'
import { waitFor } from '../rig/wait-for.ts'
import { seenUp } from './availability.ts'

const POST_MS_MAX = 15_000

const asked = async (o: Observed, variant: Parameters<Observed['add']>[0]): Promise<LiveService> => {
  const service = await o.add(variant)
  await seenUp(o, service)
  return service
}

export const EVERY_CHECKER: Situations = {
  CheckerUnable: async (o) => {
    const edit = (config: Mapping): Mapping => ({
      ...config,
      connector: { ...(config.connector as Mapping), url: 'http://127.0.0.1:1/{reference}' },
    })
    const service = await asked(o, { name: 'business-lookup', label: 'business-lookup-alone', edit })
    const node = o.platforms.node(service)
    return { labels: { service: service.label, severity: 'page' }, again: () => node.askOnce(nodePayment()) }
  },
  RulesWithoutJudgement: async (o) => {
    const edit = (config: Mapping): Mapping => ({ ...config, deadline: '1s' })
    const service = await asked(o, { name: 'sanctions', label: 'sanctions-waiting', edit })
    const database = await service.open()
    const node = o.platforms.node(service)
    const again = (): Promise<unknown> =>
      database.transaction(async (tx) => {
        await tx.query({ text: 'lock table allow_override, manual_block in access exclusive mode' })
        await Promise.all(times(3).map(() => node.askOnce(nodePayment())))
      })
    return { labels: { service: service.label, severity: 'ticket' }, again }
  },
  ApprovalsLetGo: async (o) => {
    const edit = (config: Mapping): Mapping => ({ ...config, approval_hold: '1m' })
    const service = await asked(o, { name: 'integrity', label: 'integrity-never-signing', edit })
    const approver = o.platforms.cosigner(service, 'approver')
    // The first makes the series; what is let go a minute later is counted against it.
    await approver.askOnce(vaultPayment('approval'))
    await makeOld(service)
    await service.stop()
    await service.start()
    for (const _ of times(12)) await approver.askOnce(vaultPayment('approval'))
    await makeOld(service)
    return { labels: { service: service.label, severity: 'ticket' } }
  },
  OutcomesContradict: (o) => toldTwice(o, 'integrity-told-twice', ['approved', 'rejected'], 'ticket'),
  ApprovalContradicts: (o) => toldTwice(o, 'integrity-told-late', ['rejected', 'approved'], 'page'),
  PlatformEventsRefused: async (o) => {
    const service = await asked(o, { name: 'limits', label: 'limits-told-lies', edit: withEvents })
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })
    const url = `${service.callbackUrl}/v2/event`
    const tell = (): Promise<unknown> =>
      sendEvent(url, makeEvent(nodePayment(), 'created', { event_id: randomUUID() }), { privateKey })
    return { labels: { service: service.label, severity: 'ticket' }, again: () => Promise.all(times(2).map(tell)) }
  },
}

/** Their time is over, as far as the database can tell. */
async function makeOld(service: LiveService): Promise<void> {
  await tamper(service, `update attempt set lapses_at = lapses_at - interval '10 minutes'`)
}

async function toldTwice(
  o: Observed,
  label: string,
  [first, then]: readonly [OutcomeNotice['outcome'], OutcomeNotice['outcome']],
  severity: string,
): Promise<Made> {
  const service = await asked(o, { name: 'integrity', label })
  await o.platforms.node(service).askOnce(nodePayment())
  const database = await service.open()
  const attempt = await waitFor('the checker knows the attempt', async () => {
    const text = 'select dialect, kind, request_id, digest, business_key from attempt'
    return (await database.query<Omit<OutcomeNotice, 'aud' | 'caller' | 'outcome'>>({ text }))[0]
  })
  const caller = fingerprintOf(createPublicKey(o.platforms.nodeKey))
  const { key } = await loadPrivateKey(o.configuration.internalKey.privatePath)
  const tell = async (outcome: OutcomeNotice['outcome']): Promise<void> => {
    const response = await fetch(`${service.callbackUrl}/v2/outcome`, {
      method: 'POST',
      headers: { 'content-type': 'application/jwt' },
      body: await signOutcome({ ...attempt, caller, aud: service.label, outcome }, key, Date.now()),
      signal: AbortSignal.timeout(POST_MS_MAX),
    })
    if (!response.ok) throw new Error(`the notice was not taken: ${response.status} ${await response.text()}`)
    await response.body?.cancel()
  }
  await tell(first)
  return { labels: { service: service.label, severity }, again: () => tell(then) }
}
