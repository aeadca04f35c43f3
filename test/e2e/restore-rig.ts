import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts, planOf, startProcess, writeDemoConfiguration, type RunningProcess } from '@callback-quorum/cli'
import { createTssNode, type CoboPackage, type Exchange } from '@callback-quorum/simulator'
import { parse, stringify } from 'yaml'
import { runCommandLine } from '../../packages/cli/test/command-line.ts'
import { CUSTOMER } from './rig.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const FIRST_PORT = 16_020
const COPY_MS_MAX = 60_000
const FAILED_START_MS_MAX = 60_000

export type Name = 'gateway' | 'limits' | 'business-lookup'

export interface RestoreRig {
  /** What the business system says of every payment. */
  state: string
  start(name: Name): Promise<void>
  stop(name: Name): Promise<void>
  /** Stops the service, copies its `data_dir` and starts it again, as docs/backup-and-restore.md says. */
  backUp(name: Name, as: string): Promise<void>
  /** Stops the service, puts a copy in the place of its `data_dir` and starts it again. */
  restore(name: Name, from: string): Promise<void>
  /** Starts the service on another database. Resolves to what it said last, for a start that fails. */
  failedStart(name: Name, databaseUrl: string): Promise<string>
  /** Asks one service once, as the node does. */
  ask(name: Name, content: CoboPackage): Promise<Exchange>
  /** `callback-quorum <args>` as one of the people; it must succeed. Its answer as JSON. */
  json(who: 'viewer' | 'operator' | 'approver', of: Name, ...args: readonly string[]): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** Gateway (asking limits alone), limits (5 ETH a day) and business-lookup, each a process with an embedded database in its folder. */
export async function startRestoreRig(): Promise<RestoreRig> {
  const folder = await mkdtemp(join(tmpdir(), 'cq-restore-'))
  // Root's PostgreSQL runs as another user, who must pass through.
  await chmod(folder, 0o711)
  const rig = { state: 'approved' }
  const business = await startRecords(() => rig.state)
  const [adminPort = 0] = await freePorts(1, FIRST_PORT + 400)
  const admin = { listen: `127.0.0.1:${String(adminPort)}`, tokens: 'admin/tokens.yaml' }
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: `http://127.0.0.1:${String((business.address() as AddressInfo).port)}/`,
    firstPort: FIRST_PORT,
    edit: {
      limits: (config) => ({ ...config, admin }),
      gateway: (config) => ({
        ...config,
        checkers: (config['checkers'] as readonly { readonly name: string }[]).filter(({ name }) => name === 'limits'),
        quorum: [{ callers: ['node-demo'], kinds: ['keysign'], require: ['limits'] }],
        callers: (config['callers'] as readonly { readonly platform: string }[]).filter(
          ({ platform }) => platform === 'cobo',
        ),
      }),
    },
  })
  const rule = { id: 'eth-per-day', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit: '5' }
  await writeFile(join(folder, 'limits-rules.yaml'), stringify({ version: 1, rules: [rule] }))
  await mkdir(join(folder, 'business-system'), { recursive: true })
  await writeFile(join(folder, 'business-system/look-up.token'), 'nobody-checks-this-token-here-0123456789\n', {
    mode: 0o600,
  })
  const running = new Map<Name, RunningProcess>()
  const start = async (name: Name): Promise<void> => {
    const { file, metricsUrl } = planOf(configuration, name)
    const args = [name, '--config', file]
    const readyUrl = `${metricsUrl}/readyz`
    const child = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
    running.set(name, child)
    await child.ready().catch(async (error: unknown) => {
      await child.stop()
      throw new Error(`${name} did not start: ${child.lastLines().join('\n')}`, { cause: error })
    })
  }
  const stop = async (name: Name): Promise<void> => {
    const exit = await running.get(name)?.stop()
    running.delete(name)
    if (exit?.code !== 0) throw new Error(`${name} did not stop in order`)
  }
  // Owners and modes are kept: root's PostgreSQL runs as another user, and refuses a folder that others may read.
  const copy = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true })
    await promisify(execFile)('cp', ['-a', from, to], { timeout: COPY_MS_MAX })
  }
  const dataOf = (name: Name): string => join(folder, 'data', name)
  const privateKey = createPrivateKey(await readFile(configuration.node.key.privatePath))
  for (const name of ['limits', 'business-lookup', 'gateway'] as const) await start(name)

  return Object.assign(rig, {
    start,
    stop,
    async backUp(name: Name, as: string) {
      await stop(name)
      await copy(dataOf(name), join(folder, `${name}-${as}`))
      await start(name)
    },
    async restore(name: Name, from: string) {
      await stop(name)
      await copy(join(folder, `${name}-${from}`), dataOf(name))
      await start(name)
    },
    async failedStart(name: Name, databaseUrl: string) {
      const { file } = planOf(configuration, name)
      const config = parse(await readFile(file, 'utf8')) as object
      const other = join(folder, `${name}-elsewhere.yaml`)
      await writeFile(other, stringify({ ...config, database_url: databaseUrl }), { mode: 0o600 })
      const readyUrl = 'http://127.0.0.1:9/readyz'
      const args = [name, '--config', other]
      const child = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
      const timer = setTimeout(() => void child.kill(), FAILED_START_MS_MAX)
      const { code } = await child.exited.finally(() => clearTimeout(timer))
      if (code === 0 || code === null) throw new Error(`${name} started, or hung`)
      return child.lastLines().join('\n')
    },
    async ask(name: Name, content: CoboPackage): Promise<Exchange> {
      const { callbackUrl, key } = planOf(configuration, name)
      const publicKey = createPublicKey(await readFile(key.publicPath))
      const servers = [{ name, serviceAddress: `${callbackUrl}/v2/check`, publicKey }]
      const node = createTssNode({ name: configuration.node.name, privateKey, servers })
      const [exchange] = await node.askOnce(content).finally(() => node.close())
      if (exchange === undefined) throw new Error('invariant: one server gives one exchange')
      return exchange
    },
    async json(who: 'viewer' | 'operator' | 'approver', of: Name, ...args: readonly string[]) {
      const options = ['--config', planOf(configuration, of).file, '--token-file', configuration.admin.tokens[who]]
      const { exitCode, stdout, stderr } = await runCommandLine([...args, ...options, '--output', 'json'])
      if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${String(exitCode)}: ${stderr}`)
      return JSON.parse(stdout) as Record<string, unknown>
    },
    async close() {
      await Promise.all([...running.values()].map((child) => child.stop()))
      business.close()
      business.closeAllConnections()
      await rm(folder, { recursive: true, force: true })
    },
  })
}

/** Knows every reference as one payment of 2 ETH to the customer. */
async function startRecords(state: () => string): Promise<Server> {
  const server = createServer((req, res) => {
    const reference = req.url?.split('/').at(-1)
    const validUntil = new Date(Date.now() + 86_400_000).toISOString()
    const record = {
      reference,
      state: state(),
      currency: 'ETH',
      amount: '2',
      address: CUSTOMER,
      valid_until: validUntil,
    }
    res.setHeader('content-type', 'application/json').end(JSON.stringify(record))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
