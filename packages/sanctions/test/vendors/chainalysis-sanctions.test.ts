import { afterEach, beforeEach, expect, test } from 'vitest'
import { paymentTo } from '../asking.ts'
import { LAZARUS } from '../rule-under-test.ts'
import { API_KEY, ASKED, chainalysisAt, createVendorRig, ETHEREUM, type VendorRig } from './vendor-rig.ts'
import { json, text } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

/** As on developers.chainalysis.com, "Check if an address is sanctioned". */
const SANCTIONED = {
  identifications: [
    {
      category: 'sanctions',
      name: 'SANCTIONS: OFAC SDN Secondeye Solution 2021-04-15',
      description: 'Pakistan-based Secondeye Solution (SES)',
      url: 'https://home.treasury.gov/news/press-releases/jy0126',
    },
  ],
}

test('an address without identifications is approved; the vendor was asked once, with its key, about the very address', async () => {
  const server = await rig.serve(json({ identifications: [] }))
  const { judge } = await rig.open([chainalysisAt(server)])
  expect(await judge()).toMatchObject({
    outcome: 'approve',
    evidence: {
      vendors: [
        {
          vendor: 'chainalysis',
          answers: [
            { status: 'ok', roles: ['destination'], findings: [], cached: false, raw: '{"identifications":[]}' },
          ],
        },
      ],
    },
  })
  expect(server.received).toMatchObject([
    { method: 'GET', path: `/api/v1/address/${ASKED}`, headers: { 'x-api-key': API_KEY, accept: 'application/json' } },
  ])
})

test('every identification rejects and stands in the text and the evidence', async () => {
  const server = await rig.serve(json(SANCTIONED))
  const { judge } = await rig.open([chainalysisAt(server)])
  expect(await judge(paymentTo(ETHEREUM, LAZARUS))).toMatchObject({
    outcome: 'reject',
    objections: [
      {
        code: 'VENDOR_RISK',
        text: `to chainalysis the destination ${LAZARUS} is a risk: sanctions (SANCTIONS: OFAC SDN Secondeye Solution 2021-04-15)`,
        evidence: { vendor: 'chainalysis', status: 'ok', findings: [{ category: 'sanctions', effect: 'reject' }] },
      },
    ],
  })
})

test.each([
  ['an object without identifications', '{}'],
  ['identifications that are null', '{"identifications":null}'],
  ['an object in place of the list', '{"identifications":{}}'],
  ['an identification without category', '{"identifications":[{"name":"x"}]}'],
  ['a category that is null', '{"identifications":[{"category":null}]}'],
  ['a second list', '{"identifications":[{"category":"sanctions"}],"identifications":[]}'],
  ['a list of the same name in capitals', '{"identifications":[{"category":"sanctions"}],"Identifications":[]}'],
  ['a bare list', '[]'],
  ['null', 'null'],
  ['nothing', ''],
  ['a cut answer', '{"identifications":['],
  ['text after the answer', '{"identifications":[]} ok'],
])('%s is no answer: unable', async (_, body) => {
  const server = await rig.serve(text(body))
  const { judge } = await rig.open([chainalysisAt(server)])
  expect(await judge()).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
  // What is malformed once is not asked for again.
  expect(server.received).toHaveLength(1)
})

test('bytes that are no UTF-8 are no answer', async () => {
  const body = Buffer.concat([Buffer.from('{"identifications":[],"x":"'), Buffer.from([0xc3]), Buffer.from('"}')])
  const server = await rig.serve(
    (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
  )
  const { judge } = await rig.open([chainalysisAt(server)])
  expect(await judge()).toMatchObject({ outcome: 'unable', code: 'VENDOR_UNAVAILABLE' })
})

test('a key that the vendor repeats is not in the record', async () => {
  const server = await rig.serve(json({ identifications: [], echo: `key ${API_KEY}` }))
  const { judge } = await rig.open([chainalysisAt(server)])
  const { evidence } = await judge()
  expect(JSON.stringify(evidence)).toContain('key [redacted]')
  expect(JSON.stringify(evidence)).not.toContain(API_KEY)
})
