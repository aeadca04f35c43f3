import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf, startConstellation, writeDemoConfiguration } from '@callback-quorum/cli'
import {
  CUSTODY,
  makeV2KeySign,
  testAddress,
  testRootPubkey,
  type CoboPackage,
  type LoadReport,
} from '@callback-quorum/simulator'
import { loadApproved, WARM_UP } from './approved-load.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

export interface HttpLoad {
  /** An empty database of the server on which everything else is measured. */
  readonly databaseUrl: string
  /** One counter for each. */
  readonly wallets: number
  readonly inFlight: number
  readonly requests: number
}

/** Keysign requests to a limits checker in a process of its own; all must be approved. */
export async function measureHttp(options: HttpLoad): Promise<LoadReport> {
  const { wallets, inFlight, requests } = options
  const folder = await mkdtemp(join(tmpdir(), 'cq bench '))
  try {
    const configuration = await writeDemoConfiguration({
      directory: folder,
      payoutsUrl: '',
      topology: 'direct',
      edit: { limits: (config) => ({ ...config, database_url: options.databaseUrl }) },
    })
    await writeAddresses(join(folder, 'addresses.yaml'), options.wallets)
    const constellation = await startConstellation({
      configuration: { ...configuration, services: [planOf(configuration, 'limits')] },
      node: process.execPath,
      env: process.env,
      main: MAIN,
    })
    try {
      // Made before, so that what is measured is not how fast test transactions can be invented.
      const packages = Array.from({ length: WARM_UP + requests }, (_, index) => packageOf(index, wallets))
      return await loadApproved(configuration, {
        services: ['limits'],
        concurrency: inFlight,
        requests,
        packageAt: (index) => {
          const found = packages[index]
          if (found === undefined) throw new RangeError(`no package ${index}`)
          return found
        },
      })
    } finally {
      await constellation.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const walletId = (wallet: number): string => `wallet-${wallet}`

/** JSON is YAML. */
async function writeAddresses(path: string, wallets: number): Promise<void> {
  const own = Array.from({ length: wallets }, (_, wallet) => {
    const { address, path: derivation } = testAddress(wallet)
    return { address, chain: 'ethereum', wallet: walletId(wallet), path: derivation }
  })
  await writeFile(path, JSON.stringify({ own, root_keys: [testRootPubkey()], allow: [] }))
}

/** A payment of its own: a nonce that none of the same account has, so that it replaces none. */
const packageOf = (index: number, wallets: number): CoboPackage =>
  makeV2KeySign({
    requestId: `bench-${index}`,
    transactionId: `bench-${index}`,
    coboId: `bench-${index}`,
    to: CUSTOMER,
    amount: '0.000001',
    organisation: CUSTODY.organisation,
    walletId: walletId(index % wallets),
    addressIndex: index % wallets,
    nonce: BigInt(index),
    seed: index,
  })
