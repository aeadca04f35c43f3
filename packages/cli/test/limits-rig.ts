import { join } from 'node:path'
import { readLimitsConfig, startLimits } from '@callback-quorum/limits'
import { createTestDatabase, type Database } from '@callback-quorum/service'
import { CUSTODY } from '@callback-quorum/simulator'
import { expect, inject, onTestFinished } from 'vitest'
import { freePorts, planOf, writeDemoConfiguration } from '../src/index.ts'
import { runCommandLine, type Ran } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIRST_ADMIN_PORT = 22_020
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
export const DIMENSIONS = ['--dimension', `wallet=${CUSTODY.walletId}`, '--dimension', 'asset=USDT-ETHEREUM'] as const

export interface LimitsRig {
  readonly folder: string
  readonly database: Database
  /** Paths of the public keys of the checker and of the node. */
  readonly publicKey: string
  readonly nodeKey: string
  /** `callback-quorum verdicts ...` as the viewer. */
  verdicts(...args: readonly string[]): Promise<Ran>
  /** `callback-quorum limits ...` as one of the demo's people. */
  run(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Ran>
  /** The same, which has to succeed, with its answer as JSON. */
  json(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>>
  /** Has the checker asked for a payment of USDT, as a TSS node asks, and answers its business key. */
  pay(amount: string): Promise<string>
}

/** A running limits checker with the demo's configuration and an admin listener, on a real database. */
export async function openLimitsRig(): Promise<LimitsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => testDatabase.drop())
  const folder = await temporaryFolder()
  const [port = 0] = await freePorts(1, FIRST_ADMIN_PORT)
  const admin = { listen: `127.0.0.1:${String(port)}`, tokens: 'admin/tokens.yaml' }
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:1/',
    edit: { limits: (config) => ({ ...config, database_url: testDatabase.url, admin, log: { level: 'silent' } }) },
  })
  const { file, callbackUrl, key } = planOf(configuration, 'limits')
  const limits = await startLimits({ file: await readLimitsConfig(file, {}) })
  onTestFinished(() => limits.stop())
  const { tokens } = configuration.admin
  const database = await testDatabase.open()
  const run: LimitsRig['run'] = (who, ...args) =>
    runCommandLine(['limits', ...args, '--config', file, '--token-file', tokens[who]])
  return {
    folder: join(folder, 'out'),
    database,
    publicKey: key.publicPath,
    nodeKey: configuration.node.key.publicPath,
    verdicts: (...args) => runCommandLine(['verdicts', ...args, '--config', file, '--token-file', tokens.viewer]),
    run,
    json: async (who, ...args) => {
      const { exitCode, stdout, stderr } = await run(who, ...args, '--output', 'json')
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      return JSON.parse(stdout) as Readonly<Record<string, unknown>>
    },
    pay: async (amount) => {
      const asked = ['--make', 'v2-keysign', '--token', 'ETH_USDT', '--to', CUSTOMER, '--amount', amount]
      const server = ['--server', `${callbackUrl}/v2/check=${key.publicPath}`]
      const { privatePath } = configuration.node.key
      const { exitCode, stdout } = await runCommandLine(['simulate', '--key', privatePath, ...server, ...asked])
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 })
      const [newest] = await database.query<{ business_key: string }>({
        text: 'select business_key from reservation order by reservation_id desc limit 1',
      })
      return newest?.business_key ?? ''
    },
  }
}
