import { signPackageToken, TOKEN_FIELD } from '@callback-quorum/protocol'
import {
  CUSTODY,
  makeFireblocksTransfer,
  makeV2KeySign,
  packageBytes,
  type CoboPackage,
  type Exchange,
} from '@callback-quorum/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOtlpReceiver, type OtlpReceiver } from '../otlp-receiver.ts'
import { CUSTOMER, startE2eRig, type E2eRig } from './rig.ts'
import { traceOf, treeOf } from './trace-tree.ts'

const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
/** A stranger's. */
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

let receiver: OtlpReceiver
let rig: E2eRig
beforeAll(async () => {
  receiver = await startOtlpReceiver()
  rig = await startE2eRig({ everyService: `tracing: { otlp: "${receiver.url}", ratio: 1 }` })
  await rig.startGatewayHere()
})
afterAll(async () => {
  await rig.close()
  await receiver.close()
})

const payment = (reference: string, requestId: string, to = CUSTOMER): CoboPackage =>
  makeV2KeySign({
    ...{ reference, requestId, to, amount: '0.25', organisation: CUSTODY.organisation },
    // Asked again, the request is the very same.
    ...{ transactionId: requestId, coboId: requestId, createdAtMs: 1_760_000_000_000, seed: 7 },
  })

async function ask(content: CoboPackage): Promise<Exchange> {
  const [exchange] = await rig.node(['gateway']).askOnce(content)
  if (exchange === undefined) throw new Error('the node has one server')
  return exchange
}

/** Posts a token as a stranger would who has seen it: with a header of his own. */
async function post(server: string, content: CoboPackage, traceparent: string, spoil = ''): Promise<number> {
  const signer = { privateKey: rig.nodeKey, issuer: '', tokenExpireMs: 120_000 }
  const token = await signPackageToken(packageBytes(content), signer, Date.now())
  const response = await fetch(`${rig.urls.get(server) ?? ''}/v2/check`, {
    method: 'POST',
    headers: { traceparent },
    body: new URLSearchParams({ [TOKEN_FIELD]: `${token}${spoil}` }),
  })
  await response.text()
  return response.status
}

const APPROVED = `gateway: request approved
  admit
  ask business-lookup approved
    business-lookup: request approved
      bind
      describe
      record
        claim
      rule known-payment approved
      sign
      verify
  ask integrity approved
    integrity: request approved
      bind
      describe
      record
        claim
      rule capped-fee approved
      rule known-contract approved
      rule known-message approved
      rule known-recipient approved
      rule look-alike approved
      rule no-power approved
      rule signing-group approved
      sign
      verify
  ask limits approved
    limits: request approved
      bind
      describe
      record
        claim
      sign
      verify
  ask sanctions approved
    sanctions: request approved
      bind
      describe
      record
        claim
      rule listed-address approved
      rule look-alike approved
      sign
      verify
  record
  sign
  verify`

/** A Co-signer's keys hang on vaults and on no group. */
const APPROVED_FOR_A_COSIGNER = APPROVED.replace('      rule signing-group approved\n', '').replace(
  '      rule look-alike approved\n',
  '      rule known-vault approved\n      rule look-alike approved\n',
)

test('an approval is one trace through the gateway and four checkers, each below the call that asked it', async () => {
  await rig.addWithdrawal('WD-10000001', 'ETH', '0.25')
  expect(await ask(payment('WD-10000001', 'traced-approval'))).toMatchObject({ result: 'approve' })
  const spans = await traceOf(receiver, 'traced-approval', { requests: 5 })
  expect(treeOf(spans)).toBe(APPROVED)
  const request = spans.find(({ service, name }) => service === 'gateway' && name === 'request')
  expect(request?.attributes).toEqual({
    ...{ platform: 'cobo', dialect: 'cobo-v2', kind: 'keysign', request_id: 'traced-approval' },
    ...{ recalled: false, outcome: 'approved', http_status: 200 },
  })
  // Stages are one after the other, and every span lies within the one above it.
  const span = (name: string) => spans.find((each) => each.name === name)
  expect((span('ask limits')?.startNs ?? 0n) >= (span('ask sanctions')?.endNs ?? 1n)).toBe(true)
  for (const each of spans) {
    const above = spans.find(({ spanId }) => spanId === each.parentSpanId)
    if (above !== undefined && above.service === each.service)
      expect([each.name, each.startNs >= above.startNs && each.endNs <= above.endNs]).toEqual([each.name, true])
  }
})

test('no span names an address, an amount, a reference, a token or a key', () => {
  const said = JSON.stringify(receiver.spans.map(({ name, attributes }) => [name, attributes])).toLowerCase()
  expect(said).toContain('traced-approval')
  for (const secret of [CUSTOMER, CUSTODY.organisation, 'wd-10000001', '0.25', 'eyj', CUSTODY.walletId, 'node', '0x'])
    expect(said).not.toContain(secret.toLowerCase())
})

test('a recall is a trace of its own, in which nobody is asked', async () => {
  expect(await ask(payment('WD-10000001', 'traced-approval'))).toMatchObject({ result: 'approve' })
  const spans = await traceOf(receiver, 'traced-approval', { requests: 1, nth: 1 })
  expect(treeOf(spans, ['outcome', 'recalled'])).toBe(`gateway: request approved true
  admit
  sign
  verify`)
})

test('a rejection ends the others, whose spans say that they were cancelled', async () => {
  await rig.addWithdrawal('WD-10000002', 'ETH', '0.25', LISTED)
  const { integrity, 'business-lookup': lookup } = rig.databases
  const lock = { text: 'lock table verdict_record in access exclusive mode' }
  // Two checkers cannot record meanwhile, so that the third one is first.
  const exchange = await integrity.transaction(async (one) => {
    await one.query(lock)
    return lookup.transaction(async (two) => {
      await two.query(lock)
      return ask(payment('WD-10000002', 'traced-rejection', LISTED))
    })
  })
  expect(exchange).toMatchObject({ result: 'reject' })
  const spans = await traceOf(receiver, 'traced-rejection', { requests: 4 })
  const ofGateway = spans.filter(({ service }) => service === 'gateway')
  expect(treeOf(ofGateway, ['outcome', 'mode', 'attempts'])).toBe(`gateway: request rejected
  admit
  ask business-lookup cancelled enforce 1
  ask integrity cancelled enforce 1
  ask sanctions rejected enforce 1
  record
  sign
  verify`)
  // They went on to their verdicts, for nobody.
  const requests = spans.filter(({ name }) => name === 'request')
  for (const name of ['integrity', 'business-lookup', 'sanctions']) {
    const above = ofGateway.find((span) => span.name === `ask ${name}`)
    expect(requests.find(({ service }) => service === name)?.parentSpanId).toBe(above?.spanId)
  }
  const listed = spans.find(({ name }) => name === 'rule listed-address')
  expect(listed?.attributes).toEqual({ outcome: 'rejected', codes: ['SANCTIONS_MATCH'] })
})

test('a deferral says which checker could not be told, and how often it was tried', async () => {
  await rig.addWithdrawal('WD-10000003', 'ETH', '0.25')
  await rig.stopChecker('sanctions')
  expect((await ask(payment('WD-10000003', 'traced-deferral'))).result).not.toBe('approve')
  await rig.startChecker('sanctions')
  const spans = await traceOf(receiver, 'traced-deferral', { requests: 3 })
  const ofGateway = spans.filter(({ service }) => service === 'gateway')
  // Silence for the node: nothing is signed, and there is no HTTP status.
  expect(treeOf(ofGateway, ['outcome', 'attempts', 'http_status'])).toBe(`gateway: request failed
  admit
  ask business-lookup approved 1
  ask integrity approved 1
  ask sanctions failed 4
  record
  verify`)
  expect(ofGateway.find(({ name }) => name === 'ask sanctions')?.attributes['cause']).toBe('transport')
  expect(await ask(payment('WD-10000003', 'traced-deferral'))).toMatchObject({ result: 'approve' })
  expect(treeOf(await traceOf(receiver, 'traced-deferral', { requests: 5, nth: 1 }))).toBe(APPROVED)
})

test('a request of a Co-signer is traced alike', async () => {
  await rig.addWithdrawal('WD-10000004', 'ETH', '0.25')
  const request = makeFireblocksTransfer({
    ...{ asset: 'ETH', to: CUSTOMER, amount: '0.25', externalTxId: 'WD-10000004', stage: 'signing' },
    ...{ txId: 'traced-cosigner', requestId: 'traced-cosigner' },
  })
  expect((await rig.cosigner('signer').askOnce(request)).result).toBe('approve')
  const spans = await traceOf(receiver, 'traced-cosigner', { requests: 5 })
  expect(treeOf(spans)).toBe(APPROVED_FOR_A_COSIGNER)
  const root = spans.find(({ parentSpanId }) => parentSpanId === '')
  expect(root?.attributes).toMatchObject({ platform: 'fireblocks', dialect: 'fireblocks-jwt', kind: 'tx-signing' })
})

test('whoever asks the gateway chooses no trace', async () => {
  await rig.addWithdrawal('WD-10000005', 'ETH', '0.25')
  expect(await post('gateway', payment('WD-10000005', 'traced-stranger'), TRACEPARENT)).toBe(200)
  const spans = await traceOf(receiver, 'traced-stranger', { requests: 5 })
  expect(spans[0]?.traceId).not.toBe(TRACE)
  expect(treeOf(spans)).toBe(APPROVED)
})

test('a checker believes a trace of a verified request alone, and decides the same with any', async () => {
  await rig.addWithdrawal('WD-10000006', 'ETH', '0.25')
  const content = payment('WD-10000006', 'traced-checker')
  expect(await post('integrity', content, TRACEPARENT, 'x')).toBe(200)
  for (const header of [TRACEPARENT.toUpperCase(), `${TRACEPARENT}, ${TRACEPARENT}`, TRACEPARENT, 'x'.repeat(8_000)])
    expect(await post('integrity', content, header)).toBe(200)
  const verdicts = await rig.databases.integrity.query({
    text: `select outcome from verdict_record where request_id = 'traced-checker'`,
  })
  expect(verdicts).toEqual(Array.from({ length: 4 }, () => ({ outcome: 'approve' })))
  const ofRequest = () => receiver.spans.filter(({ attributes }) => attributes['request_id'] === 'traced-checker')
  await expect.poll(() => ofRequest().length, { timeout: 15_000 }).toBe(4)
  expect(ofRequest().filter(({ traceId }) => traceId === TRACE)).toHaveLength(1)
  expect(receiver.spans.filter(({ name, traceId }) => name === 'request' && traceId === TRACE)).toHaveLength(1)
})

test('waits of the gateway name a trace, in OpenMetrics', async () => {
  const response = await rig.metrics()
  expect(response.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const traces = new Set(receiver.spans.map(({ traceId }) => traceId))
  for (const name of ['request_seconds', 'decision_seconds', 'checker_seconds']) {
    const found = [
      ...response.text.matchAll(new RegExp(`^callback_quorum_${name}_bucket.* # {trace_id="(\\w+)"}`, 'gm')),
    ]
    expect(found.length).toBeGreaterThan(0)
    for (const [, traceId] of found) expect(traces).toContain(traceId)
  }
  expect(response.text).toMatch(/^callback_quorum_trace_exports_total\{.*result="exported".*\} [1-9]/m)
  expect(response.text).toMatch(/^callback_quorum_trace_exports_total\{.*result="failed".*\} 0$/m)
})
