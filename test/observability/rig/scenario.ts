import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  CUSTODY,
  FORGERIES,
  forgeToken,
  makeEvent,
  makeFireblocksConfigChange,
  makeV2KeyGen,
  makeV2KeyReshare,
  sendEvent,
  type CoboPackage,
} from '@callback-quorum/simulator'
import { CANCEL_TYPE, eventKeyFile, HOUSE_LISTED, INTENT_TYPE } from './everything.ts'
import { deliverHouseList, HOUSE_LIST } from './house-list.ts'
import type { LiveService } from './live-service.ts'
import type { Observed } from './observe.ts'
import { CUSTOMER, LISTED, newReference, nodePayment, STRANGER, v1Payment, vaultPayment } from './platforms.ts'
import type { Door } from './doors.ts'
import { waitFor } from './wait-for.ts'

/** Resembles the customer at both ends: 3 + 4 characters, as real forgeries do. */
const LOOK_ALIKE = `0x8b4${'0'.repeat(32)}a2bfd`
const HOUR_MS = 3_600_000

export interface Stage {
  readonly observed: Observed
  readonly vendor: Door
  /** business-lookup with an inbox, and where that listens. */
  readonly inbox: { readonly service: LiveService; readonly url: string; readonly token: string }
}

/** Books a withdrawal of ETH and resolves to its reference. */
export function book({ payouts }: Observed, amount = '0.01', address = CUSTOMER): string {
  const reference = newReference()
  payouts.add({ reference, currency: 'ETH', amount, address })
  return reference
}

/** Payments that everybody approves, from both platforms and in every dialect; throws when one was not. */
export async function playApprovals(o: Observed): Promise<void> {
  const gateway = o.service('gateway')
  const [node, older] = [o.platforms.node(gateway), o.platforms.node(gateway, 'v1')]
  const vault = { reference: book(o), txId: newReference() }
  const answers = await Promise.all([
    node.askOnce(nodePayment({ reference: book(o) })),
    older.askOnce(v1Payment({ reference: book(o) })),
    node.askOnce(makeV2KeyGen()),
  ])
  const actions = answers.flat().map(({ action }) => action)
  const approval = await o.platforms.cosigner(gateway, 'approver').askOnce(vaultPayment('approval', vault))
  const signing = await o.platforms.cosigner(gateway, 'signer').askOnce(vaultPayment('signing', vault))
  const said = [...actions, approval.result, signing.result]
  if (said.join() !== 'APPROVE,APPROVE,APPROVE,approve,approve') throw new Error(`not all approved: ${said.join()}`)
  await Promise.all([node.ping(), older.ping()])
}

/** Each checker refuses something, on both platforms. */
export async function playRejections(o: Observed): Promise<void> {
  const gateway = o.service('gateway')
  const node = o.platforms.node(gateway)
  const lie = { to: STRANGER, describedAs: { to: CUSTOMER } }
  const whitelisting = makeFireblocksConfigChange({ type: 'UNMANAGED_WALLET', asset: 'ETH', address: LISTED })
  await Promise.all([
    node.askOnce(nodePayment({ amount: '12', reference: book(o, '12') })),
    node.askOnce(nodePayment({ amount: '6', reference: book(o, '6') })),
    node.askOnce(nodePayment({ to: LISTED, reference: book(o, '0.01', LISTED) })),
    node.askOnce(nodePayment({ to: HOUSE_LISTED, reference: book(o, '0.01', HOUSE_LISTED) })),
    node.askOnce(nodePayment({ amount: '0.02', reference: book(o, '0.01') })),
    node.askOnce(nodePayment({ ...lie, reference: book(o) })),
    node.askOnce(makeV2KeyReshare()),
    o.platforms.cosigner(gateway, 'signer').askOnce(vaultPayment('signing', { ...lie, reference: book(o) })),
    o.platforms.cosigner(gateway, 'approver').askOnce(whitelisting),
  ])
}

/** The same question twice, and one whose answer waits for a checker that is away. */
export async function playDeferral(o: Observed): Promise<void> {
  const node = o.platforms.node(o.service('gateway'))
  const known = nodePayment({ reference: book(o) })
  await node.askOnce(known)
  await node.askOnce(known)
  const late = nodePayment({ reference: book(o) })
  await o.service('integrity').stop()
  const [meanwhile] = await node.askOnce(late)
  if (meanwhile?.action === 'APPROVE') throw new Error('approved without a required checker')
  await o.service('integrity').start()
  const approved = async (): Promise<boolean | undefined> => (await isApproved(node.askOnce(late))) || undefined
  await waitFor('the deferred request is approved', approved, { everyMs: 500 })
}

const isApproved = async (asked: Promise<readonly { readonly action?: unknown }[]>): Promise<boolean> =>
  (await asked)[0]?.action === 'APPROVE'

export async function playForgeries({ platforms, service }: Observed): Promise<void> {
  const node = platforms.node(service('gateway'))
  const content = nodePayment()
  const tokens = FORGERIES.map((forgery) => forgeToken(forgery, content, { privateKey: platforms.nodeKey }))
  await Promise.all(tokens.map((token) => node.askOnce(content, { token })))
}

/** Blocks and overrides by two people, a new version of a list, and a payment that meets each. */
export async function playDesk(o: Observed): Promise<void> {
  const sanctions = o.service('sanctions')
  const node = o.platforms.node(o.service('gateway'))
  const inAnHour = new Date(Date.now() + HOUR_MS).toISOString()
  await decide(o, sanctions, {
    ...{ kind: 'block', address: STRANGER, scope: '*', reason: 'fraud', source_ref: 'case 9', review_at: inAnHour },
  })
  await decide(o, sanctions, {
    ...{ kind: 'override', address: LISTED, organisation: CUSTODY.organisation, wallet: CUSTODY.walletId },
    ...{ reason: 'release of funds', case_ref: 'case 17', licence_ref: 'GL-1', expires_at: inAnHour },
  })
  await node.askOnce(nodePayment({ to: LISTED, reference: book(o, '0.01', LISTED) }))
  await node.askOnce(nodePayment({ to: LOOK_ALIKE, reference: book(o, '0.01', LOOK_ALIKE) }))
  // Whom we have paid is listed now: look-back has something to find.
  await deliverHouseList(o.folder, [HOUSE_LISTED, LOOK_ALIKE])
  await o.admin(sanctions, 'operator', { path: `/v1/lists/${HOUSE_LIST}/refresh`, body: {} })
}

/** What one person proposes another approves. Throws with the refusal. */
export async function decide(o: Observed, service: LiveService, body: object): Promise<void> {
  const proposed = await o.admin(service, 'operator', { path: '/v1/proposals', body })
  const { id } = JSON.parse(proposed.text) as { readonly id?: string }
  const approved = await o.admin(service, 'approver', { path: `/v1/proposals/${id ?? ''}/approve`, body: {} })
  if (approved.status !== 200) throw new Error(`${proposed.text} ${approved.text}`)
}

/** The node tells limits what became of requests. */
export async function playEvents(o: Observed, request: CoboPackage = nodePayment()): Promise<void> {
  const privateKey = createPrivateKey(await readFile(eventKeyFile(o.folder)))
  const url = `${o.service('limits').callbackUrl}/v2/event`
  for (const status of ['created', 'succeeded', 'failed'] as const)
    await sendEvent(url, makeEvent(request, status), { privateKey })
}

/** The business system tells what is to be paid, changes it, takes it back, and says something that is refused. */
export async function playInbox({ observed, inbox: { service, url, token } }: Stage): Promise<void> {
  const reference = newReference()
  const event = (version: number, changed: object = {}): object => ({
    ...{ specversion: '1.0', id: `${reference}/${version}`, source: '/payouts', type: INTENT_TYPE },
    ...{ time: new Date().toISOString(), subject: reference, version },
    data: { reference, state: 'approved', currency: 'ETH', amount: '0.01', address: CUSTOMER, valid_until: inADay() },
    ...changed,
  })
  const push = (body: object): Promise<Response> =>
    fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    })
  await push(event(1))
  await observed.platforms.node(service).askOnce(nodePayment({ reference }))
  await push(event(1))
  await push(event(2, { data: { reference, state: 'approved', currency: 'ETH', amount: '7', address: STRANGER } }))
  await push(event(3, { type: CANCEL_TYPE, data: { reason: 'withdrawn' } }))
  await push(event(4, { type: 'com.example.unknown' }))
}

const inADay = (): string => new Date(Date.now() + 24 * HOUR_MS).toISOString()

/** Others' servers fail for a while. */
export async function playOutages({ observed: o, vendor }: Stage): Promise<void> {
  const node = o.platforms.node(o.service('gateway'))
  const ask = (): Promise<unknown> => node.askOnce(nodePayment({ reference: book(o) }))
  o.payouts.door.state = 'broken'
  vendor.state = 'broken'
  await Promise.all([ask(), ask(), ask()])
  o.payouts.door.state = 'up'
  await ask()
  vendor.state = 'up'
}

export async function playFreeze(o: Observed): Promise<void> {
  const gateway = o.service('gateway')
  const node = o.platforms.node(gateway)
  await o.admin(gateway, 'operator', { path: '/v1/freeze', body: { reason: 'a drill' } })
  const payment = nodePayment({ reference: book(o) })
  if (await isApproved(node.askOnce(payment))) throw new Error('approved while frozen')
  await o.admin(gateway, 'viewer', { path: '/v1/unfreeze', body: { reason: 'not allowed to' } })
  await o.admin(gateway, 'none', { path: '/v1/freeze' })
  await o.admin(gateway, 'approver', { path: '/v1/unfreeze', body: { reason: 'the drill is over' } })
  for (const name of ['limits', 'sanctions', 'integrity', 'business-lookup'] as const)
    await o.admin(o.service(name), 'viewer', { path: '/v1/state' })
}
