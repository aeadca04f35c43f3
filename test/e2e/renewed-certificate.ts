import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { GATEWAY_HOST, type ProxyCertificates } from '../deploy/proxy-certificates.ts'

const openssl = (args: readonly string[]) => promisify(execFile)('openssl', [...args])
const CONNECT_MS_MAX = 5_000

/** Replaces certificate and key of the server by new ones of the same authority, as a renewal does. Resolves to the new fingerprint. */
export async function renewServerCertificate({ ca, server }: ProxyCertificates): Promise<string> {
  const folder = dirname(server.cert)
  const at = (name: string): string => join(folder, name)
  const extensions = `subjectAltName=DNS:${GATEWAY_HOST},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n`
  await writeFile(at('renewed.ext'), extensions)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('renewed.key')]
  await openssl(['req', '-new', ...key, '-subj', '/CN=renewed', '-out', at('renewed.csr')])
  const issuer = ['-CA', ca, '-CAkey', ca.replace(/\.pem$/, '.key'), '-CAcreateserial', '-days', '2']
  const rest = ['-extfile', at('renewed.ext'), '-out', at('renewed.pem')]
  await openssl(['x509', '-req', '-in', at('renewed.csr'), ...issuer, ...rest])
  const { fingerprint256 } = new X509Certificate(await readFile(at('renewed.pem')))
  await rename(at('renewed.pem'), server.cert)
  await rename(at('renewed.key'), server.key)
  return fingerprint256
}

/** Fingerprint of what a new handshake with this port shows. */
export async function servedCertificate({ ca }: ProxyCertificates, port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: await readFile(ca), timeout: CONNECT_MS_MAX })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS_MAX) })
    return socket.getPeerCertificate().fingerprint256
  } finally {
    socket.destroy()
  }
}
