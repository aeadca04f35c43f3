import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  readCoboReply,
  signPackageToken,
  TOKEN_FIELD,
  type CoboReply,
  type Dialect,
  type VerificationKey,
} from '@callback-quorum/protocol'
import { Registry } from 'prom-client'
import { expect } from 'vitest'
import { createLogger } from '../../src/log.ts'
import {
  createSigningPool,
  startCallbackServer,
  type Answer,
  type CallbackServer,
  type CallbackServerOptions,
  type SigningPool,
  type VerifiedCallback,
} from '../../src/http/index.ts'
import { spkiFingerprint, type Caller } from '../../src/keys/index.ts'
import { send, type Received } from './http-client.ts'

/** RSA keys are slow to make; every test file makes these once. */
const rsa = (): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })

export const KEYS = { server: rsa(), nodeV1: rsa(), nodeV2: rsa(), stranger: rsa() }

/** All tests stand still at this moment unless they move their own clock. */
export const NOW_MS = Date.UTC(2026, 10, 20, 12)

export const KEYGEN = {
  request_id: 'req-1',
  request_type: 1,
  request_detail: JSON.stringify({ threshold: 2, node_ids: ['a', 'b'] }),
  extra_info: JSON.stringify({ cobo_id: 'cobo-1' }),
}

export interface Rig {
  readonly server: CallbackServer
  readonly url: string
  readonly registry: Registry
  /** What `decide` was asked, in order. */
  readonly asked: readonly VerifiedCallback[]
  readonly logLines: readonly string[]
  /** How many signatures the pool let through. */
  signatures(): number
  readonly post: (path: string, token: string) => Promise<Received>
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>
}

export type RigOptions = Partial<CallbackServerOptions> & { readonly answer?: Answer }

/** Looks again until the expectation holds; the time is for a machine under load, not part of any promise. */
export function eventually<T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 10_000 })
}

const running: CallbackServer[] = []

/** A real server with real keys; it approves everything it is asked unless told otherwise. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { answer = { answer: 'approve' }, ...rest } = options
  const registry = new Registry()
  const asked: VerifiedCallback[] = []
  const logLines: string[] = []
  const counting = countSignatures(rest.signing ?? createSigningPool())
  const decide = rest.decide ?? (() => Promise.resolve(answer))
  const server = await startCallbackServer({
    listeners: [{ listen: { host: '127.0.0.1', port: 0 }, dialects: ['cobo-v1', 'cobo-v2'] }],
    directory: '/',
    serviceName: 'rig',
    identity: { privateKey: KEYS.server.privateKey, issuer: 'rig', tokenExpireMs: 120_000 },
    callers: [
      caller('node-v1', KEYS.nodeV1.publicKey, ['cobo-v1']),
      caller('node-v2', KEYS.nodeV2.publicKey, ['cobo-v2']),
    ],
    clock: { nowMs: () => NOW_MS },
    log: createLogger({
      name: 'rig',
      level: 'debug',
      format: 'json',
      destination: { write: (line) => logLines.push(line) },
    }),
    registry,
    isReady: () => Promise.resolve(true),
    ...rest,
    signing: counting.pool,
    decide: (callback) => {
      asked.push(callback)
      return decide(callback)
    },
  })
  running.push(server)
  const url = server.urls[0] ?? ''
  return {
    server,
    url,
    registry,
    asked,
    logLines,
    signatures: counting.count,
    post: (path, token) => send({ url: `${url}${path}`, form: { [TOKEN_FIELD]: token } }),
    metric: async (name, labels = {}) => {
      const values = (await registry.getSingleMetric(`callback_quorum_${name}`)?.get())?.values ?? []
      return values
        .filter((value) => Object.entries(labels).every(([label, text]) => value.labels[label] === text))
        .reduce((sum, { value }) => sum + value, 0)
    },
  }
}

/** For afterEach. */
export async function stopRigs(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.stop(0)))
}

export function caller(name: string, key: KeyObject, dialects: readonly Dialect[]): Caller {
  const fingerprint = spkiFingerprint(key)
  const keys: readonly VerificationKey[] = [{ owner: name, fingerprint, key, maxTokenAgeMs: 900_000 }]
  return {
    name,
    platform: 'cobo',
    dialects,
    organisation: 'acme',
    keys,
    deferralWindowMs: 60_000,
    lastAskMs: 60_000,
    signers: new Map(),
    rawTx: 'required',
  }
}

/** A token as a node makes it. `content` is written as JSON unless it is a text already. */
export function tokenOf(content: object | string, key: KeyObject, nowMs: number = NOW_MS): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return signPackageToken(
    new TextEncoder().encode(text),
    { privateKey: key, issuer: '', tokenExpireMs: 120_000 },
    nowMs,
  )
}

/** The signed answer, verified with the server's key. Throws when it is not one. */
export function replyOf(received: Received, nowMs: number = NOW_MS): Promise<CoboReply> {
  const key = KEYS.server.publicKey
  const keys = [{ owner: 'rig', fingerprint: spkiFingerprint(key), key, maxTokenAgeMs: 900_000 }]
  return readCoboReply(received.body, keys, nowMs)
}

function countSignatures(inner: SigningPool): { readonly pool: SigningPool; readonly count: () => number } {
  let started = 0
  const pool: SigningPool = {
    sign: (work, verified, deadlineMs) =>
      inner.sign(
        () => {
          started += 1
          return work()
        },
        verified,
        deadlineMs,
      ),
  }
  return { pool, count: () => started }
}
