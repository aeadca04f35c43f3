import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBusinessLookupConfig, startBusinessLookup } from '@callback-quorum/business-lookup'
import { createTestDatabase, type Database } from '@callback-quorum/service'
import {
  createTssNode,
  makeV2KeySign,
  packageBytes,
  signCosignerToken,
  type CoboPackage,
  type TransferOptions,
} from '@callback-quorum/simulator'
import { expect, inject, onTestFinished } from 'vitest'
import { freePorts, planOf, writeDemoConfiguration } from '../src/index.ts'
import { runCommandLine, type Ran } from './command-line.ts'
import { createReaderRole } from '../../business-lookup/test/reader-role.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIRST_ADMIN_PORT = 24_020
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
export const CALLER = 'node-demo'

export interface LookupCommandRig {
  readonly file: string
  readonly database: Database
  /** Of the business system. */
  readonly payouts: Database
  /** An approved withdrawal of ETH to CUSTOMER. */
  add(reference: string, amount?: string): Promise<void>
  /** `callback-quorum business-lookup ...` as one of the demo's people. */
  run(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Ran>
  /** The same, which has to succeed, with its answer as JSON. */
  json(who: 'viewer' | 'operator' | 'approver', ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>>
  /** Has the checker asked for it, as a TSS node asks; answers `approve`, or what the checker said. */
  ask(content: CoboPackage): Promise<string>
  /** `business-lookup try` of what the file holds. */
  try(path: string, ...args: readonly string[]): Promise<Ran>
  /** The request as decoded package, and as the token that the node would send; `earlierMs` ago. */
  writePackage(content: CoboPackage): Promise<string>
  writeToken(content: CoboPackage, earlierMs?: number): Promise<string>
  /** What a Co-signer would send: its JSON, and the token that it signs. */
  writeJson(content: Uint8Array): Promise<string>
  writeCosignerToken(content: Uint8Array): Promise<string>
  /** Ends the checker; its database stays. */
  stop(): Promise<void>
}

export const payment = (transactionId: string, more: Partial<TransferOptions> = {}): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount: '1', reference: 'WD-00000001', coboId: transactionId, transactionId, ...more })

/** A running business-lookup checker with the demo's keys and people, and a business system, both on real databases. Files that run side by side take other ports. */
export async function openLookupRig(firstAdminPort = FIRST_ADMIN_PORT): Promise<LookupCommandRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  const business = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(async () => {
    await testDatabase.drop()
    await business.drop()
  })
  const payouts = await business.open()
  await payouts.query({
    text: 'create table withdrawal (reference text, state text, asset text, amount text, address text)',
  })
  await payouts.query({ text: 'create table whitelisting (wallet text, state text, asset text, address text)' })
  const reader = await createReaderRole(business, 'everything')
  onTestFinished(() => reader.drop())
  const folder = await temporaryFolder()
  const [port = 0] = await freePorts(1, firstAdminPort)
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:1/',
    edit: {
      'business-lookup': ({ connector: _connector, map: _map, metrics: _metrics, ...config }) => ({
        ...config,
        // Another test file may run beside this one: no port is fixed.
        callback: [{ listen: '127.0.0.1:0', dialects: ['cobo-v1', 'cobo-v2', 'fireblocks-jwt'] }],
        database_url: testDatabase.url,
        admin: { listen: `127.0.0.1:${String(port)}`, tokens: 'admin/tokens.yaml' },
        log: { level: 'silent' },
        reference: { from: ['reference'], pattern: '^(?<reference>WD-[0-9]{8})(?:-R[0-9])?$' },
        connector: {
          kind: 'sql',
          database_url: reader.url,
          query: 'select reference, state, asset, amount, address from withdrawal where reference = $1 limit 2',
          params: ['reference'],
        },
        map: {
          reference: { at: 'reference' },
          status: { at: 'state' },
          asset: { at: 'asset' },
          amount: { at: 'amount' },
          destination: { at: 'address' },
        },
        asset_codes: { ETH: 'ETH' },
        compare: { status: { in: ['approved'] }, no_expiry: true },
        config_changes: { UNMANAGED_WALLET: 'judge', ADD_USER: 'approve' },
        whitelisting: {
          query: 'select wallet, state, asset, address from whitelisting where wallet = $1 limit 2',
          map: {
            reference: { at: 'wallet' },
            status: { at: 'state' },
            asset: { at: 'asset' },
            destination: { at: 'address' },
          },
          compare: { status: { in: ['approved'] }, no_expiry: true },
        },
      }),
    },
  })
  const { file, key } = planOf(configuration, 'business-lookup')
  const checker = await startBusinessLookup({ file: await readBusinessLookupConfig(file, {}) })
  let isRunning = true
  const stop = async (): Promise<void> => {
    if (isRunning) await checker.stop()
    isRunning = false
  }
  const node = createTssNode({
    name: CALLER,
    privateKey: createPrivateKey(await readFile(configuration.node.key.privatePath)),
    servers: [
      {
        serviceAddress: `${checker.callbackUrls[0] ?? ''}/v2/check`,
        publicKey: createPublicKey(await readFile(key.publicPath)),
      },
    ],
  })
  onTestFinished(async () => {
    await node.close()
    await stop()
  })
  const { tokens } = configuration.admin
  const run: LookupCommandRig['run'] = (who, ...args) =>
    runCommandLine(['business-lookup', ...args, '--config', file, '--token-file', tokens[who]])
  let written = 0
  const write = async (content: string | Uint8Array): Promise<string> => {
    const path = join(folder, `request-${String((written += 1))}`)
    await writeFile(path, content)
    return path
  }
  return {
    file,
    database: await testDatabase.open(),
    payouts,
    add: async (reference, amount = '1') => {
      await payouts.query({
        text: `insert into withdrawal values ($1, 'approved', 'ETH', $2, $3)`,
        values: [reference, amount, CUSTOMER],
      })
    },
    run,
    json: async (who, ...args) => {
      const { exitCode, stdout, stderr } = await run(who, ...args, '--output', 'json')
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      return JSON.parse(stdout) as Readonly<Record<string, unknown>>
    },
    ask: async (content) => {
      const [exchange] = await node.askOnce(content)
      return exchange?.error ?? exchange?.result ?? 'nothing'
    },
    try: (path, ...args) => runCommandLine(['business-lookup', 'try', '--config', file, '--request', path, ...args]),
    writePackage: (content) => write(packageBytes(content)),
    writeToken: async (content, earlierMs = 0) => {
      const clock = (): number => Date.now() - earlierMs
      const privateKey = createPrivateKey(await readFile(configuration.node.key.privatePath))
      const earlier = createTssNode({ name: CALLER, privateKey, servers: [], clock })
      try {
        return await write(await earlier.mint(content))
      } finally {
        await earlier.close()
      }
    },
    writeJson: write,
    writeCosignerToken: async (content) =>
      write(signCosignerToken(content, createPrivateKey(await readFile(configuration.cosigner.key.privatePath)))),
    stop,
  }
}
