import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Said } from './checker-double.ts'
import { transfer } from './cosigner-callbacks.ts'
import { startCosignerRig, type CosignerRig } from './cosigner-rig.ts'

let [rig, count]: [CosignerRig | undefined, number] = [undefined, 0]
const running = (): CosignerRig => {
  if (rig === undefined) throw new Error('no rig')
  return rig
}
afterAll(async () => rig?.close())
beforeEach(() => {
  count += 1
  for (const name of ['alpha', 'beta']) running().double(name).says({})
})

const { privateKey: strangerKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const NEVER = '2000-01-01T00:00:00Z'

/** Alpha is honest, beta says this. */
async function askWith(said: Said, requestId = `case-${String(count)}`) {
  running().double('beta').says(said)
  return running().ask('pair', 'signer-a', transfer(requestId))
}
const votesOf = async (requestId: string): Promise<string> => {
  const [row] = await running().database.query<{ reason: string }>({
    text: 'select reason from request where request_id = $1',
    values: [requestId],
  })
  return row?.reason ?? ''
}

describe('a checker of ours', () => {
  beforeAll(async () => {
    rig = await startCosignerRig()
    return () => rig?.close().then(() => (rig = undefined))
  })

  const wrong = {
    checker: 'alpha',
    caller: '0'.repeat(64),
    dialect: 'fireblocks-json',
    kind: 'tx-approval',
    request_id: 'another',
    digest: 'f'.repeat(64),
    policy_digest: 'no digest',
    data_version: 7,
    judged: 'yes',
    bound: 'everything',
    outcome: 'reject',
    codes: 'NONE',
    issued_at: Date.parse(NEVER),
    extra: true,
  } as const
  const members = Object.keys(wrong) as (keyof typeof wrong)[]
  test.each(members)('that approves with another %s in its verdict is not believed', async (member) => {
    expect(await askWith({ verdict: { [member]: wrong[member] } })).toMatchObject({ answer: 'defer' })
    expect(await votesOf(`case-${String(count)}`)).toBe(
      `beta (mismatch): its verdict does not answer this question: ${member}`,
    )
  })
  test.each(members.filter((member) => member !== 'extra'))('nor one whose verdict lacks %s', async (member) => {
    expect(await askWith({ verdict: { [member]: undefined } })).toMatchObject({ answer: 'defer' })
    expect(await votesOf(`case-${String(count)}`)).toContain(`beta (mismatch)`)
  })

  test.each<[string, Said, string]>([
    ['has no verdict', { isWithoutVerdict: true }, 'mismatch'],
    ['says APPROVE beside the verdict of a rejection', { reply: { action: 'APPROVE' }, outcome: 'reject' }, 'mismatch'],
    [
      'says APPROVE beside the verdict of one who cannot tell',
      { reply: { action: 'APPROVE' }, outcome: 'unable' },
      'mismatch',
    ],
    ['says IGNORE', { reply: { action: 'IGNORE' }, outcome: 'reject' }, 'mismatch'],
    ['says RETRY beside the verdict of an approval', { reply: { action: 'RETRY' } }, 'mismatch'],
    ['answers another request', { reply: { requestId: 'another' } }, 'mismatch'],
    ['knows another action', { reply: { action: 'approve' } }, 'malformed'],
    ['has never looked', { verdict: { judged: false } }, 'mismatch'],
    ['is signed by a stranger', { key: strangerKey }, 'bad_signature'],
    ['has run out', { reply: { exp: 1 } }, 'expired'],
    ['never runs out', { reply: { exp: undefined } }, 'expired'],
    ['is in the words of Cobo', { family: 'cobo' }, 'malformed'],
    ['is bare JSON', { body: '{"action":"APPROVE"}' }, 'malformed'],
    ['comes with HTTP 400', { http: 400 }, 'http_status'],
    ['is an error page', { http: 500, body: 'oops' }, 'http_status'],
  ])('nor a reply that %s', async (_, said, cause) => {
    expect(await askWith(said)).toMatchObject({ answer: 'defer' })
    expect(await votesOf(`case-${String(count)}`)).toContain(`beta (${cause})`)
  })

  test('nor, asked about a Cobo payment, one that answers in the words of Fireblocks', async () => {
    running().double('beta').says({ family: 'fireblocks' })
    expect(await running().askAsNode('cobo-words')).toMatchObject({ answer: 'defer', form: 'no_answer' })
    expect(await votesOf('cobo-words')).toContain('beta (malformed)')
  })

  test('nor a true approval of the transaction that is replayed for its signature', async () => {
    const content = transfer('replayed')
    expect(await running().ask('bare', 'json-approver', content)).toEqual({ answer: 'approve' })
    running()
      .double('beta')
      .says({ body: running().double('beta').sent.at(-1) ?? '' })
    expect(await running().ask('bare', 'json-signer', content)).toMatchObject({ answer: 'defer' })
    expect(await running().database.query({ text: `select kind from record where request_id = 'replayed'` })).toEqual([
      { kind: 'tx-approval' },
    ])
  })

  test('that rejects is believed whatever HTTP code comes with it', async () => {
    const answer = await askWith({ outcome: 'reject', codes: ['LIMIT'], reason: 'too much', http: 500 })
    expect(answer).toMatchObject({ answer: 'reject', text: expect.stringMatching(/beta: too much$/) as string })
  })

  test('that cannot tell is a RETRY with its codes and its reason', async () => {
    const answer = await askWith({ outcome: 'unable', codes: ['LIST_STALE'], reason: 'the list is of yesterday' })
    expect(answer).toEqual({
      answer: 'defer',
      form: 'status_30',
      text: 'beta (unable LIST_STALE): the list is of yesterday',
    })
  })
})

describe('a callback handler of somebody else', () => {
  beforeAll(async () => {
    rig = await startCosignerRig({
      entry: 'binding: request_id, on_error_status: reject',
      quorum: `
  - { callers: [node], kinds: [keysign], require: [alpha, beta], accept_unbound: true }
  - { callers: [pair, bare, one], kinds: [tx-signing], require: [alpha, beta], accept_unbound: true }`,
    })
  })
  const bare = { isWithoutVerdict: true, reply: { exp: undefined } } as const
  test.each<[string, Said, string, string]>([
    ['APPROVE approves', { ...bare }, 'approve', ''],
    ['APPROVE with HTTP 201 does not', { ...bare, http: 201 }, 'defer', 'http_status'],
    ['REJECT rejects', { ...bare, outcome: 'reject', reason: 'no' }, 'reject', ''],
    ['REJECT with HTTP 500 does too', { ...bare, outcome: 'reject', http: 500 }, 'reject', ''],
    ['RETRY is no answer', { ...bare, outcome: 'unable' }, 'defer', 'beta (unable): RETRY'],
    [
      'IGNORE approves nothing',
      { ...bare, reply: { exp: undefined, action: 'IGNORE' } },
      'defer',
      'beta (unable): IGNORE',
    ],
    [
      'APPROVE of another request is no answer',
      { ...bare, reply: { exp: undefined, requestId: 'x' } },
      'defer',
      'mismatch',
    ],
    [
      'a status of Cobo is no answer',
      { isWithoutVerdict: true, family: 'cobo', outcome: 'unable' },
      'defer',
      'malformed',
    ],
  ])('%s', async (_, said, expected, reason) => {
    running().double('alpha').says(bare)
    expect(await askWith(said, `third-${String(count)}`)).toMatchObject({ answer: expected })
    expect(await votesOf(`third-${String(count)}`)).toContain(reason)
  })
})
