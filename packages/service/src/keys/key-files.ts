import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { ConfigError } from '../config/config-error.ts'
import { spkiFingerprint } from './fingerprint.ts'

export interface PublicKey {
  readonly key: KeyObject
  /** See spkiFingerprint. */
  readonly fingerprint: string
  readonly path: string
}

/** As PublicKey, with the private half in `key`. */
export interface PrivateKey {
  readonly key: KeyObject
  readonly fingerprint: string
  readonly path: string
}

/** NIST SP 800-131A revision 2, table 2: shorter RSA moduli are disallowed for signatures. */
const MODULUS_BITS_MIN = 2048
/** Longer moduli make one verification slow enough to be a weapon; the platforms' documents go up to 4096. */
const MODULUS_BITS_MAX = 8192
/** An 8192-bit private key in PEM has 6.4 kB. */
const FILE_BYTES_MAX = 16_384

const OTHERS = 0o007

interface PemKind {
  readonly labels: readonly string[]
  readonly expected: string
  readonly read: (pem: string) => KeyObject
}

const PRIVATE: PemKind = {
  labels: ['PRIVATE KEY', 'RSA PRIVATE KEY'],
  expected: 'one unencrypted RSA private key in PEM (PKCS#8 "PRIVATE KEY" or PKCS#1 "RSA PRIVATE KEY")',
  read: (pem) => createPrivateKey({ key: pem, format: 'pem' }),
}

const PUBLIC: PemKind = {
  labels: ['PUBLIC KEY', 'RSA PUBLIC KEY'],
  expected: 'one RSA public key in PEM (SPKI "PUBLIC KEY" or PKCS#1 "RSA PUBLIC KEY")',
  read: (pem) => createPublicKey({ key: pem, format: 'pem' }),
}

/** Reads an RSA private key that only its owner and group may touch. Throws ConfigError, which never holds the content. */
export async function loadPrivateKey(path: string): Promise<PrivateKey> {
  const { pem, mode } = await readPem(path, PRIVATE)
  if ((mode & OTHERS) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0')
    throw problem(path, `is open to others (mode ${octal})`, 'mode 0600, or 0640 for a group', `chmod 0600 '${path}'`)
  }
  return keyOf(path, pem, PRIVATE)
}

/** Reads an RSA public key. A private key in its place is refused: it would not be where it is kept secret. */
export async function loadPublicKey(path: string): Promise<PublicKey> {
  const { pem } = await readPem(path, PUBLIC)
  return keyOf(path, pem, PUBLIC)
}

async function readPem(path: string, kind: PemKind): Promise<{ pem: string; mode: number }> {
  // Mode and content come from one descriptor, so that a file swapped between the two looks is no way around the check.
  // Without O_NONBLOCK a pipe in the key's place would keep the service waiting for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw problem(path, `cannot be opened (${errnoOf(cause)})`, kind.expected)
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw problem(path, 'is not a regular file', kind.expected)
    if (stat.size > FILE_BYTES_MAX) throw problem(path, `is larger than ${FILE_BYTES_MAX} bytes`, kind.expected)
    return { pem: await file.readFile('latin1'), mode: stat.mode }
  } finally {
    await file.close()
  }
}

function keyOf(path: string, pem: string, kind: PemKind): PublicKey {
  const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label ?? '')
  const [label] = labels
  if (label === undefined) throw problem(path, 'holds no PEM block', kind.expected)
  if (labels.length > 1) throw problem(path, `holds ${labels.length} PEM blocks`, kind.expected)
  if (!kind.labels.includes(label)) throw problem(path, `holds a PEM block "${label}"`, kind.expected)
  const key = readKey(path, pem, kind)
  if (key.asymmetricKeyType !== 'rsa')
    throw problem(path, `holds a ${key.asymmetricKeyType ?? 'unknown'} key`, kind.expected)
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < MODULUS_BITS_MIN || modulusLength > MODULUS_BITS_MAX) {
    throw problem(path, `has a modulus of ${modulusLength} bits`, `${MODULUS_BITS_MIN} to ${MODULUS_BITS_MAX} bits`)
  }
  // With exponent 1 every text is its own signature; an even one is no RSA key (RFC 8017 section 3.1).
  if (publicExponent < 3n || publicExponent % 2n === 0n) {
    throw problem(path, `has the public exponent ${publicExponent}`, 'an odd exponent of at least 3', '65537')
  }
  return { key, fingerprint: spkiFingerprint(key), path }
}

function readKey(path: string, pem: string, kind: PemKind): KeyObject {
  try {
    return kind.read(pem)
  } catch {
    // OpenSSL's text is left out: nothing that was derived from the content goes into a message.
    throw problem(path, 'holds a PEM block that cannot be decoded', kind.expected)
  }
}

function problem(path: string, what: string, expected: string, example?: string): ConfigError {
  return new ConfigError([
    `${path}: ${what}; expected ${expected}${example === undefined ? '' : `; example ${example}`}`,
  ])
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
