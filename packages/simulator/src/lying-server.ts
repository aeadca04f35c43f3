import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
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
import { fingerprintOf } from './exchange.ts'
import { type Answer, answerAs, type Behaviour, signed } from './lying-answer.ts'
import { strangerKey } from './stranger-key.ts'

export interface CallbackDoubleOptions extends ListenerOptions {
  /** `checker` in its verdicts, `iss` of its answers, audience of outcome notices. */
  readonly name: string
  /** Keys whose request tokens it accepts; it answers status 20 to everything else. */
  readonly callerKeys: readonly KeyObject[]
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
  readonly token: string
  readonly receivedAtMs: number
  /** Missing when the token does not verify. */
  readonly verified?: VerifiedToken
  readonly reading?: CoboReading
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

async function handle({ method, path, body }: Question, state: State): Promise<Answer> {
  const dialect = dialectOf(path)
  if (method === 'POST' && path === OUTCOME_PATH) return takeOutcome(body, state)
  if (method === 'POST' && dialect !== undefined)
    return answerTo(await receive(dialect, path, body, state), dialect, state)
  return { send: 'body', http: 404, contentType: 'text/plain', body: '' }
}

async function receive(dialect: CoboDialect, path: string, body: string, state: State): Promise<ReceivedRequest> {
  const token = (new URLSearchParams(body).get(TOKEN_FIELD) ?? '').trim()
  const receivedAtMs = state.clock()
  const verified = await orUndefined(verifyPackageToken(token, state.callerKeys, receivedAtMs))
  const reading = verified && readCoboRequest(dialect, verified.content)
  const received: ReceivedRequest = {
    path,
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
  const approval: Verdict = {
    checker: state.options.name,
    caller: verified.fingerprint,
    dialect,
    kind: kind === 'unknown' ? 'keysign' : kind,
    request_id: requestId,
    digest: verified.digest,
    policy_digest: state.options.policyDigest ?? 'd0'.repeat(32),
    data_version: state.options.dataVersion ?? 'double-1',
    judged: true,
    bound: state.options.bound ?? 'raw',
    outcome: 'approve',
    codes: [],
    issued_at: nowMs,
  }
  const answer = await answerAs(state.behaviour(received), { requestId, approval, ...identity })
  if (answer.send === 'body') received.answerBody = answer.body
  return answer
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
