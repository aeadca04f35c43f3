import {
  FIREBLOCKS_PATHS,
  readFireblocksReply,
  readVerdict,
  type Verdict,
  wrapJsonRequest,
} from '@callback-quorum/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BEHAVIOURS,
  type Behaviour,
  type CallbackDouble,
  fingerprintOf,
  FIREBLOCKS_BEHAVIOURS,
  makeFireblocksConfigChange,
  WRONG_FIREBLOCKS_VERDICT_MEMBERS,
} from '../src/index.ts'
import { postBody } from '../src/post-token.ts'
import { API_USER, approval, closeCosigners, openCosigner, openHandler, signing } from './co-signer-rig.ts'
import { closeAll, nodeKeys, NOW_MS, strangerKeys } from './constellation.ts'

let double: CallbackDouble
let token: string
beforeAll(async () => {
  double = await openHandler({ wrapKeys: [strangerKeys.publicKey] })
  token = openCosigner(double).cosigner.mint(signing)
})
afterAll(async () => {
  await closeCosigners()
  await closeAll()
})

async function post(
  behaviour: Behaviour,
  body = token,
  path = FIREBLOCKS_PATHS['fireblocks-jwt'].tx,
  timeoutMs = 10_000,
) {
  double.setBehaviour(behaviour)
  return postBody(`${double.url}${path}`, body, { 'content-type': 'text/plain' }, { timeoutMs })
}

/** Which members of the answer's verdict are not those of an honest answer to the last question. */
async function mismatchesOf(body: string, kind: Verdict['kind'], caller = fingerprintOf(nodeKeys.publicKey)) {
  const key = { owner: 'handler', fingerprint: double.fingerprint, key: double.publicKey, maxTokenAgeMs: 300_000 }
  const reply = await readFireblocksReply(Buffer.from(body), [key], NOW_MS)
  const asked = double.requests.at(-1)?.fireblocks
  if (asked === undefined) throw new Error('the double did not verify the request')
  const read = readVerdict(reply.verdict, {
    checker: 'handler',
    caller,
    dialect: asked.dialect,
    kind,
    requestId: reply.requestId,
    digest: asked.digest,
    notBeforeMs: NOW_MS,
    notAfterMs: NOW_MS,
    reply: { family: 'fireblocks', action: reply.action },
  })
  return 'mismatches' in read ? read.mismatches : []
}

const bodyOf = ({ body }: { readonly http: number | null; readonly body?: string }): string => body ?? ''

describe('the callback double as a handler', () => {
  it('answers as a checker does: verdicts about this very question of every kind', async () => {
    for (const behaviour of ['approve', 'reject', 'unable'] as const) {
      expect(await mismatchesOf(bodyOf(await post(behaviour)), 'tx-signing')).toEqual([])
    }
    const { cosigner } = openCosigner(double)
    expect(await mismatchesOf(bodyOf(await post('approve', cosigner.mint(approval))), 'tx-approval')).toEqual([])
    const change = cosigner.mint(makeFireblocksConfigChange({ type: 'ADD_USER' }))
    const posted = await post('approve', change, '/any/prefix/v2/config_change_sign_request')
    expect(await mismatchesOf(bodyOf(posted), 'config-change')).toEqual([])
  })

  it('spoils one member of a verdict at a time', async () => {
    for (const member of Object.keys(WRONG_FIREBLOCKS_VERDICT_MEMBERS) as (keyof Verdict)[]) {
      const value = WRONG_FIREBLOCKS_VERDICT_MEMBERS[member]
      const wrong = await post({ behave: 'verdict-member', member, value })
      // That nothing was judged is true of some verdicts; what it is worth, a gateway decides.
      if (member !== 'judged') expect(await mismatchesOf(bodyOf(wrong), 'tx-signing')).toContain(member)
      const missing = await post({ behave: 'verdict-member', member })
      expect(await mismatchesOf(bodyOf(missing), 'tx-signing')).toContain(member)
    }
  })

  it('takes what a gateway wrapped, for its own endpoint only', async () => {
    const body = Buffer.from('{"txId":"t","operation":"TRANSFER","requestId":"r"}')
    const wrap = await wrapJsonRequest(body, strangerKeys.privateKey, { endpoint: 'tx', signerId: API_USER })
    const posted = await post('approve', wrap)
    expect(double.requests.at(-1)?.fireblocks).toMatchObject({ dialect: 'fireblocks-json', signerId: API_USER })
    expect(await mismatchesOf(bodyOf(posted), 'tx-approval', fingerprintOf(strangerKeys.publicKey))).toEqual([])
    expect(await post('approve', wrap, FIREBLOCKS_PATHS['fireblocks-jwt'].config)).toEqual({ http: 401, body: '' })
  })

  it('answers nothing to nobody, and nothing that can be read to a question without an id', async () => {
    expect(await post('approve', 'x.y.z')).toEqual({ http: 401, body: '' })
    const unnamed = openCosigner(double).cosigner.mint({ kind: 'tx-signing', content: { txId: 't' } })
    expect(await post('approve', unnamed)).toEqual({ http: 400, body: '' })
  })

  it('has an answer for every behaviour it lists, and cuts those of the other platform off', async () => {
    for (const behaviour of FIREBLOCKS_BEHAVIOURS) {
      const cause = SILENCES[behaviour]
      const posted = await post(behaviour, token, undefined, cause === 'timeout' ? 200 : undefined)
      expect(`${behaviour}: ${posted.http === null ? posted.cause : 'answered'}`).toBe(
        `${behaviour}: ${cause ?? 'answered'}`,
      )
    }
    const others = BEHAVIOURS.filter((name) => !FIREBLOCKS_BEHAVIOURS.some((known) => known === name))
    expect(others).not.toHaveLength(0)
    for (const behaviour of others) expect(await post(behaviour)).toMatchObject({ http: null, cause: 'transport' })
  })

  it('cannot lie about a signature where there is none', async () => {
    const path = FIREBLOCKS_PATHS['fireblocks-json'].tx
    const body = '{"txId":"t","operation":"TRANSFER","requestId":"r"}'
    expect(await post('wrong-key', body, path)).toMatchObject({ http: null, cause: 'transport' })
    expect(JSON.parse(bodyOf(await post('retry', body, path)))).toMatchObject({ action: 'RETRY', requestId: 'r' })
    const late = { behave: 'late', delayMs: 60_000, then: 'ignore' } as const
    expect(await post(late, body, path, 200)).toMatchObject({ cause: 'timeout' })
  })
})

const SILENCES: Readonly<Record<string, string>> = {
  hang: 'timeout',
  'close-connection': 'transport',
  'slow-body': 'timeout',
  'huge-body': 'too_large',
}
