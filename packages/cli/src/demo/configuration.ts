import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAdminToken, generateRsaKeyFiles } from '@callback-quorum/service'
import { CUSTODY, testAddress } from '@callback-quorum/simulator'

/** The checkers of a demonstration, in the order in which they are shown. */
export const CHECKERS = ['limits', 'sanctions', 'business-lookup'] as const
export type CheckerName = (typeof CHECKERS)[number]
export const SERVICES = [...CHECKERS, 'gateway'] as const
export type DemoService = (typeof SERVICES)[number]

export interface ServicePorts {
  readonly callback: number
  readonly metrics: number
}

export interface ConfigurationOptions {
  /** Made when missing. */
  readonly folder: string
  readonly ports: Readonly<Record<DemoService, ServicePorts>>
  readonly adminPort: number
  /** `postgres://` of the business system. */
  readonly businessSystemUrl: string
  /** More members of the caller's entry, as YAML flow text that begins with a comma. */
  readonly caller?: string
  /** More lines of the gateway's configuration. */
  readonly gateway?: string
}

export interface Configuration {
  readonly folder: string
  readonly files: Readonly<Record<DemoService, string>>
  readonly adminTokenFile: string
  /** Private key of the simulated node. */
  readonly nodeKeyFile: string
  readonly publicKeyFiles: Readonly<Record<DemoService, string>>
}

/** Writes keys and configuration of a gateway and three checkers on loopback. For demonstrations and tests only. */
export async function writeConfiguration(options: ConfigurationOptions): Promise<Configuration> {
  const { folder } = options
  const keys = join(folder, 'keys')
  await mkdir(folder, { recursive: true })
  for (const name of [...SERVICES, 'gateway-internal', 'node']) await generateRsaKeyFiles(keys, name)
  const { token, sha256 } = createAdminToken()
  const adminTokenFile = join(folder, 'operator.token')
  await writeFile(adminTokenFile, `${token}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'admin-tokens.yaml'), `tokens:\n  - { name: demo-operator, role: approver, sha256: ${sha256} }\n`)
  await writeFile(join(folder, 'addresses.yaml'), addresses())
  await writeFile(join(folder, 'limits-rules.yaml'), LIMITS_RULES)
  const files = Object.fromEntries(SERVICES.map((name) => [name, join(folder, `${name}.yaml`)])) as Record<DemoService, string>
  for (const name of SERVICES) await writeFile(files[name], `${common(name, options)}\n${own(name, options)}`)
  return {
    folder,
    files,
    adminTokenFile,
    nodeKeyFile: join(keys, 'node.pem'),
    publicKeyFiles: Object.fromEntries(SERVICES.map((name) => [name, join(keys, `${name}.pub`)])) as Record<DemoService, string>,
  }
}

const common = (name: DemoService, { ports, caller }: ConfigurationOptions): string => `service_name: ${name}
profile: development
callback:
  - { listen: 127.0.0.1:${ports[name].callback}, dialects: [cobo-v1, cobo-v2] }
metrics: { listen: 127.0.0.1:${ports[name].metrics} }
callers:
  - name: node-demo
    platform: cobo
    dialects: [cobo-v1, cobo-v2]
    organisation: ${CUSTODY.organisation}
    pubkey_path: keys/node.pub${caller ?? ''}
database_url: ''            # empty: a PostgreSQL of its own in data_dir
data_dir: data/${name}
log: { level: info, format: json }
`

function own(name: DemoService, options: ConfigurationOptions): string {
  if (name === 'gateway') return gateway(options)
  const checker = `identity: { private_key: keys/${name}.pem }
gateway: { pubkey_path: keys/gateway-internal.pub }      # who may post outcomes
addresses: addresses.yaml
`
  switch (name) {
    case 'limits':
      return `${checker}rules: limits-rules.yaml\n`
    case 'sanctions':
      return `${checker}lists:\n  - { source: ofac-sdn, starter_list: demo }\n`
    case 'business-lookup':
      return `${checker}${businessLookup(options)}`
  }
}

const gateway = ({ ports, adminPort, gateway: more }: ConfigurationOptions): string => `identity: { private_key: keys/gateway.pem, internal_key: keys/gateway-internal.pem }
admin: { listen: 127.0.0.1:${adminPort}, tokens: admin-tokens.yaml }
checkers:
${CHECKERS.map((name) => checkerEntry(name, ports[name].callback)).join('\n')}
quorum:
  # accept_unbound: no checker decodes transactions in this release, so nothing proves that the bytes match their description.
  - { callers: [node-demo], kinds: [keysign], require: [${CHECKERS.join(', ')}], accept_unbound: true }
${more ?? ''}
`

const checkerEntry = (name: CheckerName, port: number): string => {
  // limits reserves money, so it is asked when the others have approved.
  const stage = name === 'limits' ? ', stage: 2' : ''
  return `  - { name: ${name}, service_address: "http://127.0.0.1:${port}", pubkey_path: keys/${name}.pub, outcome: true${stage} }`
}

const LIMITS_RULES = `version: 1
rules:
  - id: usdt-per-transaction
    match: { asset: [USDT-ETHEREUM] }
    window: tx
    limit: "1000"
  - id: usdt-per-day
    match: { asset: [USDT-ETHEREUM] }
    window: { rolling: 24h }
    limit: "5000"
  - id: eth-per-transaction
    match: { asset: [ETH] }
    window: tx
    limit: "2"
  - id: eth-per-day
    match: { asset: [ETH] }
    window: { rolling: 24h }
    limit: "10"
`

const businessLookup = ({ businessSystemUrl }: ConfigurationOptions): string => `reference: { from: [reference], pattern: "^WD-[0-9]{8}$" }
connector:
  kind: sql
  database_url: "${businessSystemUrl}"
  query: "select state, asset, amount::text as amount, address, valid_until from withdrawal where reference = $1 limit 2"
  params: [reference]
map:
  status: { at: state }
  asset: { at: asset }
  amount: { at: amount }
  destination: { at: address }
  expires_at: { at: valid_until }
asset_codes: { USDT-ERC20: USDT-ETHEREUM, ETH: ETH }
compare: { status: { in: [approved] } }
`

const addresses = (): string => `own:
  - { address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId}, path: "${testAddress(0).path}" }
allow: []
`
