import { resolve } from 'node:path'
import type { AssetRegistry } from '@callback-quorum/chains'
import { type Clock, type Logger, readAuthority } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import { Pool } from 'undici'
import { chainalysisOracle } from './apis/chainalysis-oracle.ts'
import { chainalysisSanctions } from './apis/chainalysis-sanctions.ts'
import { elliptic } from './apis/elliptic.ts'
import { trm } from './apis/trm.ts'
import { yente } from './apis/yente.ts'
import { GuardedVendor } from './guarded-vendor.ts'
import { readCredentials, type CredentialFiles } from './read-credentials.ts'
import type { VendorApi } from './vendor.ts'
import { createVendorMetrics } from './vendor-metrics.ts'
import type { VendorConfig } from './vendors-config.ts'

export interface OpenVendorsOptions {
  readonly vendors: readonly VendorConfig[]
  /** What the paths in the configuration are relative to. */
  readonly directory: string
  readonly assets: AssetRegistry
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
}

export interface OpenVendors {
  readonly vendors: readonly GuardedVendor[]
  stop(): Promise<void>
}

/** Opens the configured vendors; none is asked yet. Throws ConfigError for a key, certificate or party that cannot be used. */
export async function openVendors(options: OpenVendorsOptions): Promise<OpenVendors> {
  const { directory, assets, clock, log, registry } = options
  const vendors: GuardedVendor[] = []
  const { seconds } = createVendorMetrics(registry, () => vendors)
  const pools: Pool[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
  try {
    for (const config of options.vendors) {
      const files = credentialFilesOf(config, directory)
      await readCredentials(files)
      const dispatcher = await openPool(config, directory)
      pools.push(dispatcher)
      vendors.push(new GuardedVendor({ config, api: apiOf(config, assets), dispatcher, files, clock, log, seconds }))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { vendors, stop }
}

async function openPool({ url, ca, concurrency, timeout }: VendorConfig, directory: string): Promise<Pool> {
  const authority = ca === undefined ? undefined : await readAuthority(resolve(directory, ca))
  return new Pool(url, {
    connections: concurrency,
    pipelining: 1,
    allowH2: false,
    connect: { timeout, ...(authority !== undefined && { ca: authority }) },
  })
}

function credentialFilesOf(config: VendorConfig, directory: string): CredentialFiles {
  const { api_key_file: keyFile } = config
  const secretFile = config.kind === 'elliptic' ? config.secret_file : undefined
  return {
    ...(keyFile !== undefined && { keyFile: resolve(directory, keyFile) }),
    ...(secretFile !== undefined && { secretFile: resolve(directory, secretFile) }),
  }
}

function apiOf(config: VendorConfig, assets: AssetRegistry): VendorApi {
  switch (config.kind) {
    case 'chainalysis-sanctions':
      return chainalysisSanctions(config)
    case 'chainalysis-oracle':
      return chainalysisOracle(config)
    case 'elliptic':
      return elliptic(config)
    case 'trm':
      return trm(config, assets)
    case 'yente':
      return yente(config, assets)
    default:
      throw new Error(`invariant: unknown vendor ${JSON.stringify(config satisfies never)}`)
  }
}
