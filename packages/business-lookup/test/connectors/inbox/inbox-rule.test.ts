import { createMetricsRegistry } from '@callback-quorum/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboxConnector } from '../../../src/connectors/inbox/inbox-connector.ts'
import { knownPayment } from '../../../src/index.ts'
import { createLookupMetrics } from '../../../src/metrics.ts'
import { createReferenceReader } from '../../../src/reference.ts'
import { ASSETS, CUSTOMER, outcomeOf, payment, settings } from '../../lookup-rig.ts'
import { keyFolder, p256, sign, type KeyFolder, type Pair } from '../../proof/signing.ts'
import { MAP, newReference, record, startInboxRig, type InboxRig } from './inbox-rig.ts'

// What was pushed, through the rule: B25 says what a request gets, and not only what the inbox holds.
const NOW = new Date('2026-11-21T12:00:00Z')
const UNTIL = '2026-11-21T13:00:00Z'
const map = { ...MAP, expires_at: { at: '/valid_until' }, proof: { at: '/proof' } }
const OURS = p256()

let rig: InboxRig
let folder: KeyFolder
let inbox: InboxConnector
let ask: (reference: string, hasSeveralOrganisations?: boolean) => Promise<string>
beforeAll(async () => {
  rig = await startInboxRig()
  folder = await keyFolder()
  inbox = await rig.open({ config: { proof: 'required' }, map })
  const rules = { ...settings(''), map }
  const lookup = {
    rules,
    readReference: createReferenceReader(rules.reference),
    connector: inbox,
    assets: ASSETS,
    proofKeys: await folder.load({ ours: OURS }),
    metrics: createLookupMetrics(createMetricsRegistry('rig')),
  }
  ask = async (reference, hasSeveralOrganisations = false) => {
    const rule = knownPayment({ ...lookup, hasSeveralOrganisations })
    const question = payment({ reference })
    const times = { now: NOW, firstAskedAt: NOW }
    const signal = AbortSignal.timeout(5_000)
    const judged = await rule.judge?.(question, { ...times, signal, leftMs: 5_000 })
    if (judged?.outcome !== 'approve') return judged === undefined ? 'nothing' : outcomeOf(judged)
    return rig.database.transaction(async (tx) => {
      const claimed = await rule.claim?.(question, tx, { ...times, alreadyClaimed: false })
      return claimed === undefined ? 'nothing' : outcomeOf(claimed)
    })
  }
})
afterAll(async () => {
  await rig.close()
  await folder.close()
})

const proven = async (ref: string, terms: object = {}, pair: Pair = OURS, kid = 'ours'): Promise<object> => {
  const said = { ref, chain: 'ethereum', asset: 'ETH', amount: '1.5', destination: CUSTOMER, tag: null, expiry: UNTIL }
  const signed = { ...said, nonce: 'nonce-0123456789', ...terms }
  return record({ valid_until: UNTIL, proof: await sign(signed, pair, { alg: 'ES256', kid }) })
}

test('B25: an intent that came twice is approved once', async () => {
  const reference = newReference()
  const data = await proven(reference)
  expect(await rig.put(reference, 1, data, inbox)).toMatchObject({ json: { result: 'stored' } })
  expect(await rig.put(reference, 1, data, inbox)).toMatchObject({ json: { result: 'repeated' } })
  expect(await ask(reference)).toBe('approve')
  expect(await ask(reference)).toBe('REF_ALREADY_USED')
})

test('B25: cancelled before it was created, it stays rejected whatever comes later', async () => {
  const reference = newReference()
  await rig.cancel(reference, 2, inbox)
  expect(await ask(reference)).toContain('INTENT_STATUS')
  for (const version of [1, 3]) {
    expect(await rig.put(reference, version, await proven(reference), inbox)).toMatchObject({ status: 200 })
    expect(await ask(reference)).toBe('INTENT_STATUS')
  }
})

test.each([
  ['over another amount', { amount: '15' }, OURS, 'ours'],
  ['over another reference', { ref: 'WD-elsewhere' }, OURS, 'ours'],
  ['by an unknown key id', {}, OURS, 'theirs'],
  ['by another key under a known key id', {}, p256(), 'ours'],
])('B25: a signature %s is rejected', async (_, terms, pair, kid) => {
  const reference = newReference()
  expect(await rig.put(reference, 1, await proven(reference, terms, pair, kid), inbox)).toMatchObject({ status: 201 })
  expect(await ask(reference)).toBe('SIGNATURE_INVALID')
})

test('where callers of several organisations ask, a signature has to say for which of them it is', async () => {
  const [unnamed, other, named] = [newReference(), newReference(), newReference()]
  await rig.put(unnamed, 1, await proven(unnamed), inbox)
  await rig.put(other, 1, await proven(other, { organisation: 'globex' }), inbox)
  await rig.put(named, 1, await proven(named, { organisation: 'acme' }), inbox)
  expect(await ask(unnamed, true)).toBe('SIGNATURE_INVALID')
  expect(await ask(other, true)).toBe('SIGNATURE_INVALID')
  expect(await ask(named, true)).toBe('approve')
  expect(await ask(unnamed)).toBe('approve')
})
