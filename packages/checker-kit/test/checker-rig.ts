import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, readVerdict, signOutcome, type OutcomeNotice, type Verdict } from '@callback-quorum/protocol'
import {
  createAdminToken,
  createLogger,
  createTestDatabase,
  readConfigFile,
  spkiFingerprint,
  type Database,
  type RunningService,
} from '@callback-quorum/service'
import {
  createTssNode,
  CUSTODY,
  makeV2KeySign,
  packageBytes,
  testAddress,
  type CoboPackage,
  type Exchange,
  type TransferOptions,
  type TssNode,
} from '@callback-quorum/simulator'
import { inject } from 'vitest'
import {
  checkCheckerConfig,
  checkerConfigSchema,
  createChecker,
  type Judgement,
  type Rule,
  type RuleSet,
} from '../src/index.ts'
import { sharedKeyFiles } from '../../../test/shared-key-files.ts'

export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

/** A rule whose words a test writes; it notes what it was asked. */
export interface ScriptedRule extends Rule {
  readonly seen: string[]
  judgeSays: () => Promise<Judgement>
  claimSays: () => Judgement
  /** May throw. */
  commitSays: () => void
}

export const APPROVE: Judgement = { outcome: 'approve' }
export const rejects = (code: string): Judgement => ({
  outcome: 'reject',
  objections: [{ code, text: 'said the test' }],
})

/** Claims are rows of a table of its own, so that a rollback shows. */
export function scriptedRule(name: string, kinds: Rule['kinds'] = ['keysign']): ScriptedRule {
  const seen: string[] = []
  const rule: ScriptedRule = {
    name,
    kinds,
    seen,
    judgeSays: () => Promise.resolve(APPROVE),
    claimSays: () => APPROVE,
    commitSays: () => undefined,
    judge: () => {
      seen.push('judge')
      return rule.judgeSays()
    },
    claim: async (question, tx) => {
      seen.push('claim')
      await tx.query({
        text: 'insert into taken (rule, business_key) values ($1, $2) on conflict do nothing',
        values: [name, question.businessKey],
      })
      return rule.claimSays()
    },
    commit: async (businessKey, tx) => {
      seen.push('commit')
      await tx.query({
        text: `update taken set committed = committed + 1 where rule = $1 and business_key = $2`,
        values: [name, businessKey],
      })
      rule.commitSays()
    },
    release: async (businessKey, tx) => {
      seen.push('release')
      await tx.query({ text: 'delete from taken where rule = $1 and business_key = $2', values: [name, businessKey] })
    },
  }
  return rule
}

export interface CheckerRig {
  readonly checker: RunningService
  readonly database: Database
  readonly url: string
  readonly nodes: Readonly<Record<'node-1' | 'node-2', TssNode>>
  readonly keys: Readonly<Record<string, KeyObject>>
  /** The token of an operator; served with `admin: { listen: 127.0.0.1:0, tokens: tokens.yaml }` among the extra lines. */
  readonly adminToken: string
  ask(content: CoboPackage, node?: 'node-1' | 'node-2'): Promise<Exchange>
  /** The verdict of an exchange, read as the gateway reads it. */
  verdictOf(exchange: Exchange, content: CoboPackage, node?: 'node-1' | 'node-2'): Verdict
  tell(
    content: CoboPackage,
    outcome: OutcomeNotice['outcome'],
    change?: Partial<OutcomeNotice> & { readonly signer?: KeyObject; readonly nowMs?: number },
  ): Promise<number>
  taken(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function startCheckerRig(
  rules: readonly Rule[],
  extra = 'deadline: 600ms',
  more: Partial<RuleSet> = {},
): Promise<CheckerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq checker '))
  const keyFolder = join(folder, 'keys')
  const names = ['checker', 'gateway-internal', 'node-1', 'node-1-old', 'node-1-event', 'node-2', 'stranger']
  for (const name of names) await sharedKeyFiles(keyFolder, name)
  const keys: Record<string, KeyObject> = {}
  for (const name of names) keys[name] = createPrivateKey(await readFile(join(keyFolder, `${name}.pem`)))
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  const database = await testDatabase.open()
  await database.query({
    text: 'create table taken (rule text, business_key text, committed int default 0, primary key (rule, business_key))',
  })
  const admin = createAdminToken()
  const tokens = `tokens: [{ name: olga, role: operator, sha256: ${admin.sha256} }]\n`
  await writeFile(join(folder, 'tokens.yaml'), tokens)
  const path = join(folder, 'checker.yaml')
  await writeFile(
    join(folder, 'addresses.yaml'),
    `own:\n  - { address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId} }\nallow: []\n`,
  )
  await writeFile(
    path,
    `service_name: checker
profile: development
callback:
  - { listen: "127.0.0.1:0", dialects: [cobo-v1, cobo-v2] }
identity: { private_key: keys/checker.pem }
gateway: { pubkey_path: keys/gateway-internal.pub }
callers:
  - name: node-1
    platform: cobo
    dialects: [cobo-v1, cobo-v2]
    organisation: ${CUSTODY.organisation}
    pubkey_path: [{ file: keys/node-1.pub }, { file: keys/node-1-old.pub, not_after: 2020-01-01 }]
    event_pubkey_path: keys/node-1-event.pub
  - { name: node-2, platform: cobo, dialects: [cobo-v2], organisation: ${CUSTODY.organisation}, pubkey_path: keys/node-2.pub }
addresses: addresses.yaml
database_url: "${testDatabase.url}"
data_dir: data
${extra}
`,
  )
  const checker = await createChecker({
    judges: 'description',
    name: 'checker',
    file: await readConfigFile(path, checkerConfigSchema, {}, checkCheckerConfig),
    rules: () => ({ rules, dataVersion: () => 'data-7', ...more }),
    log: createLogger({ level: 'silent', name: 'rig' }),
  })
  const url = checker.callbackUrls[0] ?? ''
  const keyOf = (name: string): KeyObject => {
    const key = keys[name]
    if (key === undefined) throw new Error(`no key ${name}`)
    return key
  }
  const node = (name: string, dialect = 'v2'): TssNode =>
    createTssNode({
      name,
      privateKey: keyOf(name),
      servers: [{ serviceAddress: `${url}/${dialect}/check`, publicKey: createPublicKey(keyOf('checker')) }],
    })
  const nodes = { 'node-1': node('node-1'), 'node-2': node('node-2') }
  const fingerprintOf = (name: string): string => spkiFingerprint(createPublicKey(keyOf(name)))
  return {
    checker,
    database,
    url,
    nodes,
    keys,
    adminToken: admin.token,
    async ask(content, name = 'node-1') {
      const [exchange] = await nodes[name].askOnce(content)
      if (exchange === undefined) throw new Error('the node has one server')
      return exchange
    },
    verdictOf(exchange, content, name = 'node-1') {
      const now = Date.now()
      const read = readVerdict(exchange.verdict, {
        checker: 'checker',
        caller: fingerprintOf(name),
        dialect: 'cobo-v2',
        kind: 'keysign',
        requestId: content.request_id ?? '',
        digest: digestOf(packageBytes(content)),
        notBeforeMs: now - 60_000,
        notAfterMs: now + 1_000,
        status: exchange.status ?? -1,
        ...(exchange.action == null ? {} : { action: exchange.action }),
      })
      if ('mismatches' in read) throw new Error(`the verdict does not answer: ${read.mismatches.join(', ')}`)
      return read.verdict
    },
    async tell(content, outcome, { signer = keyOf('gateway-internal'), nowMs = Date.now(), ...change } = {}) {
      const notice: OutcomeNotice = {
        aud: 'checker',
        caller: fingerprintOf('node-1'),
        dialect: 'cobo-v2',
        kind: 'keysign',
        request_id: content.request_id ?? '',
        digest: digestOf(packageBytes(content)),
        business_key: businessKeyOf(content),
        outcome,
        ...change,
      }
      const body = await signOutcome(notice, signer, nowMs)
      const response = await fetch(`${url}/v2/outcome`, {
        method: 'POST',
        headers: { 'content-type': 'application/jwt' },
        body,
      })
      await response.text()
      return response.status
    },
    taken: async () =>
      (await database.query<{ rule: string }>({ text: 'select rule from taken order by 1' })).map(({ rule }) => rule),
    async close() {
      await Promise.all(Object.values(nodes).map((each) => each.close()))
      await checker.stop()
      await testDatabase.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Every payment of a test names its transaction by its reference, so that the business key is known. */
export const transfer = (transaction: string, change: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({
    requestId: `request-${transaction}`,
    transactionId: transaction,
    coboId: transaction,
    to: CUSTOMER,
    amount: '1',
    organisation: CUSTODY.organisation,
    seed: 7,
    createdAtMs: 1_760_000_000_000,
    ...change,
  })

function businessKeyOf({ extra_info: extra }: CoboPackage): OutcomeNotice['business_key'] {
  const { transaction } = JSON.parse(extra ?? '{}') as { transaction: { cobo_id: string } }
  return `cobo:${CUSTODY.organisation}:${transaction.cobo_id}` as OutcomeNotice['business_key']
}
