import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  businessKey,
  digestOf,
  readFireblocksReply,
  signOutcome,
  wrapJsonRequest,
  type FireblocksReply,
  type Kind,
  type OutcomeNotice,
} from '@callback-quorum/protocol'
import {
  createLogger,
  createTestDatabase,
  readConfigFile,
  spkiFingerprint,
  type Database,
} from '@callback-quorum/service'
import {
  cosignerContent,
  makeFireblocksTransfer,
  signCosignerToken,
  type CosignerRequest,
} from '@callback-quorum/simulator'
import { inject } from 'vitest'
import { checkCheckerConfig, checkerConfigSchema, createChecker, type Rule } from '../src/index.ts'
import { sharedKeyFiles } from '../../../test/shared-key-files.ts'

const NAMES = ['checker', 'gateway-internal', 'cosigner-1', 'cosigner-3'] as const
type KeyName = (typeof NAMES)[number]

/** One question of a Co-signer. Signed by the gateway it is bare JSON of `cosigner-2` that was wrapped. */
export interface CosignerAsk {
  readonly request: CosignerRequest
  readonly signerId: string
  readonly signedBy: Exclude<KeyName, 'checker'>
}

export interface CosignerRig {
  readonly database: Database
  ask(asked: CosignerAsk): Promise<FireblocksReply>
  /** What the gateway says became of it; the status of the answer. */
  tell(
    asked: CosignerAsk,
    outcome: OutcomeNotice['outcome'],
    change?: Partial<Omit<OutcomeNotice, 'signer_id'>> & { readonly signerId?: string | null },
  ): Promise<number>
  fingerprintOf(name: KeyName): string
  close(): Promise<void>
}

const CONFIG = `service_name: checker
profile: development
callback:
  - { listen: "127.0.0.1:0", dialects: [fireblocks-jwt] }
identity: { private_key: keys/checker.pem }
gateway: { pubkey_path: keys/gateway-internal.pub }
callers:
  - name: cosigner-1
    platform: fireblocks
    dialects: [fireblocks-jwt]
    organisation: acme
    pubkey_path: keys/cosigner-1.pub
    signer_ids: { approver-1: approver, signer-1: signer }
  - { name: cosigner-2, platform: fireblocks, dialects: [fireblocks-json], organisation: acme, signer_ids: { signer-2: signer } }
  # Nobody asks here about what this organisation signs.
  - name: cosigner-3
    platform: fireblocks
    dialects: [fireblocks-jwt]
    organisation: approves-only
    pubkey_path: keys/cosigner-3.pub
    signer_ids: { approver-3: approver }
data_dir: data
`

/** A checker of three Co-signers over HTTP, with a gateway that wraps what `cosigner-2` asks. */
export async function startCosignerRig(rules: readonly Rule[], extra = ''): Promise<CosignerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq co-signer '))
  const keys = new Map<KeyName, KeyObject>()
  for (const name of NAMES) {
    const { privatePath } = await sharedKeyFiles(join(folder, 'keys'), name)
    keys.set(name, createPrivateKey(await readFile(privatePath)))
  }
  const keyOf = (name: KeyName): KeyObject => {
    const key = keys.get(name)
    if (key === undefined) throw new Error(`no key ${name}`)
    return key
  }
  const fingerprintOf = (name: KeyName): string => spkiFingerprint(createPublicKey(keyOf(name)))
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  const database = await testDatabase.open()
  await database.query({
    text: 'create table taken (rule text, business_key text, committed int default 0, primary key (rule, business_key))',
  })
  const path = join(folder, 'checker.yaml')
  await writeFile(path, `${CONFIG}database_url: "${testDatabase.url}"\n${extra}\n`)
  const remove = async (): Promise<void> => {
    await testDatabase.drop()
    await rm(folder, { recursive: true, force: true })
  }
  const checker = await readConfigFile(path, checkerConfigSchema, {}, checkCheckerConfig)
    .then((file) =>
      createChecker({
        judges: 'description',
        name: 'checker',
        file,
        rules: () => ({ rules }),
        log: createLogger({ level: 'silent', name: 'rig' }),
      }),
    )
    .catch(async (error: unknown) => {
      await remove()
      throw error
    })
  const url = checker.callbackUrls[0] ?? ''
  const post = (at: string, body: string): Promise<Response> =>
    fetch(`${url}${at}`, { method: 'POST', headers: { 'content-type': 'application/jwt' }, body })
  return {
    database,
    fingerprintOf,
    async ask({ request, signerId, signedBy }) {
      const content = cosignerContent(request, signerId)
      const endpoint = request.kind === 'config-change' ? 'config' : 'tx'
      const token =
        signedBy === 'gateway-internal'
          ? await wrapJsonRequest(content, keyOf(signedBy), { endpoint, signerId })
          : signCosignerToken(content, keyOf(signedBy))
      const at = endpoint === 'tx' ? '/v2/tx_sign_request' : '/v2/config_change_sign_request'
      const body = new Uint8Array(await (await post(at, token)).arrayBuffer())
      const key = createPublicKey(keyOf('checker'))
      const own = { owner: 'checker', fingerprint: fingerprintOf('checker'), key, maxTokenAgeMs: 600_000 }
      return readFireblocksReply(body, [own], Date.now())
    },
    async tell({ request, signedBy, ...asked }, outcome, { signerId = asked.signerId, ...change } = {}) {
      const content = cosignerContent(request, asked.signerId)
      const { txId, requestId } = JSON.parse(Buffer.from(content).toString()) as Record<'txId' | 'requestId', string>
      const kind: Kind = request.kind
      const notice: OutcomeNotice = {
        aud: 'checker',
        caller: fingerprintOf(signedBy),
        ...(signerId !== null && { signer_id: signerId }),
        dialect: signedBy === 'gateway-internal' ? 'fireblocks-json' : 'fireblocks-jwt',
        kind,
        request_id: requestId,
        digest: digestOf(content),
        business_key: businessKey('fireblocks', 'acme', kind === 'config-change' ? `config-change/${requestId}` : txId),
        outcome,
        ...change,
      }
      const response = await post('/v2/outcome', await signOutcome(notice, keyOf('gateway-internal'), Date.now()))
      await response.text()
      return response.status
    },
    async close() {
      await checker.stop()
      await remove()
    },
  }
}

/** The same payment at one of its two stages. */
export const payment = (txId: string, stage: 'approval' | 'signing'): CosignerRequest =>
  makeFireblocksTransfer({ txId, stage, to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd', amount: '1', seed: 7 })
