import {
  businessKey,
  type CoboReply,
  readCoboReply,
  readVerdict,
  signOutcome,
  type Verdict,
} from '@callback-quorum/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BEHAVIOURS,
  type Behaviour,
  type CallbackDouble,
  fingerprintOf,
  forgeToken,
  makeV2KeySign,
  makeV2Ping,
  type PlainBehaviour,
  postToken,
  signRequestToken,
  WRONG_VERDICT_MEMBERS,
} from '../src/index.ts'
import { closeAll, nodeKeys, NOW_MS, openDouble, strangerKeys, TO } from './constellation.ts'

const content = makeV2KeySign({ to: TO, amount: '1', seed: 3, createdAtMs: NOW_MS })
const requestId = content.request_id ?? ''
const timeoutMs = 10_000

let double: CallbackDouble
let token: string
beforeAll(async () => {
  double = await openDouble({ outcomeKeys: [strangerKeys.publicKey] })
  token = await signRequestToken(content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS })
})
afterAll(closeAll)

async function ask(behaviour: Behaviour, sent = token): Promise<CoboReply> {
  double.setBehaviour(behaviour)
  const posted = await postToken(double.checkUrls['cobo-v2'], sent, { timeoutMs })
  if (posted.http === null) throw new Error(posted.problem)
  return readReply(posted.body)
}

function readReply(body: string): Promise<CoboReply> {
  const key = { owner: 'limits', fingerprint: double.fingerprint, key: double.publicKey, maxTokenAgeMs: 900_000 }
  return readCoboReply(Buffer.from(body), [key], NOW_MS)
}

function mismatches(reply: CoboReply): readonly string[] {
  const digest = double.requests.at(-1)?.verified?.digest
  if (digest === undefined) throw new Error('the double did not verify the request')
  const read = readVerdict(reply.verdict, {
    checker: 'limits',
    caller: fingerprintOf(nodeKeys.publicKey),
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId,
    digest,
    notBeforeMs: NOW_MS - 5_000,
    notAfterMs: NOW_MS + 5_000,
    status: reply.status,
    ...(reply.action === undefined ? {} : { action: reply.action }),
  })
  return 'mismatches' in read ? read.mismatches : []
}

describe('the callback double', () => {
  it.each<[PlainBehaviour, number, string | undefined]>([
    ['approve', 0, 'APPROVE'],
    ['quoted', 0, 'APPROVE'],
    ['status-missing', 0, 'APPROVE'],
    ['reject', 0, 'REJECT'],
    ['unable', 30, undefined],
  ])(
    'answers %s with status %i, action %s and a verdict that answers the question',
    async (behaviour, status, action) => {
      const reply = await ask(behaviour)
      expect([reply.status, reply.action, reply.requestId]).toEqual([status, action, requestId])
      expect(mismatches(reply)).toEqual([])
    },
  )

  it.each(Object.entries(WRONG_VERDICT_MEMBERS).filter(([member]) => member !== 'judged'))(
    'spoils an approval by nothing but its member %s',
    async (member, value) => {
      const reply = await ask({ behave: 'verdict-member', member: member as keyof Verdict, value })
      expect([reply.status, reply.action]).toEqual([0, 'APPROVE'])
      expect(mismatches(reply)).toEqual([member])
      const missing = await ask({ behave: 'verdict-member', member: member as keyof Verdict })
      expect(mismatches(missing)).toEqual([member])
    },
  )

  it('says judged: false in an approval that is otherwise true', async () => {
    const reply = await ask('judged-false')
    expect(mismatches(reply)).toEqual([])
    expect(reply.verdict).toMatchObject({ judged: false })
  })

  it('replays what it is given', async () => {
    await ask('reject')
    const body = double.requests.at(-1)?.answerBody ?? ''
    expect(await ask({ behave: 'replay', body })).toMatchObject({ action: 'REJECT' })
  })

  it('answers late when told so, and only then', async () => {
    const started = performance.now()
    await ask({ behave: 'late', delayMs: 200, then: 'approve' })
    expect(performance.now() - started).toBeGreaterThan(190)
  })

  it('chooses by request when given a function', async () => {
    double.setBehaviour((request) => (request.requestId === requestId ? 'reject' : 'approve'))
    const other = await signRequestToken(
      { ...content, request_id: 'other' },
      { privateKey: nodeKeys.privateKey, nowMs: NOW_MS },
    )
    const bodies = await Promise.all(
      [token, other].map((sent) => postToken(double.checkUrls['cobo-v2'], sent, { timeoutMs })),
    )
    const replies = await Promise.all(bodies.map((posted) => readReply(posted.http === null ? '' : posted.body)))
    expect(replies.map(({ action }) => action)).toEqual(['REJECT', 'APPROVE'])
  })

  it('does what it is told only for callers that it knows', async () => {
    const forged = forgeToken('wrong-key', content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS })
    expect(await ask('approve', forged)).toMatchObject({ status: 20 })
    expect(double.requests.at(-1)).toMatchObject({ requestId: '', kind: 'unknown', token: forged })
  })

  it('answers pings with status 0 and never with an action', async () => {
    const ping = await signRequestToken(makeV2Ping({ request_id: requestId }), {
      privateKey: nodeKeys.privateKey,
      nowMs: NOW_MS,
    })
    const reply = await ask('approve', ping)
    expect([reply.status, reply.action, reply.requestId]).toEqual([0, undefined, requestId])
  })

  it('records the requests with what they were about', async () => {
    await ask('approve')
    expect(double.requests.at(-1)).toMatchObject({
      path: '/v2/check',
      token,
      requestId,
      kind: 'keysign',
      receivedAtMs: NOW_MS,
    })
  })

  it('records outcome notices, acknowledges true ones and refuses others', async () => {
    const digest = double.requests.find(({ verified }) => verified !== undefined)?.verified?.digest
    if (digest === undefined) throw new Error('no verified request')
    const notice = {
      aud: 'limits',
      caller: 'node-eu-1',
      dialect: 'cobo-v2',
      kind: 'keysign',
      request_id: requestId,
      digest,
      business_key: businessKey('cobo', 'acme', 'tx-1'),
      outcome: 'rejected',
    } as const
    const post = async (key = strangerKeys.privateKey): Promise<number> =>
      (await fetch(`${double.url}/v2/outcome`, { method: 'POST', body: await signOutcome(notice, key, NOW_MS) })).status
    expect(await post()).toBe(200)
    expect(await post(nodeKeys.privateKey)).toBe(401)
    double.setOutcomeStatus(503)
    expect(await post()).toBe(503)
    expect(double.outcomes.map((outcome) => outcome.notice?.outcome ?? outcome.problem)).toEqual([
      'rejected',
      'ERR_PROTOCOL_TOKEN_SIGNATURE',
      'rejected',
    ])
  })

  it('comes back on the port it was told', async () => {
    const first = await openDouble()
    const port = Number(new URL(first.url).port)
    await first.close()
    const second = await openDouble({ port, privateKey: first.privateKey })
    expect([second.url, second.fingerprint]).toEqual([first.url, first.fingerprint])
  })

  it('has an answer for every behaviour it lists', async () => {
    for (const behaviour of BEHAVIOURS) {
      double.setBehaviour(behaviour)
      const posted = await postToken(double.checkUrls['cobo-v2'], token, {
        timeoutMs: ['hang', 'slow-body'].includes(behaviour) ? 200 : 10_000,
      })
      const silent = ['hang', 'slow-body', 'close-connection', 'huge-body'].includes(behaviour)
      expect([behaviour, posted.http === null]).toEqual([behaviour, silent])
    }
  })
})
