import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { businessKey, digestOf, signOutcome, type OutcomeNotice } from '@callback-quorum/protocol'
import {
  createAdminToken,
  createLogger,
  createTestDatabase,
  spkiFingerprint,
  type Database,
} from '@callback-quorum/service'
import {
  createTssNode,
  CUSTODY,
  makeEvent,
  makeV2KeySign,
  packageBytes,
  sendEvent,
  testAddress,
  type CoboPackage,
  type TransferOptions,
} from '@callback-quorum/simulator'
import { inject, onTestFinished } from 'vitest'
import { createReaderRole } from '../reader-role.ts'
import { readBusinessLookupConfig, startBusinessLookup } from '../../src/index.ts'
import { sharedKeyFiles } from '../../../../test/shared-key-files.ts'

export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const PEOPLE = ['viewer', 'operator', 'approver'] as const

export interface CheckerRig {
  readonly database: Database
  readonly payouts: Database
  /** An approved withdrawal of ETH to CUSTOMER. */
  add(reference: string, amount?: string): Promise<void>
  /** As a TSS node asks, over HTTP: `approve`, `no_answer` and the like, or the text of a rejection. */
  ask(content: CoboPackage): Promise<string>
  /** The gateway's notice. */
  tell(content: CoboPackage, outcome: OutcomeNotice['outcome']): Promise<void>
  /** What the node says became of it. */
  say(content: CoboPackage, status: 'failed' | 'succeeded'): Promise<void>
  admin(
    who: (typeof PEOPLE)[number],
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: Body }>
  /** One line for each claim: state, reference, holders. */
  claims(): Promise<readonly string[]>
  /** The lines of one series of `/metrics`, without its name. */
  metric(name: string): Promise<readonly string[]>
}

export type Body = Readonly<Record<string, unknown>>

export const pay = (transactionId: string, more: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount: '1', reference: 'WD-00000001', transactionId, coboId: transactionId, ...more })

export const keyOf = (transactionId: string): string => businessKey('cobo', CUSTODY.organisation, transactionId)

/** The whole checker on real databases, asked by the simulator's node. */
export async function startCheckerRig(): Promise<CheckerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq claims '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const key = new Map<string, KeyObject>()
  for (const name of ['lookup', 'gateway', 'node', 'event']) {
    await sharedKeyFiles(join(folder, 'keys'), name)
    key.set(name, createPrivateKey(await readFile(join(folder, 'keys', `${name}.pem`))))
  }
  const privateKey = (name: string): KeyObject => {
    const found = key.get(name)
    if (found === undefined) throw new Error(`no key ${name}`)
    return found
  }
  const own = await createTestDatabase(inject('postgresUrl'), [])
  const business = await createTestDatabase(inject('postgresUrl'), [])
  const payouts = await business.open()
  await payouts.query({
    text: 'create table withdrawal (reference text, state text, asset text, amount text, address text, valid_until timestamptz)',
  })
  const reader = await createReaderRole(business, 'everything')
  const tokens = new Map(PEOPLE.map((who) => [who, createAdminToken()]))
  const entries = [...tokens].map(([who, { sha256 }]) => `{ name: ${who}, role: ${who}, sha256: ${sha256} }`)
  await writeFile(join(folder, 'tokens.yaml'), `tokens: [${entries.join(', ')}]\n`)
  await writeFile(
    join(folder, 'addresses.yaml'),
    `own:\n  - { address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId} }\nallow: []\n`,
  )
  await writeFile(join(folder, 'lookup.yaml'), configuration(own.url, reader.url))
  const checker = await startBusinessLookup({
    file: await readBusinessLookupConfig(join(folder, 'lookup.yaml'), {}),
    log: createLogger({ level: 'silent', name: 'rig' }),
  })
  const url = checker.callbackUrls[0] ?? ''
  const node = createTssNode({
    name: 'node',
    privateKey: privateKey('node'),
    servers: [{ serviceAddress: `${url}/v2/check`, publicKey: createPublicKey(privateKey('lookup')) }],
  })
  onTestFinished(async () => {
    await node.close()
    await checker.stop()
    await own.drop()
    await reader.drop()
    await business.drop()
  })
  const database = await own.open()
  return {
    database,
    payouts,
    add: async (reference, amount = '1') => {
      await payouts.query({
        text: `insert into withdrawal values ($1, 'approved', 'ETH', $2, $3, now() + interval '1 day')`,
        values: [reference, amount, CUSTOMER],
      })
    },
    ask: async (content) => {
      const [exchange] = await node.askOnce(content)
      return exchange?.error ?? exchange?.result ?? 'nothing'
    },
    tell: async (content, outcome) => {
      const notice = {
        aud: 'lookup',
        caller: spkiFingerprint(createPublicKey(privateKey('node'))),
        dialect: 'cobo-v2' as const,
        kind: 'keysign' as const,
        request_id: content.request_id ?? '',
        digest: digestOf(packageBytes(content)),
        business_key: businessKey('cobo', CUSTODY.organisation, transactionOf(content)),
        outcome,
      }
      const response = await fetch(`${url}/v2/outcome`, {
        method: 'POST',
        headers: { 'content-type': 'application/jwt' },
        body: await signOutcome(notice, privateKey('gateway'), Date.now()),
      })
      if (response.status !== 200) throw new Error(`the outcome was answered ${String(response.status)}`)
      await response.text()
    },
    say: async (content, status) => {
      const said = await sendEvent(`${url}/v2/event`, makeEvent(content, status), { privateKey: privateKey('event') })
      if (!('http' in said) || said.http !== 200) throw new Error(`the event was answered ${JSON.stringify(said)}`)
    },
    admin: async (who, path, body) => {
      const response = await fetch(`${checker.adminUrl ?? ''}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${tokens.get(who)?.token ?? ''}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as Body }
    },
    claims: async () => {
      const rows = await database.query<{ line: string }>({
        text: `select concat_ws(' ', state, reference, (select string_agg(split_part(business_key, ':', 3), ',' order by holder_id)
                 from claim_holder where claim_holder.claim_id = claim.claim_id and claim_holder.released_at is null)) as line
               from claim order by claim_id`,
      })
      return rows.map(({ line }) => line)
    },
    metric: async (name) => {
      const text = await (await fetch(`${checker.metricsUrl ?? ''}/metrics`)).text()
      return text.split('\n').flatMap((line) => (line.startsWith(`${name}{`) ? [line.slice(name.length)] : []))
    },
  }
}

function transactionOf({ extra_info: extra = '{}' }: CoboPackage): string {
  const { transaction } = JSON.parse(extra) as { transaction: { cobo_id: string } }
  return transaction.cobo_id
}

const configuration = (own: string, business: string): string => `service_name: lookup
profile: development
callback:
  - { listen: "127.0.0.1:0", dialects: [cobo-v2] }
admin: { listen: "127.0.0.1:0", tokens: tokens.yaml }
metrics: { listen: "127.0.0.1:0" }
identity: { private_key: keys/lookup.pem }
gateway: { pubkey_path: keys/gateway.pub }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: ${CUSTODY.organisation}, pubkey_path: keys/node.pub, event_pubkey_path: keys/event.pub }
addresses: addresses.yaml
database_url: "${own}"
data_dir: data
reference: { from: [reference], pattern: "^(?<reference>WD-[0-9]{8})(?:-R[0-9])?$" }
connector:
  kind: sql
  database_url: "${business}"
  query: "select reference, state, asset, amount, address, valid_until from withdrawal where reference = $1 limit 2"
  params: [reference]
map:
  reference: { at: reference }
  status: { at: state }
  asset: { at: asset }
  amount: { at: amount }
  destination: { at: address }
  expires_at: { at: valid_until }
asset_codes: { ETH: ETH }
compare: { status: { in: [approved] } }
`
