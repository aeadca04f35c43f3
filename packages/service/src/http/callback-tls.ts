import { isIPv6 } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { CommonConfig } from '../config/index.ts'
import type { Certificates } from '../metrics/index.ts'
import type { Logger } from '../log.ts'
import type { HttpLimits } from './http-limits.ts'
import type { HttpServer } from './http-server.ts'
import type { HttpMetrics } from './metrics.ts'
import { readTlsFiles } from './tls-files.ts'
import { watchTlsFiles } from './watch-tls-files.ts'

type Listener = CommonConfig['callback'][number]

export interface CallbackTlsOptions {
  readonly directory: string
  readonly limits: HttpLimits
  readonly log: Logger
  readonly metrics: HttpMetrics
  readonly certificates?: Certificates | undefined
}

/** The TLS material of one callback listener, measured and followed. */
export interface CallbackTls {
  readonly tls: TlsOptions
  /** Gives `server` what the files hold whenever they change, until the returned function is called. */
  follow(server: HttpServer): () => void
}

/** Reads the files of `listener`; undefined where it has none. Throws ServiceFault ERR_SERVICE_TLS_FILE. */
export async function openCallbackTls(listener: Listener, o: CallbackTlsOptions): Promise<CallbackTls | undefined> {
  const { tls: files } = listener
  if (files === undefined) return undefined
  const { host, port } = listener.listen
  const name = `${isIPv6(host) ? `[${host}]` : host}:${String(port)}`
  const served = ({ cert, ca }: TlsOptions): void => {
    if (Buffer.isBuffer(cert)) o.certificates?.use(`callback ${name} tls.cert`, cert)
    if (Buffer.isBuffer(ca)) o.certificates?.use(`callback ${name} tls.client_ca`, ca)
  }
  const count = (result: 'loaded' | 'failed', times = 1): void => {
    o.metrics.tlsReloads.inc({ listener: name, result }, times)
  }
  const tls = await readTlsFiles(files, o.directory)
  served(tls)
  for (const result of ['loaded', 'failed'] as const) count(result, 0)
  const follow = (server: HttpServer): (() => void) =>
    watchTlsFiles({
      files,
      directory: o.directory,
      listener: name,
      limits: o.limits,
      log: o.log,
      current: tls,
      use: (renewed) => {
        server.useTls(renewed)
        served(renewed)
      },
      onReload: count,
    })
  return { tls, follow }
}
