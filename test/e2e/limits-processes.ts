import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type RunningProcess } from '@callback-quorum/cli'
import { generateRsaKeyFiles } from '@callback-quorum/service'
import {
  createTssNode,
  CUSTODY,
  signRequestToken,
  testAddress,
  type Exchange,
  type PackageContent,
} from '@callback-quorum/simulator'
import { freePort } from '../../packages/service/src/database/embedded/free-port.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')

/** A limits checker in a process of its own, as a node that has it registered directly sees it. */
export interface LimitsProcess {
  readonly running: RunningProcess
  /** Asks once, with this token where one is given. */
  ask(content: PackageContent, token?: string): Promise<Exchange>
  ping(): Promise<Exchange>
  /** HTTP status of its readiness. */
  readiness(): Promise<number>
  stop(): Promise<void>
}

export interface LimitsProcesses {
  /** Resolves when it is ready. All of them are one checker: one key, one set of rules. */
  start(databaseUrl: string): Promise<LimitsProcess>
  /** A token as the node signs it. */
  mint(content: PackageContent, expiresInSeconds: number): Promise<string>
  /** After all of them were stopped. */
  close(): Promise<void>
}

/** Per transaction 6, in a day 10. */
const RULES = `version: 1
rules:
  - { id: eth-tx, match: { asset: [ETH] }, window: tx, limit: "6" }
  - { id: eth-day, match: { asset: [ETH] }, window: { rolling: 24h }, limit: "10" }
`

/** Makes the keys and the rules; starts nothing yet. */
export async function limitsProcesses(): Promise<LimitsProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'cq limits '))
  const keys = join(folder, 'keys')
  for (const name of ['limits', 'node']) await generateRsaKeyFiles(keys, name)
  const privateKey = createPrivateKey(await readFile(join(keys, 'node.pem')))
  const publicKey = createPublicKey(await readFile(join(keys, 'limits.pub')))
  await writeFile(
    join(folder, 'addresses.yaml'),
    `own:\n  - { address: "${testAddress(0).address}", chain: ethereum, wallet: ${CUSTODY.walletId} }\nallow: []\n`,
  )
  await writeFile(join(folder, 'rules.yaml'), RULES)
  let started = 0

  const start = async (databaseUrl: string): Promise<LimitsProcess> => {
    const file = join(folder, `limits-${String((started += 1))}.yaml`)
    const [port, metricsPort] = [await freePort(), await freePort()]
    await writeFile(file, configuration(port, metricsPort, databaseUrl))
    const readyUrl = `http://127.0.0.1:${String(metricsPort)}/readyz`
    const args = ['limits', '--config', file]
    const running = startProcess({
      name: 'limits',
      node: process.execPath,
      args,
      env: process.env,
      readyUrl,
      main: MAIN,
    })
    await running.ready().catch(async (error: unknown) => {
      await running.kill()
      throw new Error(`limits did not start: ${running.lastLines().join('\n')}`, { cause: error })
    })
    const serviceAddress = `http://127.0.0.1:${String(port)}/v2/check`
    const node = createTssNode({ name: 'node', privateKey, servers: [{ name: 'limits', serviceAddress, publicKey }] })
    return {
      running,
      ask: async (content, token) => only(await node.askOnce(content, token === undefined ? {} : { token })),
      ping: async () => only(await node.ping()),
      readiness: async () => (await fetch(readyUrl)).status,
      stop: async () => {
        await node.close()
        await running.stop()
      },
    }
  }
  return {
    start,
    mint: (content, expiresInSeconds) => signRequestToken(content, { privateKey, expiresInSeconds }),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const configuration = (port: number, metricsPort: number, databaseUrl: string): string => `service_name: limits
profile: development
callback:
  - { listen: "127.0.0.1:${String(port)}", dialects: [cobo-v2] }
metrics: { listen: "127.0.0.1:${String(metricsPort)}" }
identity: { private_key: keys/limits.pem }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: ${CUSTODY.organisation}, pubkey_path: keys/node.pub }
database_url: "${databaseUrl}"
data_dir: data
addresses: addresses.yaml
rules: rules.yaml
log: { level: warn }
`

function only(exchanges: readonly Exchange[]): Exchange {
  const [exchange] = exchanges
  if (exchange === undefined || exchanges.length > 1) throw new Error('invariant: one server gives one exchange')
  return exchange
}
