import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** How a server has to prove that it is the one of the URL. */
export interface TlsTrust {
  /** Undefined: the authorities of the system. */
  readonly ca: string | undefined
  readonly rejectUnauthorized: true
  readonly minVersion: 'TLSv1.2'
  readonly checkServerIdentity: (name: string, certificate: PeerCertificate) => Error | undefined
}

/** The certificate is compared with the host of the URL: pg leaves the name out for an address, and Node.js would then compare with "localhost". */
export const tlsTrustOf = (host: string, ca: string | undefined): TlsTrust => ({
  ca,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
  checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
})
