// The library below registers its parts by reflection and wants this first; both are loaded only by the commands that need them.
import 'reflect-metadata'
import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { CertificateLife } from './certificate-life.ts'
import type { ServerNames } from './server-names.ts'

/** Who signs, with the private key that belongs to the certificate. */
export interface Issuer {
  readonly pem: string
  readonly privateKey: KeyObject
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
/** RFC 5280 section 4.1.2.2: positive, at most 20 octets. */
const SERIAL_BYTES = 16
/** RFC 5280 appendix A.1, ub-common-name. */
const COMMON_NAME_MAX = 64

/**
 * A server's certificate for its key, signed by `issuer` or, without one, by the key itself: PEM of this one certificate. It is no
 * authority (CA:FALSE), for servers only, and names the host and addresses as alternative names.
 */
export async function makeServerCertificate(o: {
  readonly names: ServerNames
  readonly privateKey: KeyObject
  readonly life: CertificateLife
  readonly issuer?: Issuer
}): Promise<string> {
  const { host, addresses } = o.names
  const alternativeNames = new SubjectAlternativeNameExtension([
    { type: 'dns', value: host },
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
  ])
  // A long name stands among the alternative names, which are what is compared; the common name is for people.
  const subject = commonName(host.length <= COMMON_NAME_MAX ? host : (host.split('.')[0] ?? host))
  return serverCertificate({ ...o, subject, alternativeNames })
}

/** The certificate once more, for the same key and names: a pin on the key keeps holding. */
export async function remakeServerCertificate(o: {
  readonly pem: string
  readonly privateKey: KeyObject
  readonly life: CertificateLife
  readonly issuer?: Issuer
}): Promise<string> {
  const { subjectName, extensions } = new X509Certificate(o.pem)
  const alternativeNames = extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension)
  if (alternativeNames === undefined) throw new Error('a certificate without alternative names is none of ours')
  return serverCertificate({ ...o, subject: subjectName.toJSON(), alternativeNames })
}

/** A Root-CA that may sign servers' certificates and no further authority. */
export async function makeRootCa(o: {
  readonly name: string
  readonly privateKey: KeyObject
  readonly life: CertificateLife
}): Promise<string> {
  const subject = commonName(`${o.name} callback root CA`)
  const extensions = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ]
  return sign({ ...o, subject, issuerName: subject, signingKey: o.privateKey, extensions })
}

type Subject = ReturnType<typeof commonName>

async function serverCertificate(o: {
  readonly subject: Subject
  readonly alternativeNames: Extension
  readonly privateKey: KeyObject
  readonly life: CertificateLife
  readonly issuer?: Issuer
}): Promise<string> {
  const authority = o.issuer === undefined ? undefined : new X509Certificate(o.issuer.pem)
  return sign({
    subject: o.subject,
    issuerName: authority?.subjectName.toJSON() ?? o.subject,
    privateKey: o.privateKey,
    signingKey: o.issuer?.privateKey ?? o.privateKey,
    life: o.life,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      o.alternativeNames,
    ],
  })
}

async function sign(o: {
  readonly subject: Subject
  readonly issuerName: Subject
  readonly privateKey: KeyObject
  readonly signingKey: KeyObject
  readonly life: CertificateLife
  readonly extensions: readonly Extension[]
}): Promise<string> {
  const publicKey = createPublicKey(o.privateKey).toCryptoKey(RS256, true, ['verify'])
  const issuerKey = createPublicKey(o.signingKey).toCryptoKey(RS256, true, ['verify'])
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: o.subject,
    issuer: o.issuerName,
    ...o.life,
    publicKey,
    signingKey: o.signingKey.toCryptoKey(RS256, false, ['sign']),
    signingAlgorithm: RS256,
    extensions: [
      ...o.extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuerKey),
    ],
  })
  return `${certificate.toString('pem').trimEnd()}\n`
}

function commonName(text: string): { [type: string]: string[] }[] {
  return [{ CN: [text] }]
}

/** The first octet keeps the number positive and its length the same. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
