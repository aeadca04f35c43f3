import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signEllipticRequest } from '../../src/vendors/apis/elliptic.ts'
import { API_KEY, ASKED, createVendorRig, ellipticAt, SECRET, type VendorRig } from './vendor-rig.ts'
import { json, text } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

/** As in the reference of developers.elliptic.co, "Run a single analysis", shortened; the score stands apart to keep its digits. */
const analysis = (score: string, more: object = {}): string =>
  JSON.stringify({
    id: 'b7535048-76f8-4f60-bdd3-9d659298f9e7',
    type: 'wallet_exposure',
    subject: { asset: 'holistic', type: 'address', hash: ASKED, blockchain: 'holistic' },
    customer: { id: 'b7535048-76f8-4f60-bdd3-9d659298f9e7', reference: 'callback-quorum' },
    blockchain_info: { cluster: { inflow_value: { usd: 38383838 }, outflow_value: { usd: 1698.2417732535894 } } },
    cluster_entities: [],
    process_status: 'complete',
    risk_score: 'SCORE',
    error: null,
    ...more,
  }).replace('"SCORE"', score)

const OWNER = {
  name: 'Mt.Gox',
  category: 'Exchange',
  is_primary_entity: true,
  is_vasp: true,
  is_after_sanction_date: false,
}

describe('the signature', () => {
  const payload =
    '[{"customer_reference":"123456","subject":{"asset":"BTC","hash":"accf5c09cc027339a3beb2e28104ce9f406ecbbd29775b4a1a17ba213f1e035e",' +
    '"output_address":"15Hm2UEPaEuiAmgyNgd5mF3wugqLsYs3Wn","output_type":"address","type":"transaction"},"type":"source_of_funds"}]'

  test('is that of the examples in the documentation', () => {
    expect(signEllipticRequest(SECRET, '1478692862000', 'POST', '/v2/analyses', payload)).toBe(
      '65mQHB2o95lL3I+N/bZYwDC9p2YvNwsVDnXr8u72hUk=',
    )
    expect(signEllipticRequest(SECRET, '1478692862000', 'GET', '/v2/customers', '{}')).toBe(
      'cN9fRUqeT7UnwwpkBZaNmnwxKAPHkhytdXelfUVvxMI=',
    )
  })

  test('covers the very body and path that are sent, at the time of the service', async () => {
    const server = await rig.serve(text(analysis('0.5')))
    await (await rig.open([ellipticAt(server)])).judge()
    const [sent] = server.received
    const timestamp = String(rig.nowMs)
    expect(sent).toMatchObject({
      method: 'POST',
      path: '/v2/wallet/synchronous',
      headers: {
        'x-access-key': API_KEY,
        'x-access-timestamp': timestamp,
        'x-access-sign': signEllipticRequest(SECRET, timestamp, 'POST', '/v2/wallet/synchronous', sent?.body ?? ''),
      },
    })
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      subject: { asset: 'holistic', blockchain: 'holistic', type: 'address', hash: ASKED },
      type: 'wallet_exposure',
      customer_reference: 'callback-quorum',
    })
  })
})

test.each([
  ['0', 'approve'],
  ['7.49999999999999999999', 'approve'],
  ['7.5', 'reject'],
  ['7.50', 'reject'],
  ['75e-1', 'reject'],
  ['9.038007', 'reject'],
  ['10', 'reject'],
  ['10.0', 'reject'],
])('a risk score of %s, rejected from 7.5 on: %s', async (score, outcome) => {
  const server = await rig.serve(text(analysis(score)))
  expect((await (await rig.open([ellipticAt(server)])).judge()).outcome).toBe(outcome)
})

test('S29: a score of null is unable and never an approval', async () => {
  const server = await rig.serve(text(analysis('null')))
  expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({
    outcome: 'unable',
    code: 'VENDOR_UNKNOWN',
    text: expect.stringContaining('there is no risk score') as string,
    evidence: { vendors: [{ answers: [{ status: 'unknown', reference: 'b7535048-76f8-4f60-bdd3-9d659298f9e7' }] }] },
  })
})

test.each([
  ['running', { process_status: 'running' }, 'VENDOR_UNKNOWN'],
  ['without a status', { process_status: undefined }, 'VENDOR_UNAVAILABLE'],
  ['ended in an error', { error: { message: 'something went wrong' } }, 'VENDOR_UNAVAILABLE'],
  ['about another address', { subject: { hash: `${ASKED.slice(0, -1)}0` } }, 'VENDOR_UNAVAILABLE'],
  ['about no address', { subject: {} }, 'VENDOR_UNAVAILABLE'],
  ['without an id', { id: undefined }, 'VENDOR_UNAVAILABLE'],
])('an analysis that is %s is unable, whatever its score', async (_, more, code) => {
  const server = await rig.serve(text(analysis('0', more)))
  expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({ outcome: 'unable', code })
})

test.each(['10.1', '-1', '"high"', '""', '{}', '[]', 'true', '1e99'])('a score of %s is no answer', async (score) => {
  const server = await rig.serve(text(analysis(score)))
  expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({
    outcome: 'unable',
    code: 'VENDOR_UNAVAILABLE',
  })
})

test('an answer without a score is no answer', async () => {
  const server = await rig.serve(text(analysis('0', { risk_score: undefined })))
  expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({ code: 'VENDOR_UNAVAILABLE' })
})

describe('an owner', () => {
  test('of a rejected category rejects under a low score', async () => {
    const server = await rig.serve(text(analysis('0', { cluster_entities: [OWNER] })))
    const { judge } = await rig.open([ellipticAt(server, { reject_categories: ['Exchange'] })])
    expect(await judge()).toMatchObject({ outcome: 'reject', objections: [{ code: 'VENDOR_RISK' }] })
  })

  test('of another category is recorded', async () => {
    const server = await rig.serve(text(analysis('0', { cluster_entities: [OWNER] })))
    expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({
      outcome: 'approve',
      evidence: {
        vendors: [
          { answers: [{ findings: [{ level: '0' }, { category: 'Exchange', level: 'Mt.Gox', effect: 'report' }] }] },
        ],
      },
    })
  })

  test.each(['0', 'null'])('that is sanctioned rejects, with a score of %s', async (score) => {
    const sanctioned = { ...OWNER, is_after_sanction_date: true }
    const server = await rig.serve(text(analysis(score, { cluster_entities: [OWNER, sanctioned] })))
    expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({
      outcome: 'reject',
      objections: [{ text: expect.stringContaining('owner after its sanction date') as string }],
    })
  })
})

describe('an address that Elliptic has not seen', () => {
  const NOT_SEEN = { name: 'NotInBlockchain', message: 'has not yet been processed into the Elliptic tool' }

  test('is unknown', async () => {
    const server = await rig.serve(json(NOT_SEEN, 404))
    expect(await (await rig.open([ellipticAt(server)])).judge()).toMatchObject({
      outcome: 'unable',
      code: 'VENDOR_UNKNOWN',
    })
  })

  test('is approved when the operator says that it counts as clean', async () => {
    const server = await rig.serve(json(NOT_SEEN, 404))
    expect(await (await rig.open([ellipticAt(server, { never_seen: 'clean' })])).judge()).toMatchObject({
      outcome: 'approve',
      evidence: { vendors: [{ answers: [{ findings: [{ category: 'never seen', effect: 'report' }] }] }] },
    })
  })

  test.each([json({ name: 'NotFound' }, 404), json({}, 404), text('not found', 404, 'text/plain')])(
    'is told apart from any other 404 (%#)',
    async (respond) => {
      const server = await rig.serve(respond)
      const { judge } = await rig.open([ellipticAt(server, { never_seen: 'clean' })])
      expect(await judge()).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
    },
  )
})
