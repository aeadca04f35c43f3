import { createPublicKey, type KeyObject } from 'node:crypto'
import { resolve } from 'node:path'
import { assertDistinctKeys, ConfigError, readSmallFile, spkiFingerprint } from '@callback-quorum/service'
import type { ProofAlgorithm, ProofConfig } from './proof-config.ts'

export interface ProofKey {
  readonly kid: string
  readonly key: KeyObject
  /** SHA-256 of the SPKI DER, lower-case hex. */
  readonly fingerprint: string
  readonly algorithms: readonly [ProofAlgorithm, ...ProofAlgorithm[]]
  /** Unix milliseconds after which it verifies nothing. */
  readonly notAfterMs?: number
}

/** By key id. */
export type ProofKeys = ReadonlyMap<string, ProofKey>

/** NIST SP 800-131A revision 2, table 2: shorter RSA moduli are disallowed for signatures. */
const MODULUS_BITS_MIN = 2_048
/** Longer ones make one verification slow enough to be a weapon. */
const MODULUS_BITS_MAX = 8_192

/** The algorithms of each kind of key; the first is taken where none is configured. */
const OF_KEY = {
  rsa: ['RS256', 'PS256'],
  'P-256': ['ES256'],
  Ed25519: ['EdDSA'],
} as const satisfies Record<string, readonly ProofAlgorithm[]>

/** Reads the public keys, whose paths are relative to `directory`. Throws one ConfigError with every problem; it never holds content of a file. */
export async function loadProofKeys({ keys, algorithms }: ProofConfig, directory: string): Promise<ProofKeys> {
  const problems: string[] = []
  const loaded = new Map<string, ProofKey>()
  for (const [index, { file, kid, not_after: notAfterMs }] of keys.entries()) {
    try {
      const path = resolve(directory, file)
      if (loaded.has(kid))
        throw new ConfigError([`${path}: its kid stands twice; expected an id of its own for each key`])
      const { key, allowed } = await loadKey(path, algorithms)
      const known = { kid, key, fingerprint: spkiFingerprint(key), algorithms: allowed }
      loaded.set(kid, notAfterMs === undefined ? known : { ...known, notAfterMs })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems.map((text) => `proof.keys[${index}]: ${text}`))
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  assertDistinctKeys([...loaded].map(([kid, { fingerprint }]) => ({ role: `proof key ${kid}`, fingerprint })))
  return loaded
}

async function loadKey(
  path: string,
  configured: ProofConfig['algorithms'],
): Promise<{ readonly key: KeyObject; readonly allowed: ProofKey['algorithms'] }> {
  const refuse = (what: string, expected = 'one public key in PEM (SPKI "PUBLIC KEY"): RSA, P-256 or Ed25519') =>
    new ConfigError([`${path}: ${what}; expected ${expected}`])
  const pem = await readSmallFile(path).catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : 'cannot be read')
  })
  const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label)
  if (labels.length !== 1 || labels[0] !== 'PUBLIC KEY')
    throw refuse('does not hold exactly one PEM block "PUBLIC KEY"')
  let key: KeyObject
  try {
    key = createPublicKey({ key: pem, format: 'pem' })
  } catch {
    throw refuse('holds a PEM block that cannot be decoded')
  }
  const possible = algorithmsOf(key, refuse)
  const [first, ...more] = configured === undefined ? [possible[0]] : possible.filter((one) => configured.includes(one))
  if (first === undefined) throw refuse('is of a kind that no one of proof.algorithms verifies', possible.join(' or '))
  return { key, allowed: [first, ...more] }
}

function algorithmsOf(
  key: KeyObject,
  refuse: (what: string, expected?: string) => ConfigError,
): readonly [ProofAlgorithm, ...ProofAlgorithm[]] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type === 'ed25519') return OF_KEY.Ed25519
  if (type === 'ec' && details.namedCurve === 'prime256v1') return OF_KEY['P-256']
  if (type !== 'rsa') throw refuse('holds a key of another kind')
  const { modulusLength = 0, publicExponent = 0n } = details
  if (modulusLength < MODULUS_BITS_MIN || modulusLength > MODULUS_BITS_MAX)
    throw refuse(`has a modulus of ${modulusLength} bits`, `${MODULUS_BITS_MIN} to ${MODULUS_BITS_MAX} bits`)
  // With exponent 1 every text is its own signature; an even one is no RSA key (RFC 8017 section 3.1).
  if (publicExponent < 3n || publicExponent % 2n === 0n)
    throw refuse(`has the public exponent ${publicExponent}`, 'an odd exponent of at least 3')
  return OF_KEY.rsa
}
