import { X509Certificate } from 'node:crypto'
import { renewFrom } from './certificate-life.ts'
import { publicKeyPin } from './public-key-pin.ts'

/** What a person compares and watches; times in UTC, to the second. */
export interface DescribedCertificate {
  readonly subject: string
  readonly names: string
  /** SHA-256 of the certificate (DER), in hex with colons, as every tool shows it. */
  readonly sha256: string
  /** See publicKeyPin. */
  readonly pin: string
  readonly not_before: string
  readonly not_after: string
  readonly renew_from: string
}

export function describeCertificate(pem: string): DescribedCertificate {
  const certificate = new X509Certificate(pem)
  const life = { notBefore: certificate.validFromDate, notAfter: certificate.validToDate }
  return {
    subject: certificate.subject,
    names: certificate.subjectAltName ?? '',
    sha256: certificate.fingerprint256,
    pin: publicKeyPin(certificate),
    not_before: utc(life.notBefore),
    not_after: utc(life.notAfter),
    renew_from: utc(renewFrom(life)),
  }
}

function utc(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
