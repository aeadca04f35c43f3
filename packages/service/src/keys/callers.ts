import { resolve } from 'node:path'
import type { Dialect, VerificationKey } from '@callback-quorum/protocol'
import type { CallerConfig, CommonConfig } from '../config/common-config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { ListenAddress } from '../config/listen-address.ts'
import { assertDistinctKeys, type KeyRole } from './distinct-keys.ts'
import { loadPublicKey, type PublicKey } from './key-files.ts'

export type { KeyRole } from './distinct-keys.ts'

/** Who may ask, with the keys that prove it. */
export interface Caller {
  readonly name: string
  readonly platform: 'cobo' | 'fireblocks'
  readonly dialects: readonly Dialect[]
  readonly organisation: string
  /** Owner is the caller's name. Several for rotation. */
  readonly keys: readonly VerificationKey[]
  /** A Cobo node signs its events with a key of its own; their tokens live no longer than those of its requests. */
  readonly eventKey?: VerificationKey
  /** How long the caller goes on asking a question that nobody answers: retry_times x (sleep_seconds + request_timeout). */
  readonly deferralWindowMs: number
  /**
   * From how long after the noting of the first asking on an asking is the last: whoever must say no instead of "later" says it then. A little
   * before the schedule says so: the first may be noted as late as its caller waits, and the last at once.
   */
  readonly lastAskMs: number
  /** Of a Co-signer: its API users. A request of another one comes from nobody that is known. */
  readonly signers: ReadonlyMap<string, Signer>
  /** `unavailable`: the platform sends this caller no bytes to be signed. */
  readonly rawTx: 'required' | 'unavailable'
  /** fireblocks-json: the one listener that it asks; absent where there is but one. */
  readonly listener?: ListenAddress
}

/** An API user of a Co-signer. */
export interface Signer {
  readonly role: 'signer' | 'approver'
  /** Between the base path of the listener and the path of the wire; '' or `/api-user-1`. Asked below another one, it is not this API user. */
  readonly path: string
}

/**
 * Reads every caller's keys; paths are relative to `directory`. Throws one ConfigError with all unreadable keys, or with all keys
 * that stand under two names.
 */
export async function loadCallers(config: CommonConfig, directory: string): Promise<readonly Caller[]> {
  const loading = config.callers.map((entry, index) => loadCaller(entry, `callers[${index}]`, directory))
  const settled = await Promise.allSettled(loading)
  const problems = settled.flatMap((result) => (result.status === 'rejected' ? problemsOf(result.reason) : []))
  if (problems.length > 0) throw new ConfigError(problems)
  const callers = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  assertDistinctKeys(keyRolesOf(callers))
  return callers
}

/** Every key of the callers with its role, to be compared with the service's own keys and those of checkers. */
export function keyRolesOf(callers: readonly Caller[]): readonly KeyRole[] {
  return callers.flatMap((caller) => [
    ...caller.keys.map(({ fingerprint }) => ({ role: `caller ${caller.name}`, fingerprint })),
    ...(caller.eventKey === undefined
      ? []
      : [{ role: `events of caller ${caller.name}`, fingerprint: caller.eventKey.fingerprint }]),
  ])
}

async function loadCaller(entry: CallerConfig, path: string, directory: string): Promise<Caller> {
  const problems: string[] = []
  const load = async (file: string, where: string): Promise<PublicKey | undefined> => {
    try {
      return await loadPublicKey(resolve(directory, file))
    } catch (error) {
      problems.push(...problemsOf(error).map((text) => `${path}.${where} (${entry.name}): ${text}`))
      return undefined
    }
  }
  const keys: VerificationKey[] = []
  for (const [index, { file, not_after: notAfterMs }] of entry.pubkey_path.entries()) {
    const loaded = await load(file, `pubkey_path[${index}]`)
    if (loaded === undefined) continue
    const { key, fingerprint } = loaded
    const base = { owner: entry.name, fingerprint, key, maxTokenAgeMs: entry.max_token_age }
    keys.push(notAfterMs === undefined ? base : { ...base, notAfterMs })
  }
  const { event_pubkey_path: eventPath } = entry
  const eventKey = eventPath === undefined ? undefined : await load(eventPath, 'event_pubkey_path')
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    name: entry.name,
    platform: entry.platform,
    dialects: entry.dialects,
    organisation: entry.organisation,
    keys,
    deferralWindowMs: entry.retry_times * (entry.sleep_seconds * 1_000 + entry.request_timeout),
    ...(eventKey === undefined ? {} : { eventKey: eventVerificationKey(entry, eventKey) }),
    lastAskMs: lastAskMsOf(entry),
    signers: new Map(Object.entries(entry.signer_ids ?? {})),
    rawTx: entry.raw_tx ?? 'required',
    ...(entry.listener === undefined ? {} : { listener: entry.listener }),
  }
}

/** Never as much before as the asking before the last, which has its turn. */
function lastAskMsOf({ retry_times: times, sleep_seconds: sleep, request_timeout: waitMs }: CallerConfig): number {
  const sleepMs = sleep * 1_000
  return Math.max(0, (times - 1) * sleepMs - Math.min(waitMs, sleepMs / 2))
}

function eventVerificationKey(entry: CallerConfig, { key, fingerprint }: PublicKey): VerificationKey {
  return { owner: entry.name, fingerprint, key, maxTokenAgeMs: entry.max_token_age }
}

/** A bug is not a problem of the configuration and goes on up. */
function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems
  throw error
}
