import { resolve } from 'node:path'
import {
  ConfigError,
  loadPrivateKey,
  loadPublicKey,
  type CallerConfig,
  type CommonConfig,
  type ConfigFile,
} from '@callback-quorum/service'
import type { KeyFile } from './member.ts'

/**
 * The public key that verifies what a service signs: the file that `keys generate` puts beside identity.private_key, or the one that was
 * named. Throws ConfigError where a file is missing, or where it is the key of somebody else.
 */
export async function readServiceKey(
  { value, directory, path }: ConfigFile<CommonConfig>,
  named: string | undefined,
): Promise<KeyFile> {
  const privatePath = resolve(directory, value.identity.private_key)
  const publicPath = named ?? privatePath.replace(/(\.pem|\.key)?$/, '.pub')
  const own = await loadPrivateKey(privatePath).catch((error: unknown) => {
    // A machine that writes the node's configuration need not hold the keys of services; then the public key must be named.
    if (named === undefined || !(error instanceof ConfigError)) throw error
    return undefined
  })
  const { fingerprint } = await loadPublicKey(publicPath).catch((error: unknown) => {
    if (!(error instanceof ConfigError) || own === undefined) throw error
    throw new ConfigError(
      error.problems.map(
        (problem) => `${problem}; make it: openssl rsa -in '${privatePath}' -pubout -out '${publicPath}'`,
      ),
    )
  })
  if (own !== undefined && own.fingerprint !== fingerprint)
    throw new ConfigError([
      `${publicPath}: is not the key that ${path} signs with (SHA-256 ${fingerprint}); expected the public half of ${privatePath} (SHA-256 ${own.fingerprint})`,
    ])
  return { path: publicPath, fingerprint }
}

/** The node's keys that a caller entry names and that have not ended. Throws ConfigError where a file is missing or all have ended. */
export async function readNodeKeys(
  caller: CallerConfig,
  { directory, path }: ConfigFile<CommonConfig>,
  nowMs: number,
): Promise<readonly KeyFile[]> {
  const holding = caller.pubkey_path.filter(({ not_after: endMs }) => endMs === undefined || endMs >= nowMs)
  if (holding.length === 0)
    throw new ConfigError([
      `${path}: callers ${caller.name}: every key of the node has ended; expected its key of today`,
    ])
  return Promise.all(
    holding.map(async ({ file }) => {
      const { path: absolute, fingerprint } = await loadPublicKey(resolve(directory, file))
      return { path: absolute, fingerprint }
    }),
  )
}
