import { X509Certificate, createHash } from 'node:crypto'
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls'
import { ConfigError, readAuthority, readSmallFile } from '@callback-quorum/service'

/** Absolute paths. */
export interface TlsFiles {
  /** Trusted instead of the public authorities. */
  readonly ca?: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
}

export interface TlsMaterial {
  readonly secureContext: SecureContext
  /** Changes with what the files hold. */
  readonly digest: string
}

/** Reads what a connection is made with. Throws ConfigError, never with what the files hold. */
export async function readTlsMaterial({ ca, clientCert, clientKey }: TlsFiles): Promise<TlsMaterial> {
  const [authority, cert, key] = await Promise.all([
    ca === undefined ? undefined : readAuthority(ca),
    clientCert === undefined ? undefined : readOwn(clientCert, 'a certificate in PEM'),
    clientKey === undefined ? undefined : readOwn(clientKey, 'a private key in PEM', 'secret'),
  ])
  const digest = createHash('sha256')
    .update(JSON.stringify([authority, cert, key]))
    .digest('hex')
  try {
    return { secureContext: createSecureContext({ ca: authority, cert, key, minVersion: 'TLSv1.2' }), digest }
  } catch {
    throw new ConfigError([
      `${clientCert ?? ca ?? 'connector'}: cannot be used for TLS; expected a certificate and its private key in PEM`,
    ])
  }
}

async function readOwn(path: string, expected: string, secret?: 'secret'): Promise<string> {
  return readSmallFile(path, secret).catch((error: unknown) => {
    throw new ConfigError([
      `${path}: ${error instanceof Error ? error.message : 'cannot be read'}; expected ${expected}`,
    ])
  })
}

class PinFault extends Error {
  override readonly name = 'PinFault'
  readonly code = 'PIN_MISMATCH'
}

/** The pin is on the public key, so that a renewal that keeps the key pair keeps working. It comes on top of authority and name. */
export function pinnedIdentity(pin: string): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const named = checkServerIdentity(host, certificate)
    if (named !== undefined) return named
    const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' })
    const found = createHash('sha256').update(spki).digest('base64')
    return found === pin ? undefined : new PinFault('the key of the server is not the one of pin_sha256')
  }
}
