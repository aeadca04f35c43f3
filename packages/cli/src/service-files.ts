import { resolve } from 'node:path'
import type { AssetRegistry } from '@callback-quorum/chains'
import { loadAddressBook, loadAssets, type AddressBook, type CheckerConfig } from '@callback-quorum/checker-kit'
import type { GatewayConfig } from '@callback-quorum/gateway'
import {
  assertDistinctKeys,
  ConfigError,
  keyRolesOf,
  loadAdminTokens,
  loadCallers,
  loadPrivateKey,
  loadVerificationKeys,
  type CommonConfig,
  type ConfigFile,
  type KeyRole,
} from '@callback-quorum/service'

/** Reads what a configuration names, throws ConfigError for what is wrong with it, and returns the keys it found. */
export type FileCheck = () => Promise<readonly KeyRole[]>

/** Not used for verifying anything here. */
const ANY_AGE_MS = 0

type KeyEntry = GatewayConfig['checkers'][number]['pubkey_path']

const peerKeys =
  (role: string, entry: KeyEntry, directory: string): FileCheck =>
  async () => {
    const keys = await loadVerificationKeys(role, entry, directory, ANY_AGE_MS)
    return keys.map(({ fingerprint }) => ({ role, fingerprint }))
  }

const privateKey =
  (role: string, path: string): FileCheck =>
  async () => [{ role, fingerprint: (await loadPrivateKey(path)).fingerprint }]

function commonFiles({ value: config, directory }: ConfigFile<CommonConfig>): readonly FileCheck[] {
  const { admin } = config
  return [
    privateKey('identity.private_key', resolve(directory, config.identity.private_key)),
    async () => keyRolesOf(await loadCallers(config, directory)),
    ...(admin === undefined ? [] : [() => loadAdminTokens(resolve(directory, admin.tokens)).then(() => [])]),
  ]
}

export function gatewayFiles(file: ConfigFile<GatewayConfig>): readonly FileCheck[] {
  const { value: config, directory } = file
  const { internal_key: internalKey } = config.identity
  return [
    ...commonFiles(file),
    ...(internalKey === undefined ? [] : [privateKey('identity.internal_key', resolve(directory, internalKey))]),
    ...config.checkers.map(({ name, pubkey_path: keys }) => peerKeys(`checker ${name}`, keys, directory)),
  ]
}

/** `own` reads what only this checker has, by the assets that all of them read. */
export function checkerFiles(
  file: ConfigFile<CheckerConfig>,
  own?: (assets: AssetRegistry, pathOf: (path: string) => string, addresses: AddressBook) => Promise<unknown>,
): readonly FileCheck[] {
  const { value: config, directory } = file
  const pathOf = (path: string): string => resolve(directory, path)
  return [
    ...commonFiles(file),
    ...(config.gateway === undefined ? [] : [peerKeys('gateway', config.gateway.pubkey_path, directory)]),
    async () => {
      const { registry } = await loadAssets(config.assets === undefined ? undefined : pathOf(config.assets))
      const book = loadAddressBook(config.addresses === undefined ? undefined : pathOf(config.addresses), registry)
      // Its own problems are told by the first of the two.
      const none = (): Promise<AddressBook> => loadAddressBook(undefined, registry)
      const reads = [
        book,
        ...(own === undefined ? [] : [book.catch(none).then((addresses) => own(registry, pathOf, addresses))]),
      ]
      const problems = (await Promise.allSettled<unknown>(reads)).flatMap(problemsOf)
      if (problems.length > 0) throw new ConfigError(problems)
      return []
    },
  ]
}

/** Runs every check and then compares the keys. Throws one ConfigError with all problems. */
export async function checkFiles(files: readonly FileCheck[]): Promise<readonly KeyRole[]> {
  const settled = await Promise.allSettled(files.map((check) => check()))
  const problems = settled.flatMap(problemsOf)
  if (problems.length > 0) throw new ConfigError(problems)
  const keys = settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  assertDistinctKeys(keys)
  return keys
}

/** A bug is not a problem of the configuration and goes on up. */
function problemsOf(result: PromiseSettledResult<unknown>): readonly string[] {
  if (result.status === 'fulfilled') return []
  if (result.reason instanceof ConfigError) return result.reason.problems
  throw result.reason
}
