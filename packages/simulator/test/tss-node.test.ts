import { verifyPackageToken } from '@callback-quorum/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BEHAVIOURS,
  type CallbackDouble,
  type ExchangeResult,
  fingerprintOf,
  forgeToken,
  makeV2KeySign,
  type PlainBehaviour,
} from '../src/index.ts'
import { closeAll, nodeKeys, NOW_MS, openDouble, openNode, serverOf, strangerKeys, TO } from './constellation.ts'

const content = makeV2KeySign({ to: TO, amount: '1', seed: 5, createdAtMs: NOW_MS })
const requestId = content.request_id ?? ''

let limits: CallbackDouble
let sanctions: CallbackDouble
beforeAll(async () => {
  limits = await openDouble()
  sanctions = await openDouble({ name: 'sanctions' })
})
afterAll(closeAll)

/** What each way of answering is worth to a node that can only see the answer. It knows nothing of verdicts: those are the gateway's. */
const WORTH: Readonly<Record<PlainBehaviour, ExchangeResult>> = {
  approve: 'approve',
  quoted: 'approve',
  'status-missing': 'approve',
  'no-verdict': 'approve',
  'judged-false': 'approve',
  'extra-verdict-member': 'approve',
  reject: 'reject',
  'no-verdict-reject': 'reject',
  unable: 'status',
  'status-10': 'status',
  'status-20': 'status',
  'status-30': 'status',
  'approve-with-status-30': 'status',
  'approve-with-http-400': 'http',
  'reject-with-http-400': 'http',
  'unable-with-http-400': 'http',
  'http-500': 'http',
  'http-302': 'http',
  hang: 'no_answer',
  'close-connection': 'no_answer',
  'slow-body': 'no_answer',
  empty: 'bad_reply',
  html: 'bad_reply',
  'unsigned-json': 'bad_reply',
  'wrong-key': 'bad_reply',
  truncated: 'bad_reply',
  expired: 'bad_reply',
  'far-exp': 'bad_reply',
  replay: 'bad_reply',
  'unknown-action': 'bad_reply',
  'lower-case-action': 'bad_reply',
  'no-action': 'bad_reply',
  'wait-action': 'bad_reply',
  'wrong-request-id': 'bad_reply',
  'duplicate-members': 'bad_reply',
  'case-variant-members': 'bad_reply',
  'two-verdicts': 'bad_reply',
  'huge-body': 'bad_reply',
}

/** Short only where the time has to run out. */
const timeoutMsFor = (behaviour: PlainBehaviour): number => (['hang', 'slow-body'].includes(behaviour) ? 200 : 10_000)

const isFailure = (behaviour: PlainBehaviour): boolean => !['approve', 'reject'].includes(WORTH[behaviour])

describe('a TSS node asking one server', () => {
  it.each(BEHAVIOURS)('sees %s for what it is worth', async (behaviour) => {
    limits.setBehaviour(behaviour)
    const { node } = openNode([serverOf(limits, 'limits')], { requestTimeoutMs: timeoutMsFor(behaviour) })
    const [exchange] = await node.askOnce(content)
    expect(exchange?.result).toBe(WORTH[behaviour])
    expect(exchange).toMatchObject({ server: 'limits', attempt: 1, startedAtMs: NOW_MS })
  })

  it.each(BEHAVIOURS.filter(isFailure))(
    'takes %s for a failed attempt and is convinced by a later approval',
    async (behaviour) => {
      let asked = 0
      limits.setBehaviour(() => (++asked === 1 ? behaviour : 'approve'))
      const { node, sleeps } = openNode([serverOf(limits)], { requestTimeoutMs: timeoutMsFor(behaviour) })
      const result = await node.ask(content)
      expect(result).toMatchObject({ requestId, decision: 'APPROVE' })
      expect(result.exchanges.map((exchange) => exchange.result)).toEqual([WORTH[behaviour], 'approve'])
      expect(sleeps).toEqual([15_000])
    },
  )

  it.each(BEHAVIOURS.filter(isFailure))(
    'with onError reject, denies at %s unless it was no answer at all',
    async (behaviour) => {
      let asked = 0
      limits.setBehaviour(() => (++asked === 1 ? behaviour : 'approve'))
      const { node } = openNode([serverOf(limits)], { requestTimeoutMs: timeoutMsFor(behaviour), onError: 'reject' })
      const { decision } = await node.ask(content)
      expect(decision).toBe(WORTH[behaviour] === 'no_answer' ? 'APPROVE' : 'REJECT')
    },
  )

  it('rejects when every attempt failed, after retry_times retries and as many sleeps', async () => {
    limits.setBehaviour('close-connection')
    const before = limits.requests.length
    const { node, sleeps } = openNode([serverOf(limits)], { retryTimes: 3, sleepSeconds: 60 })
    const { decision, reason, exchanges } = await node.ask(content)
    expect(decision).toBe('REJECT')
    expect(reason).toMatch(/gave no decision in 4 attempts/)
    expect(exchanges.map(({ attempt, result }) => [attempt, result])).toEqual(
      [1, 2, 3, 4].map((attempt) => [attempt, 'no_answer']),
    )
    expect(sleeps).toEqual([60_000, 60_000, 60_000])
    expect(limits.requests.length - before).toBe(4)
  })

  it('asks once when there are no retries, also for one task only', async () => {
    limits.setBehaviour('http-500')
    const { node, sleeps } = openNode([serverOf(limits)], { retryTimes: 5 })
    const { decision, exchanges } = await node.ask(content, { retryTimes: 0 })
    expect([decision, exchanges.length, sleeps.length]).toEqual(['REJECT', 1, 0])
  })

  it('does not retry a rejection and reports its text', async () => {
    limits.setBehaviour('reject')
    const { node, sleeps } = openNode([serverOf(limits, 'limits')])
    const { decision, reason, exchanges } = await node.ask(content)
    expect([decision, reason, exchanges.length, sleeps.length]).toEqual([
      'REJECT',
      'limits rejected: DOUBLE_REJECTS: told to reject',
      1,
      0,
    ])
    expect(exchanges[0]).toMatchObject({
      http: 200,
      status: 0,
      action: 'REJECT',
      requestId,
      verdict: { outcome: 'reject' },
    })
  })

  it('signs every attempt anew with the same package, expiring as configured', async () => {
    let nowMs = NOW_MS
    const double = await openDouble({ behaviour: 'http-500', clock: () => nowMs })
    const { node } = openNode([serverOf(double)], {
      tokenExpireMinutes: 5,
      clock: () => nowMs,
      sleep: (ms) => {
        nowMs += ms
        return Promise.resolve()
      },
    })
    await node.ask(content)
    const key = {
      owner: 'node',
      fingerprint: fingerprintOf(nodeKeys.publicKey),
      key: nodeKeys.publicKey,
      maxTokenAgeMs: 900_000,
    }
    const verified = await Promise.all(double.requests.map(({ token }) => verifyPackageToken(token, [key], NOW_MS)))
    expect(verified.map(({ expiresAtMs }) => expiresAtMs - NOW_MS)).toEqual([300_000, 315_000, 330_000])
    expect(new Set(verified.map(({ digest }) => digest)).size).toBe(1)
    expect(double.requests.map((request) => request.requestId)).toEqual([requestId, requestId, requestId])
  })

  it('sends a given token as it is', async () => {
    const token = forgeToken('expired', content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS })
    const { node } = openNode([serverOf(limits)], { retryTimes: 1 })
    const { decision, exchanges } = await node.ask(content, { token })
    expect(decision).toBe('REJECT')
    expect(exchanges.map(({ status }) => status)).toEqual([20, 20])
    expect(limits.requests.at(-1)?.token).toBe(token)
  })

  it('refuses an answer signed by another key than the configured one', async () => {
    limits.setBehaviour('approve')
    const { node } = openNode([{ ...serverOf(limits), publicKey: strangerKeys.publicKey }], { retryTimes: 0 })
    expect(await node.ask(content)).toMatchObject({
      decision: 'REJECT',
      exchanges: [{ result: 'bad_reply', problem: 'ERR_PROTOCOL_TOKEN_SIGNATURE' }],
    })
  })

  it('counts a server that is not there as one that gave no answer', async () => {
    const gone = await openDouble()
    await gone.close()
    const { node } = openNode([serverOf(gone)], { retryTimes: 0 })
    const { exchanges } = await node.ask(content)
    expect(exchanges[0]).toMatchObject({ result: 'no_answer' })
    expect(exchanges[0]?.problem).toMatch(/ECONNREFUSED/)
  })

  it('stops waiting when the task is given up', async () => {
    const giveUp = new AbortController()
    const reason = new Error('the operator gave up')
    limits.setBehaviour(() => {
      giveUp.abort(reason)
      return 'hang'
    })
    const { node } = openNode([serverOf(limits)], { requestTimeoutMs: 60_000 })
    await expect(node.ask(content, { signal: giveUp.signal })).rejects.toBe(reason)
  })
})

describe('a TSS node asking several servers', () => {
  it('approves only when all approve', async () => {
    const approvals: [PlainBehaviour, PlainBehaviour, string][] = [
      ['approve', 'approve', 'APPROVE'],
      ['reject', 'approve', 'REJECT'],
      ['approve', 'reject', 'REJECT'],
      ['approve', 'status-30', 'REJECT'],
      ['http-500', 'approve', 'REJECT'],
    ]
    for (const [first, second, decision] of approvals) {
      limits.setBehaviour(first)
      sanctions.setBehaviour(second)
      const { node } = openNode([serverOf(limits), serverOf(sanctions)])
      expect((await node.ask(content)).decision).toBe(decision)
    }
  })

  it('denies at once at the first rejection, without waiting for a server that hangs', async () => {
    limits.setBehaviour('hang')
    sanctions.setBehaviour('reject')
    const { node } = openNode([serverOf(limits), serverOf(sanctions, 'sanctions')], { requestTimeoutMs: 60_000 })
    const { decision, reason, exchanges } = await node.ask(content)
    expect([decision, exchanges.length]).toEqual(['REJECT', 1])
    expect(reason).toMatch(/^sanctions rejected/)
  })

  it('retries only the server that failed', async () => {
    let asked = 0
    limits.setBehaviour('approve')
    sanctions.setBehaviour(() => (++asked < 3 ? 'status-30' : 'approve'))
    const before = limits.requests.length
    const { node } = openNode([serverOf(limits), serverOf(sanctions)])
    expect((await node.ask(content)).decision).toBe('APPROVE')
    expect([limits.requests.length - before, asked]).toEqual([1, 3])
  })

  it('executes everything when no server is configured, as the node does', async () => {
    const { node } = openNode([])
    expect(await node.ask(content)).toMatchObject({ decision: 'APPROVE', reason: 'no callback server is configured' })
  })
})
