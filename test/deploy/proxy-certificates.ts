import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const openssl = (args: readonly string[]) => promisify(execFile)('openssl', [...args])

/** The name on the certificate of the gateways and of what stands in front of them. */
export const GATEWAY_HOST = 'quorum-gateway.custody.internal'

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

export interface ProxyCertificates {
  /** Signs all of them. */
  readonly ca: string
  readonly server: CertificateFiles
  /** A proxy's towards the gateways. */
  readonly client: CertificateFiles
}

/** Certificates of one private authority, in `folder`. */
export async function makeProxyCertificates(folder: string): Promise<ProxyCertificates> {
  await mkdir(folder, { recursive: true })
  const authority = async (name: string): Promise<CertificateFiles> => {
    const files = filesOf(folder, name)
    await openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', files.key, '-out', files.cert],
    ])
    return files
  }
  const leaf = async (name: string, issuer: CertificateFiles, extensions: string): Promise<CertificateFiles> => {
    const files = filesOf(folder, name)
    const request = join(folder, `${name}.csr`)
    const extensionFile = join(folder, `${name}.ext`)
    await writeFile(extensionFile, extensions)
    await openssl([
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      files.key,
      '-out',
      request,
    ])
    await openssl([
      ...['x509', '-req', '-in', request, '-CA', issuer.cert, '-CAkey', issuer.key, '-CAcreateserial', '-days', '2'],
      ...['-extfile', extensionFile, '-out', files.cert],
    ])
    return files
  }
  const ca = await authority('ca')
  return {
    ca: ca.cert,
    server: await leaf(
      'quorum-gateway',
      ca,
      `subjectAltName=DNS:${GATEWAY_HOST},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n`,
    ),
    client: await leaf('client', ca, 'extendedKeyUsage=clientAuth\n'),
  }
}

const filesOf = (folder: string, name: string): CertificateFiles => ({
  cert: join(folder, `${name}.pem`),
  key: join(folder, `${name}.key`),
})
