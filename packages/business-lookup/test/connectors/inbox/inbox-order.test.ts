import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventOf, CANCEL_TYPE, newReference, record, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
beforeAll(async () => {
  rig = await startInboxRig()
})
afterAll(() => rig.close())

type Attributes = Readonly<Record<string, unknown>>

/** Of the versions of one reference, in their order: what is approved first binds all later ones, as a business system that keeps the rule writes them. */
const history = fc
  .record({
    drafts: fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 3 }),
    approved: fc.array(fc.constantFrom('approved', 'ready', 'on hold', 'paid'), { maxLength: 4 }),
    amount: fc.constantFrom('1', '2'),
    cancels: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
  })
  .filter(({ drafts, approved, cancels }) => drafts.length + approved.length + cancels.length > 0)

type History = typeof history extends fc.Arbitrary<infer T> ? T : never

const eventsOf = (reference: string, { drafts, approved, amount, cancels }: History): readonly Attributes[] =>
  [
    ...drafts.map((each) => record({ state: 'draft', amount: each })),
    ...approved.map((state) => record({ state, amount })),
  ]
    .map((data, index): Attributes => eventOf(reference, index + 1, { data }))
    .concat(
      cancels.map((version, index) =>
        eventOf(reference, version, { id: `${reference}/cancel/${index}`, type: CANCEL_TYPE }),
      ),
    )

/** What stands in the end, but for the time. */
async function endOf(reference: string): Promise<object | undefined> {
  const [row] = await rig.database.query<object>({
    text: `select version::text, convert_from(data, 'UTF8') as data, record_digest, approved, disputed, cancelled_version::text
             from inbox_intent where reference = $1`,
    values: [reference],
  })
  return row
}

async function push(events: readonly Attributes[]): Promise<readonly number[]> {
  const statuses: number[] = []
  for (const event of events) statuses.push((await rig.event(event)).status)
  return statuses
}

test('any order of the same events, with any of them twice, ends in the same state', async () => {
  const orders = history.chain((made) => {
    const count = made.drafts.length + made.approved.length + made.cancels.length
    const places = Array.from({ length: count }, (_, index) => index)
    return fc.tuple(
      fc.constant(made),
      fc
        .shuffledSubarray([...places, ...places], { minLength: count })
        .filter((order) => new Set(order).size === count),
    )
  })
  await fc.assert(
    fc.asyncProperty(orders, async ([made, order]) => {
      const [straight, shuffled] = [newReference(), newReference()]
      const events = eventsOf(shuffled, made)
      const statuses = [
        ...(await push(eventsOf(straight, made))),
        ...(await push(order.map((place) => events[place] ?? {}))),
      ]
      expect(new Set(statuses)).toEqual(new Set([200]))
      expect(await endOf(shuffled)).toEqual(await endOf(straight))
    }),
    { numRuns: 60 },
  )
})

/** Any versions at all, as a business system writes them that was broken into. */
const lawless = fc.uniqueArray(
  fc.record({
    version: fc.integer({ min: 1, max: 6 }),
    state: fc.constantFrom('draft', 'approved'),
    amount: fc.constantFrom('1', '2'),
  }),
  { selector: ({ version }) => version, minLength: 2, maxLength: 6 },
)

test('whatever comes in whatever order, what can be approved says the same as every approved version that was taken', async () => {
  await fc.assert(
    fc.asyncProperty(lawless, async (versions) => {
      const reference = newReference()
      const taken: { readonly state: string; readonly amount: string }[] = []
      for (const { version, state, amount } of versions) {
        const { status } = await rig.event(eventOf(reference, version, { data: record({ state, amount }) }))
        expect([200, 409]).toContain(status)
        if (status === 200) taken.push({ state, amount })
      }
      const found = await rig.lookUp(reference)
      if (found.found !== 'one') throw new Error('the first was stored')
      const { status, outputs } = found.intent
      if (status.is !== 'text' || status.text !== 'approved') return
      const approved = taken.filter(({ state }) => state === 'approved').map(({ amount }) => amount)
      expect(new Set(approved)).toEqual(new Set(outputs.map(({ amount }) => (amount.is === 'text' ? amount.text : ''))))
    }),
    { numRuns: 60 },
  )
})
