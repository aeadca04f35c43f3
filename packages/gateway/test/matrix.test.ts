import {
  BEHAVIOURS,
  CUSTODY,
  makeV2KeySign,
  WRONG_VERDICT_MEMBERS,
  type Behaviour,
  type Exchange,
} from '@callback-quorum/simulator'
import type { Verdict } from '@callback-quorum/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGatewayRig, type GatewayRig } from './gateway-rig.ts'

const POSITIONS = ['alpha', 'beta', 'gamma'] as const
type Position = (typeof POSITIONS)[number]

/** The honest yeses: whole, quoted (protocol 1.5), and without a status, which means 0 (protocol 1.4). */
const APPROVING: readonly Behaviour[] = ['approve', 'quoted', 'status-missing']
/** A verified no counts whatever HTTP code came with it. */
const REJECTING: readonly Behaviour[] = ['reject', 'reject-with-http-400']

interface Case {
  readonly position: Position
  readonly label: string
  readonly behaviour: Behaviour
  readonly expected: 'approve' | 'reject' | 'no_answer'
}

const labelOf = (behaviour: Behaviour): string =>
  typeof behaviour === 'string'
    ? behaviour
    : behaviour.behave === 'verdict-member'
      ? `${behaviour.member}=${JSON.stringify(behaviour.value)}`
      : behaviour.behave

const members = Object.keys(WRONG_VERDICT_MEMBERS) as (keyof Verdict)[]
const wrongMembers: readonly Behaviour[] = members.flatMap((member): Behaviour[] => [
  { behave: 'verdict-member', member, value: WRONG_VERDICT_MEMBERS[member] },
  { behave: 'verdict-member', member, value: undefined },
  { behave: 'verdict-member', member, value: null },
])

const CASES: readonly Case[] = POSITIONS.flatMap((position) =>
  [...BEHAVIOURS, ...wrongMembers].map((behaviour): Case => ({
    position,
    behaviour,
    label: labelOf(behaviour),
    expected: APPROVING.includes(behaviour) ? 'approve' : REJECTING.includes(behaviour) ? 'reject' : 'no_answer',
  })),
)

const request = (requestId: string) =>
  makeV2KeySign({
    requestId,
    transactionId: requestId,
    coboId: requestId,
    to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
    amount: '1',
    organisation: CUSTODY.organisation,
  })

/** Few at a time: the silent ones need only time, the others need the processor. */
const SIDE_BY_SIDE = 12

async function inBatches<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += SIDE_BY_SIDE) {
    results.push(
      ...(await Promise.all(items.slice(from, from + SIDE_BY_SIDE).map((item, at) => work(item, from + at)))),
    )
  }
  return results
}

describe('one checker that answers in every possible way, at every position, the other two honest', () => {
  let rig: GatewayRig
  let exchanges: readonly Exchange[] = []
  const idOf = (index: number): string => `case-${String(index)}`

  beforeAll(async () => {
    rig = await startGatewayRig()
    const byId = new Map(CASES.map((each, index) => [idOf(index), each]))
    for (const position of POSITIONS) {
      rig.doubles.get(position)?.setBehaviour(({ requestId }) => {
        const found = byId.get(requestId)
        return found?.position === position ? found.behaviour : 'approve'
      })
    }
    exchanges = await inBatches(CASES, (_, index) => rig.ask(request(idOf(index))))
  }, 180_000)
  afterAll(() => rig.close())

  test.each(CASES.map((each, index) => ({ ...each, index })))(
    '$position: $label gives $expected',
    ({ index, expected, position }) => {
      const exchange = exchanges[index]
      expect(exchange?.result).toBe(expected)
      if (expected === 'reject') expect(exchange?.error).toContain(position)
    },
  )

  test('only the honest yeses of all three left an approval in the records', async () => {
    const rows = await rig.database.query<{ request_id: string; outcome: string }>({
      text: 'select request_id, outcome from record order by record_id',
    })
    const expected = (outcome: string): readonly string[] =>
      CASES.flatMap((each, index) => (each.expected === outcome ? [idOf(index)] : []))
    const recorded = (outcome: string): readonly string[] =>
      rows.filter((row) => row.outcome === outcome).map(({ request_id }) => request_id)
    expect(recorded('approved').toSorted()).toEqual(expected('approve').toSorted())
    expect(recorded('rejected').toSorted()).toEqual(expected('reject').toSorted())
    expect(recorded('approved').length).toBe(APPROVING.length * POSITIONS.length)
  })

  test.each(POSITIONS)('%s: a true verdict about another request, replayed, is no answer', async (position) => {
    const double = rig.doubles.get(position)
    double?.setBehaviour('approve')
    await rig.ask(request(`earlier-${position}`))
    const earlier = double?.requests.find(({ requestId }) => requestId === `earlier-${position}`)?.answerBody
    expect(earlier).toBeDefined()
    double?.setBehaviour({ behave: 'replay', body: earlier ?? '' })
    expect(await rig.ask(request(`later-${position}`))).toMatchObject({ result: 'no_answer' })
    double?.setBehaviour('approve')
  })

  test.each(POSITIONS)('%s: a true approval that comes after its time is no answer', async (position) => {
    const double = rig.doubles.get(position)
    double?.setBehaviour({ behave: 'late', delayMs: 1_500, then: 'approve' })
    expect(await rig.ask(request(`late-${position}`))).toMatchObject({ result: 'no_answer' })
    double?.setBehaviour('approve')
  })
})

describe.each(POSITIONS)('with %s not listening', (position) => {
  test('nothing is approved, and a rejection of another one still rejects', async () => {
    const rig = await startGatewayRig()
    try {
      await rig.doubles.get(position)?.close()
      expect(await rig.ask(request('refused'))).toMatchObject({ result: 'no_answer' })
      const other = POSITIONS.find((name) => name !== position) ?? 'alpha'
      rig.doubles.get(other)?.setBehaviour('reject')
      expect(await rig.ask(request('refused-and-rejected'))).toMatchObject({ result: 'reject' })
    } finally {
      await rig.close()
    }
  })
})
