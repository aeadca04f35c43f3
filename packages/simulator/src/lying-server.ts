import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import {
  COBO_CHECK_PATHS,
  COBO_STATUS,
  type CoboDialect,
  type CoboReading,
  type Kind,
  OUTCOME_PATH,
  type OutcomeNotice,
  ProtocolFault,
  readCoboRequest,
  TOKEN_FIELD,
  type Verdict,
  type VerificationKey,
  type VerifiedToken,
  verifyOutcome,
  verifyPackageToken,
} from '@callback-quorum/protocol'
import { type ListenerOptions, type Question, startAnswerListener } from './answer-listener.ts'
import { replyAs } from './co-signer/lying-reply.ts'
import {
  type CosignerPath,
  cosignerPathOf,
  type CosignerQuestion,
  readCosignerQuestion,
} from './co-signer/received-question.ts'
import { fingerprintOf } from './exchange.ts'
import { type Answer, answerAs, type Behaviour, signed } from './lying-answer.ts'
import { strangerKey } from './stranger-key.ts'

export interface CallbackDoubleOptions extends ListenerOptions {
  /** `checker` in its verdicts, `iss` of its answers, audience of outcome notices. */
  readonly name: string
  /** Keys whose request tokens it accepts; it answers status 20 to everything else, or 401 where a Co-signer asks. */
  readonly callerKeys: readonly KeyObject[]
  /** Keys that may wrap a plain JSON body of a Co-signer (the gateway's internal key). */
  readonly wrapKeys?: readonly KeyObject[]
  /** Its own key; made when missing. */
  readonly privateKey?: KeyObject
  /** Keys that may sign outcome notices (the gateway's internal key). Without any, every notice is refused with 401. */
  readonly outcomeKeys?: readonly KeyObject[]
  readonly behaviour?: Behaviour
  readonly policyDigest?: string
  readonly dataVersion?: string
  readonly bound?: Verdict['bound']
  readonly clock?: () => number
}

export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Of a Co-signer the whole body, which is plain JSON where nothing is signed. */
  readonly token: string
  readonly receivedAtMs: number
  /** Missing when the token does not verify. */
  readonly verified?: VerifiedToken
  readonly reading?: CoboReading
  /** Instead of both, when a Co-signer's question verifies. */
  readonly fireblocks?: CosignerQuestion
  readonly requestId: string
  readonly kind: Kind | 'unknown'
  /** Filled when the answer is ready; missing for answers that are no body. */
  answerBody?: string
}

export interface ReceivedOutcome {
  readonly token: string
  readonly receivedAtMs: number
  /** Missing when the notice does not verify. */
  readonly notice?: OutcomeNotice
  readonly problem?: string
}

export interface CallbackDouble {
  /** Origin, for instance `http://127.0.0.1:40123`. */
  readonly url: string
  /** Full URLs for a node's server list. */
  readonly checkUrls: Readonly<Record<CoboDialect, string>>
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly fingerprint: string
  /** In order of arrival, pings and unverifiable ones included. */
  readonly requests: readonly ReceivedRequest[]
  readonly outcomes: readonly ReceivedOutcome[]
  setBehaviour(behaviour: Behaviour | ((request: ReceivedRequest) => Behaviour)): void
  /** HTTP code for outcome notices from now on; 200 acknowledges. */
  setOutcomeStatus(http: number): void
  /** Cuts every connection, those left hanging too. */
  close(): Promise<void>
}

/** Longer than any node writes; what is wrong with a caller's token is not what this server is for. */
const TOKEN_AGE_MS_MAX = 24 * 3_600_000

interface State {
  readonly options: CallbackDoubleOptions
  readonly privateKey: KeyObject
  readonly callerKeys: readonly VerificationKey[]
  readonly wrapKeys: readonly VerificationKey[]
  readonly outcomeKeys: readonly VerificationKey[]
  readonly clock: () => number
  readonly requests: ReceivedRequest[]
  readonly outcomes: ReceivedOutcome[]
  behaviour: (request: ReceivedRequest) => Behaviour
  outcomeHttp: number
}

/** A callback server for tests: real HTTP, a key of its own, and any answer one can think of. Never part of a deployment. */
export async function startCallbackDouble(options: CallbackDoubleOptions): Promise<CallbackDouble> {
  const privateKey = options.privateKey ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const publicKey = createPublicKey(privateKey)
  // Made now, so that no answer is late because of it.
  strangerKey()
  const initial = options.behaviour ?? 'approve'
  const state: State = {
    options,
    privateKey,
    callerKeys: options.callerKeys.map(verificationKey),
    wrapKeys: (options.wrapKeys ?? []).map(verificationKey),
    outcomeKeys: (options.outcomeKeys ?? []).map(verificationKey),
    clock: options.clock ?? Date.now,
    requests: [],
    outcomes: [],
    behaviour: () => initial,
    outcomeHttp: 200,
  }
  const listener = await startAnswerListener(options, (question) => handle(question, state))
  const { url } = listener
  return {
    url,
    checkUrls: { 'cobo-v1': `${url}${COBO_CHECK_PATHS['cobo-v1']}`, 'cobo-v2': `${url}${COBO_CHECK_PATHS['cobo-v2']}` },
    publicKey,
    privateKey,
    fingerprint: fingerprintOf(publicKey),
    requests: state.requests,
    outcomes: state.outcomes,
    setBehaviour(behaviour) {
      state.behaviour = typeof behaviour === 'function' ? behaviour : () => behaviour
    },
    setOutcomeStatus(http) {
      state.outcomeHttp = http
    },
    close: () => listener.close(),
  }
}

async function handle(question: Question, state: State): Promise<Answer> {
  const { method, path, body } = question
  const dialect = dialectOf(path)
  const asked = cosignerPathOf(path)
  if (method === 'POST' && path === OUTCOME_PATH) return takeOutcome(body, state)
  if (method === 'POST' && dialect !== undefined)
    return answerTo(await receive(dialect, question, state), dialect, state)
  if (method === 'POST' && asked !== undefined) return answerCosigner(asked, question, state)
  return nothing(404)
}

const nothing = (http: number): Answer => ({ send: 'body', http, contentType: 'text/plain', body: '' })

async function answerCosigner(asked: CosignerPath, { path, headers, body }: Question, state: State): Promise<Answer> {
  const receivedAtMs = state.clock()
  const keys = { callers: state.callerKeys, wraps: state.wrapKeys }
  const fireblocks = await readCosignerQuestion(asked, body, keys, receivedAtMs)
  const received: ReceivedRequest = {
    path,
    headers,
    token: body,
    receivedAtMs,
    ...(fireblocks && { fireblocks }),
    requestId: fireblocks?.requestId ?? '',
    kind: fireblocks?.kind ?? 'unknown',
  }
  state.requests.push(received)
  if (fireblocks === undefined) return nothing(401)
  if (fireblocks.reading.result === 'unidentified') return nothing(400)
  const about = {
    requestId: received.requestId,
    approval: approvalOf(fireblocks, fireblocks.requestId, state),
    nowMs: state.clock(),
    ...(asked.messages === 'fireblocks-jwt' && { privateKey: state.privateKey }),
  }
  const answer = replyAs(state.behaviour(received), about)
  if (answer.send === 'body') received.answerBody = answer.body
  return answer
}

async function receive(dialect: CoboDialect, question: Question, state: State): Promise<ReceivedRequest> {
  const { path, headers, body } = question
  const token = (new URLSearchParams(body).get(TOKEN_FIELD) ?? '').trim()
  const receivedAtMs = state.clock()
  const verified = await orUndefined(verifyPackageToken(token, state.callerKeys, receivedAtMs))
  const reading = verified && readCoboRequest(dialect, verified.content)
  const received: ReceivedRequest = {
    path,
    headers,
    token,
    receivedAtMs,
    ...(verified && { verified }),
    ...(reading && { reading }),
    ...identityOf(reading),
  }
  state.requests.push(received)
  return received
}

function identityOf(reading: CoboReading | undefined): Pick<ReceivedRequest, 'requestId' | 'kind'> {
  switch (reading?.result) {
    case 'request':
      return { requestId: reading.request.requestId, kind: reading.request.kind }
    case 'ping':
      return { requestId: reading.requestId, kind: 'ping' }
    case 'malformed':
      return { requestId: reading.requestId, kind: reading.kind ?? 'unknown' }
    case 'unidentified':
    case undefined:
      return { requestId: '', kind: 'unknown' }
  }
}

async function answerTo(received: ReceivedRequest, dialect: CoboDialect, state: State): Promise<Answer> {
  const nowMs = state.clock()
  const identity = { privateKey: state.privateKey, issuer: state.options.name, nowMs }
  const plain = async (members: Readonly<Record<string, unknown>>): Promise<Answer> => ({
    send: 'body',
    http: 200,
    contentType: 'text/plain',
    body: await signed(members, identity),
  })
  const { verified, reading, requestId, kind } = received
  if (verified === undefined || reading === undefined)
    return plain({ status: COBO_STATUS.invalidToken, error: 'token does not verify' })
  if (reading.result === 'unidentified') return plain({ status: COBO_STATUS.invalidRequest, error: reading.reason })
  if (reading.result === 'ping') return plain({ status: COBO_STATUS.ok, request_id: requestId })
  const asked = { dialect, kind: kind === 'unknown' ? 'keysign' : kind, ...verified } as const
  const approval = approvalOf(asked, requestId, state)
  const answer = await answerAs(state.behaviour(received), { requestId, approval, ...identity })
  if (answer.send === 'body') received.answerBody = answer.body
  return answer
}

/** Only where something is signed is there anything to be bound to. */
function approvalOf(
  { dialect, kind, digest, fingerprint }: Pick<CosignerQuestion, 'dialect' | 'kind' | 'digest' | 'fingerprint'>,
  requestId: string,
  { options, clock }: State,
): Verdict {
  const isJudgedUnsigned = kind === 'tx-approval' || kind === 'config-change'
  return {
    checker: options.name,
    caller: fingerprint,
    dialect,
    kind,
    request_id: requestId,
    digest,
    policy_digest: options.policyDigest ?? 'd0'.repeat(32),
    data_version: options.dataVersion ?? 'double-1',
    judged: true,
    bound: options.bound ?? (isJudgedUnsigned ? 'description' : 'raw'),
    outcome: 'approve',
    codes: [],
    issued_at: clock(),
  }
}

async function takeOutcome(body: string, state: State): Promise<Answer> {
  // The notice is the body itself; the form of the check paths is taken too, so that a sender's mistake shows in the test and not here.
  const token = (new URLSearchParams(body).get(TOKEN_FIELD) ?? body).trim()
  const receivedAtMs = state.clock()
  const acknowledged = { send: 'body', contentType: 'application/json', body: '{}' } as const
  try {
    const notice = await verifyOutcome(token, state.outcomeKeys, state.options.name, receivedAtMs)
    state.outcomes.push({ token, receivedAtMs, notice })
    return { ...acknowledged, http: state.outcomeHttp }
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    state.outcomes.push({ token, receivedAtMs, problem: error.code })
    return { ...acknowledged, http: 401 }
  }
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined
    throw error
  }
}

const verificationKey = (key: KeyObject): VerificationKey => {
  const fingerprint = fingerprintOf(key)
  return { owner: fingerprint, fingerprint, key, maxTokenAgeMs: TOKEN_AGE_MS_MAX }
}

function dialectOf(path: string): CoboDialect | undefined {
  if (path === COBO_CHECK_PATHS['cobo-v1']) return 'cobo-v1'
  return path === COBO_CHECK_PATHS['cobo-v2'] ? 'cobo-v2' : undefined
}
