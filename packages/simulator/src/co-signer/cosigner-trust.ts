import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import { Agent, buildConnector } from 'undici'

/** What makes a handler's TLS certificate a good one (protocol/fireblocks.md 1.1). */
export type CosignerTrust =
  /** Option 1: the machine's certificate store; chain and host name. */
  | { readonly kind: 'system' }
  /** Option 1 in tests: a private authority in the place of a public one. PEM. */
  | { readonly kind: 'ca'; readonly pem: string | Buffer }
  /**
   * Options 2 and 4: base64 of the SHA-256 of the server's public key (SPKI), with or without libcurl's `sha256//`, several parted by `;`; or
   * the PEM of the certificate whose key it must be. UNCERTAIN: here the pin stands in the place of chain, dates and host name, which are not
   * looked at. The vendor shows only libcurl's message for a pin that differs.
   */
  | { readonly kind: 'pin'; readonly pin: string }
  /** Options 3 and 5: the customer's own Root-CA; chain and host name. PEM. */
  | { readonly kind: 'root-ca'; readonly pem: string | Buffer }

/** libcurl's own words, which the vendor's support pages quote. */
export const PIN_DIFFERS = 'SSL public key does not match pinned public key'

export interface CosignerConnection {
  readonly dispatcher: Agent
  /** Why no connection came to be; undefined while none failed. Nothing was asked then. */
  problem(): string | undefined
}

export interface ClientCertificate {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** Connections for one question: every question checks the certificate anew. To be destroyed by the caller. */
export function connectionWith(
  trust: CosignerTrust,
  timeoutMs: number,
  clientCert?: ClientCertificate,
): CosignerConnection {
  let problem: string | undefined
  const pins = trust.kind === 'pin' ? pinsOf(trust.pin) : undefined
  const open = buildConnector({
    timeout: timeoutMs,
    // A resumed session would show no certificate.
    maxCachedSessions: 0,
    allowH2: false,
    ...(clientCert !== undefined && { cert: clientCert.cert, key: clientCert.key }),
    ...(trust.kind === 'ca' || trust.kind === 'root-ca' ? { ca: trust.pem } : {}),
    // The pin is compared below, before a byte of the question is sent.
    ...(pins !== undefined && { rejectUnauthorized: false }),
  })
  const connect: buildConnector.connector = (options, callback) => {
    open(options, (...[error, socket]) => {
      const refused = error ?? (pins === undefined ? undefined : pinProblem(socket, pins))
      if (refused === undefined && socket !== null) {
        callback(null, socket)
        return
      }
      socket?.destroy()
      const failure = refused ?? new Error('no connection')
      problem = 'code' in failure ? `${String(failure.code)}: ${failure.message}` : failure.message
      callback(failure, null)
    })
  }
  return { dispatcher: new Agent({ connect, pipelining: 0 }), problem: () => problem }
}

function pinProblem(socket: unknown, pins: readonly string[]): Error | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  if (certificate !== undefined && pins.includes(pinOf(certificate.publicKey))) return undefined
  return new Error(PIN_DIFFERS)
}

/** Base64 of the SHA-256 of the SPKI in DER: what follows `sha256//` in libcurl's notation. */
export function pinOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64')
}

/** Throws RangeError for a pin that no key could have. */
export function pinsOf(pin: string): readonly string[] {
  if (pin.includes('BEGIN CERTIFICATE')) return [pinOf(new X509Certificate(pin).publicKey)]
  const pins = pin.split(';').map((one) => one.trim().replace(/^sha256\/\//, ''))
  if (pins.every((one) => /^[A-Za-z0-9+/]{43}=$/.test(one))) return pins
  throw new RangeError('a pin is base64 of a SHA-256, or the PEM of a certificate')
}
