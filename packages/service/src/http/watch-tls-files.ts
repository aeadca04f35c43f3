import { unwatchFile, watchFile } from 'node:fs'
import { createSecureContext, type TlsOptions } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../log.ts'
import type { HttpLimits } from './http-limits.ts'
import { readTlsFiles, tlsPaths, type TlsFiles } from './tls-files.ts'

export interface TlsWatchOptions {
  readonly files: TlsFiles
  readonly directory: string
  /** As an operator knows it: `0.0.0.0:11443`. */
  readonly listener: string
  readonly limits: Pick<HttpLimits, 'tlsPollMs' | 'tlsSettleMs'>
  readonly log: Logger
  /** What was read before, and is served. */
  readonly current: TlsOptions
  /** Serves new connections with what was read. */
  readonly use: (tls: TlsOptions) => void
  readonly onReload: (result: 'loaded' | 'failed') => void
}

/**
 * Follows the TLS files of a listener until the returned function is called. What cannot be read, or does not fit together, changes
 * nothing: new connections get what was served before. Polled, since a Kubernetes secret is swapped through symbolic links, which no
 * notification of the file itself tells.
 */
export function watchTlsFiles(o: TlsWatchOptions): () => void {
  const { listener, limits, log } = o
  let { current } = o
  let timer: NodeJS.Timeout | undefined
  const reload = async (): Promise<void> => {
    try {
      const tls = await readTlsFiles(o.files, o.directory)
      if (isSame(tls, current)) return
      // Tried before the one in use is touched: a key that is not of the certificate throws here.
      createSecureContext(tls)
      o.use(tls)
      current = tls
      o.onReload('loaded')
      log.info({ listener }, 'TLS files were loaded again')
    } catch (err) {
      o.onReload('failed')
      log.error({ err, listener }, 'changed TLS files cannot be used; those before are still served')
    }
  }
  // A certificate and its key are two files, and one of them is replaced first.
  const settle = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), limits.tlsSettleMs).unref()
  }
  const paths = tlsPaths(o.files, o.directory)
  for (const path of paths) watchFile(path, { persistent: false, interval: limits.tlsPollMs }, settle)
  // What changed between the first reading and the first look of a watch would otherwise never be seen.
  settle()
  return () => {
    clearTimeout(timer)
    for (const path of paths) unwatchFile(path, settle)
  }
}

const isSame = (a: TlsOptions, b: TlsOptions): boolean =>
  (['cert', 'key', 'ca'] as const).every((member) => isDeepStrictEqual(a[member], b[member]))
