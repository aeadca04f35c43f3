import { createPrivateKey, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import {
  createLogger,
  createTestDatabase,
  generateRsaKeyFiles,
  type Database,
  type RunningService,
} from '@callback-quorum/service'
import {
  createCosigner,
  testAddress,
  type Cosigner,
  type CosignerOptions,
  type CosignerTrust,
} from '@callback-quorum/simulator'
import { inject } from 'vitest'
import { runCommandLine } from '../../packages/cli/test/command-line.ts'
import { makePrivateAuthority } from './private-authority.ts'

export const HOST = 'callback.example.com'
export const SIGNER = 'user-signer'
export const APPROVER = 'user-approver'

/** What `keys co-signer --output json` says, as far as it is used here. */
interface Made {
  readonly messages: 'jwt' | 'json'
  readonly trust: 'public-ca' | 'pin' | 'root-ca'
  readonly certificate?: { readonly pin: string }
  readonly api: {
    readonly body: { readonly callbackHandler: { readonly publicKey?: string; readonly cert?: string } }
  }
  readonly configuration: string
}

export interface CosignerRigOptions {
  readonly option: 1 | 2 | 3 | 4 | 5
  /** In the place of a key made here, whose private half is then not at hand. */
  readonly cosignerPublicKey?: string
  /** YAML of integrity's own blocks. */
  readonly integrity?: string
  /** Default: SIGNER and APPROVER, without paths. */
  readonly signers?: Readonly<Record<string, { readonly role: 'signer' | 'approver'; readonly path?: string }>>
  /** YAML of who else asks: listeners and quorum entries of the gateway, callers of gateway and checker. */
  readonly moreListeners?: string
  /** cobo-v2 on the listeners of the signed dialect. */
  readonly alsoCobo?: boolean
  readonly moreCallers?: string
  readonly moreQuorum?: string
  readonly addresses?: string
}

export interface CosignerRig {
  readonly folder: string
  readonly port: number
  readonly url: string
  readonly made: Made
  /** PEM of what the Co-signer trusts: the pinned certificate, the Root-CA, or an authority that stands in for a public one. */
  readonly trusted: string
  /** As libcurl takes it. */
  readonly pin: string
  readonly databases: { readonly gateway: Database; readonly integrity: Database }
  /** Set up as its administrator would with what the command printed. */
  cosigner(changes?: Partial<CosignerOptions>): Cosigner
  /** The gateway starts anew and reads its files again. */
  restartGateway(): Promise<void>
  close(): Promise<void>
}

const SIGNERS = { [SIGNER]: { role: 'signer' }, [APPROVER]: { role: 'approver' } } as const
const ADDRESSES = `own: [{ address: "${testAddress(0).address}", chain: ethereum, wallet: "VAULT:0" }]\nallow: []\n`

/** A gateway and an integrity checker on real databases, configured by what `keys co-signer` printed for one option. */
export async function startCosignerRig(o: CosignerRigOptions): Promise<CosignerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq co-signer '))
  const keys = join(folder, 'keys')
  const [port, integrityPort] = [await freePort(), await freePort()]
  for (const name of ['gateway', 'gateway-internal', 'integrity', 'cosigner-1']) await generateRsaKeyFiles(keys, name)
  if (o.cosignerPublicKey !== undefined) await writeFile(join(keys, 'cosigner-1.pub'), o.cosignerPublicKey)
  const names = ['--host', HOST, '--address', '127.0.0.1', '--port', String(port)]
  const args = ['keys', 'co-signer', '--dir', keys, '--name', 'cb', '--option', String(o.option), ...names]
  const { stdout, stderr } = await runCommandLine([...args, '--output', 'json'])
  if (stdout === '') throw new Error(stderr)
  const made = JSON.parse(stdout) as Made
  const trusted = made.api.body.callbackHandler.cert ?? (await makePublicAuthority(folder))
  const signers = o.signers ?? SIGNERS
  const configuration = made.configuration
    .replace('0.0.0.0:', '127.0.0.1:')
    .replace('192.0.2.10/32', '127.0.0.1/32')
    .replace('{ "the-id-of-the-api-user": signer }', JSON.stringify(signers))
    .replace('[fireblocks-jwt]', o.alsoCobo === true ? '[fireblocks-jwt, cobo-v2]' : '[fireblocks-jwt]')
    .replace('callers:\n', `${o.moreListeners ?? ''}callers:\n`)
    .replace('identity:\n', `${o.moreCallers ?? ''}identity:\n`)
  const databases = {
    gateway: await createTestDatabase(inject('postgresUrl'), []),
    integrity: await createTestDatabase(inject('postgresUrl'), []),
  }
  const common = (name: 'gateway' | 'integrity'): string =>
    `service_name: ${name}\nprofile: development\ndatabase_url: "${databases[name].url}"\ndata_dir: data\nlog: { level: error }\n`
  const gatewayFile = join(folder, 'gateway.yaml')
  const integrityFile = join(folder, 'integrity.yaml')
  await writeFile(
    gatewayFile,
    `${common('gateway')}${configuration}checkers:
  - { name: integrity, service_address: "http://127.0.0.1:${integrityPort}", pubkey_path: keys/integrity.pub, outcome: true, request_timeout: 10s }
quorum:
  - { callers: [cosigner-1], kinds: [tx-signing, tx-approval, config-change], require: [integrity] }
${o.moreQuorum ?? ''}`,
  )
  const pubkey = made.messages === 'jwt' ? ', pubkey_path: keys/cosigner-1.pub' : ''
  await writeFile(
    integrityFile,
    `${common('integrity')}callback:
  - { listen: "127.0.0.1:${integrityPort}", dialects: [fireblocks-jwt${o.alsoCobo === true ? ', cobo-v2' : ''}] }
callers:
  - { name: cosigner-1, platform: fireblocks, dialects: [fireblocks-${made.messages}], organisation: acme, signer_ids: ${JSON.stringify(rolesOf(signers))}${pubkey} }
${o.moreCallers ?? ''}identity: { private_key: keys/integrity.pem }
gateway: { pubkey_path: keys/gateway-internal.pub }
addresses: addresses.yaml
deadline: 9s
${o.integrity ?? 'vaults: [{ id: "0" }]\nfees: [{ chain: ethereum, max: "0.05" }]\n'}`,
  )
  await writeFile(join(folder, 'addresses.yaml'), o.addresses ?? ADDRESSES)
  const log = createLogger({ level: 'silent', name: 'e2e' })
  const startTheGateway = async (): Promise<RunningService> =>
    startGateway({ file: await readGatewayConfig(gatewayFile, {}), log })
  const integrity = await startIntegrity({ file: await readIntegrityConfig(integrityFile, {}), log })
  let gateway = await startTheGateway()
  const cosigners: Cosigner[] = []
  const url = `https://127.0.0.1:${port}`
  const setUp = await settingsOf(made, trusted, keys)
  return {
    folder,
    port,
    url,
    made,
    trusted,
    pin: made.certificate?.pin ?? '',
    databases: { gateway: await databases.gateway.open(), integrity: await databases.integrity.open() },
    cosigner(changes = {}) {
      const cosigner = createCosigner({ name: 'cosigner-1', signerId: SIGNER, url, ...setUp, ...changes })
      cosigners.push(cosigner)
      return cosigner
    },
    async restartGateway() {
      await gateway.stop()
      gateway = await startTheGateway()
    },
    async close() {
      await Promise.all(cosigners.map((cosigner) => cosigner.close()))
      await gateway.stop()
      await integrity.stop()
      await Promise.all([databases.gateway.drop(), databases.integrity.drop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A gateway asks its checkers at one path for all API users. */
const rolesOf = (signers: NonNullable<CosignerRigOptions['signers']>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(signers).map(([id, { role }]) => [id, role]))

type Settings = Pick<CosignerOptions, 'messages' | 'trust' | 'privateKey' | 'handlerPublicKey'>

async function settingsOf(
  { messages, trust: kind, api, certificate }: Made,
  pem: string,
  keys: string,
): Promise<Settings> {
  const { publicKey = '' } = api.body.callbackHandler
  const trust: CosignerTrust =
    kind === 'pin' ? { kind, pin: certificate?.pin ?? '' } : { kind: kind === 'root-ca' ? kind : 'ca', pem }
  if (messages === 'json') return { messages, trust }
  const privateKey = createPrivateKey(await readFile(join(keys, 'cosigner-1.pem')))
  return { messages, trust, privateKey, handlerPublicKey: createPublicKey(publicKey) }
}

/** Option 1 has its certificate from a public authority; a private one stands in for it. Resolves to the authority's certificate. */
async function makePublicAuthority(folder: string): Promise<string> {
  const { pem, certificate, key } = await makePrivateAuthority(HOST)
  await mkdir(join(folder, 'tls'))
  await writeFile(join(folder, 'tls/cb-fullchain.pem'), certificate)
  await writeFile(join(folder, 'tls/cb.key'), key, { mode: 0o600 })
  return pem
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
