import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FireblocksEndpoint, VerificationKey } from '@callback-quorum/protocol'
import {
  createLogger,
  createTestDatabase,
  loadCallers,
  migrationsBeside,
  readConfigFile,
  spkiFingerprint,
  systemClock,
  type Answer,
  type Caller,
  type Database,
  type FireblocksCallback,
  type TestDatabase,
  type VerifiedCallback,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject } from 'vitest'
import { createClients } from '../../src/ask/create-clients.ts'
import { gatewayConfigSchema } from '../../src/config.ts'
import { createDecide } from '../../src/create-decide.ts'
import { createDeciding } from '../../src/deciding.ts'
import { startOutbox } from '../../src/record/outbox.ts'
import { startCheckerDouble, type CheckerDouble } from './checker-double.ts'
import { callbackOf, nodeCallback } from './cosigner-callbacks.ts'
import { sharedKeyFiles } from '../../../../test/shared-key-files.ts'

const MIGRATIONS = [
  { name: 'gateway', directory: migrationsBeside(new URL('../../src/gateway.ts', import.meta.url).href) },
]
const KEYS = ['internal', 'node', 'cosigner', 'second']
/** Longer than any test: what these keys sign carries no time, or one that the double made. */
const TOKEN_AGE_MS = 3_600_000

export interface CosignerRig {
  readonly database: Database
  /** Its clock stands still until a test moves it. */
  readonly testDatabase: TestDatabase
  readonly registry: Registry
  readonly internalFingerprint: string
  double(name: string): CheckerDouble
  caller(name: string): Caller
  /** What arrives when the Co-signer of this caller asks for this API user. */
  callback(caller: string, signerId: string, content: object, endpoint?: FireblocksEndpoint): FireblocksCallback
  ask(caller: string, signerId: string, content: object, endpoint?: FireblocksEndpoint): Promise<Answer>
  askAsNode(requestId: string): Promise<Answer>
  decide(callback: VerifiedCallback): Promise<Answer>
  close(): Promise<void>
}

export interface CosignerRigOptions {
  readonly quorum?: string
  /** More members of each checker's entry, as YAML flow text. */
  readonly entry?: string
}

const QUORUM = `
  - { callers: [node], kinds: [keysign], require: [alpha, beta] }
  - { callers: [pair, bare, one], kinds: [tx-approval, tx-signing, config-change], require: [alpha, beta] }`

/** Everything of a gateway below its listener: real database, real doubles over HTTP, a Cobo node and three Co-signers as callers. */
export async function startCosignerRig(options: CosignerRigOptions = {}): Promise<CosignerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq cosigner '))
  for (const name of KEYS) await sharedKeyFiles(join(folder, 'keys'), name)
  const keys = new Map<string, KeyObject>()
  for (const name of KEYS) keys.set(name, createPrivateKey(await readFile(join(folder, 'keys', `${name}.pem`))))
  const keyOf = (name: string): KeyObject => found(keys, name)
  const doubles = new Map<string, CheckerDouble>()
  for (const name of ['alpha', 'beta']) {
    const double = await startCheckerDouble({
      name,
      callerKeys: ['node', 'cosigner', 'second'].map((owner) => verificationKey(keyOf(owner), owner)),
      internalKeys: [verificationKey(keyOf('internal'), 'gateway')],
      approvers: ['approver-a', 'approver-b', 'json-approver', 'json-approver-b'],
    })
    doubles.set(name, double)
    await writeFile(join(folder, 'keys', `${name}.pub`), double.publicKey.export({ type: 'spki', format: 'pem' }))
  }
  const path = join(folder, 'gateway.yaml')
  await writeFile(path, configText([...doubles.values()], options))
  const file = await readConfigFile(path, gatewayConfigSchema, {})
  const { value: config } = file
  const callers = new Map((await loadCallers(config, folder)).map((caller) => [caller.name, caller]))
  const clients = await createClients(config.checkers, folder)
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open()
  const [registry, log] = [new Registry(), createLogger({ level: 'silent', format: 'json', name: 'rig' })]
  const internalKey = { key: keyOf('internal'), fingerprint: fingerprintOf(keyOf('internal')) }
  const deciding = createDeciding({
    file,
    context: { database, clock: systemClock, log, registry },
    clients,
    internalKey,
  })
  const decide = createDecide(deciding)
  const outbox = startOutbox({ ...deciding, internalKey: internalKey.key })
  const callback: CosignerRig['callback'] = (caller, signerId, content, endpoint) =>
    callbackOf(
      { caller: found(callers, caller), key: keyOf(caller === 'one' ? 'second' : 'cosigner'), signerId },
      content,
      endpoint,
    )
  return {
    database,
    testDatabase,
    registry,
    internalFingerprint: internalKey.fingerprint,
    double: (name) => found(doubles, name),
    caller: (name) => found(callers, name),
    callback,
    ask: async (caller, signerId, content, endpoint) => decide(callback(caller, signerId, content, endpoint)),
    askAsNode: async (requestId) => decide(nodeCallback(found(callers, 'node'), keyOf('node'), requestId)),
    decide,
    async close() {
      await outbox.stop()
      await Promise.all([...clients.values()].map(({ pool }) => pool.destroy()))
      await Promise.all([...doubles.values()].map((double) => double.close()))
      await testDatabase.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name)
  if (value === undefined) throw new Error(`the rig has no ${name}`)
  return value
}

const fingerprintOf = (key: KeyObject): string => spkiFingerprint(createPublicKey(key))

const verificationKey = (key: KeyObject, owner: string): VerificationKey => ({
  owner,
  fingerprint: fingerprintOf(key),
  key: createPublicKey(key),
  maxTokenAgeMs: TOKEN_AGE_MS,
})

function configText(doubles: readonly CheckerDouble[], { quorum = QUORUM, entry }: CosignerRigOptions): string {
  const members = entry ?? 'outcome: true'
  return `service_name: gateway
profile: development
callback: [{ listen: 127.0.0.1:0, dialects: [cobo-v2, fireblocks-jwt] }, { listen: 127.0.0.1:0, dialects: [fireblocks-json] }]
identity: { private_key: keys/gateway.pem, internal_key: keys/internal.pem }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: keys/node.pub }
  - { name: pair, platform: fireblocks, dialects: [fireblocks-jwt], organisation: acme, pubkey_path: keys/cosigner.pub,
      signer_ids: { signer-a: signer, signer-b: signer, approver-a: approver, approver-b: approver } }
  - { name: one, platform: fireblocks, dialects: [fireblocks-jwt], organisation: acme, pubkey_path: keys/second.pub,
      signer_ids: { signer-c: signer }, retry_times: 2, sleep_seconds: 60 }
  - { name: bare, platform: fireblocks, dialects: [fireblocks-json], organisation: acme,
      signer_ids: { json-signer: signer, json-approver: approver, json-approver-b: approver } }
data_dir: data
replica: rig
checkers:
${doubles.map(({ name, url }) => `  - { name: ${name}, service_address: "${url}", pubkey_path: keys/${name}.pub, request_timeout: 5s, ${members} }`).join('\n')}
quorum:${quorum}
`
}
