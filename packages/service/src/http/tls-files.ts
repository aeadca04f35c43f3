import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { ServiceFault } from '../faults.ts'

/** As in the configuration; paths are relative to `directory`. `client_ca` demands a client certificate from that authority. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly client_ca?: string | undefined
}

const OTHERS_MAY_READ = 0o004

/** Every file, absolute. */
export const tlsPaths = ({ cert, key, client_ca: ca }: TlsFiles, directory: string): readonly string[] =>
  [cert, key, ca].flatMap((path) => (path === undefined ? [] : [resolve(directory, path)]))

/** Reads the files of one listener. Throws ServiceFault ERR_SERVICE_TLS_FILE naming the file. */
export async function readTlsFiles(files: TlsFiles, directory: string): Promise<TlsOptions> {
  const keyPath = resolve(directory, files.key)
  const [cert, key, ca] = await Promise.all([
    readTlsFile(resolve(directory, files.cert)),
    readTlsFile(keyPath),
    files.client_ca === undefined ? undefined : readAuthorities(resolve(directory, files.client_ca)),
  ])
  if (((await stat(keyPath)).mode & OTHERS_MAY_READ) !== 0) {
    throw new ServiceFault('ERR_SERVICE_TLS_FILE', `${keyPath}: this private key is readable by others; chmod o-r`)
  }
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
  }
}

async function readTlsFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new ServiceFault('ERR_SERVICE_TLS_FILE', `${path}: cannot be read`, { cause })
  }
}

const BEGIN = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g

/** What is no certificate would be passed over in silence, and every caller that it vouches for be refused. */
async function readAuthorities(path: string): Promise<Buffer> {
  const pem = await readTlsFile(path)
  const text = pem.toString('latin1')
  const begun = [...text.matchAll(BEGIN)]
  if (begun.length === 0) throw new ServiceFault('ERR_SERVICE_TLS_FILE', `${path}: holds no certificate`)
  try {
    for (const { index } of begun) new X509Certificate(text.slice(index))
  } catch (cause) {
    throw new ServiceFault('ERR_SERVICE_TLS_FILE', `${path}: holds a certificate that cannot be read`, { cause })
  }
  return pem
}
