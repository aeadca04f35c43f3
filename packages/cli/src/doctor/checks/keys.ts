import { relative } from 'node:path'
import { spkiFingerprint } from '@callback-quorum/service'
import type { Check, DoctorContext } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { namedKeys, type NamedKey } from '../key-files.ts'
import { permissionFindings } from '../key-permissions.ts'
import { keyIn, readPem, type PemFile } from '../read-pem.ts'
import { orOk } from '../unread-blocks.ts'

const BITS_MIN = 2048
const { ok, failed, warning } = findingsOf('keys')

interface ReadKey extends NamedKey {
  readonly fingerprint: string
}

/** Every key file: there, of the right sort and strength, closed to others, and nobody else's. */
export const keys: Check = {
  name: 'keys',
  run: async (context) => {
    const named = namedKeys(context)
    const looked = await Promise.all(named.map((key) => lookAt(key, context)))
    const readable = looked.flatMap(({ key }) => (key === undefined ? [] : [key]))
    const findings = [...looked.flatMap(({ findings: own }) => own), ...sharedKeys(readable)]
    const well = ok(
      `${readable.length} keys: RSA, at least ${BITS_MIN} bits, private ones closed to others, all different`,
    )
    return orOk(findings, well, context, ['identity', 'callers', 'checkers'])
  },
}

interface Looked {
  readonly findings: readonly Finding[]
  readonly key?: ReadKey
}

async function lookAt(key: NamedKey, context: DoctorContext): Promise<Looked> {
  const file = await readPem(key.path)
  const where = `${relative(context.directory, key.path)} (${key.field})`
  const refused = sortFinding(key, file, where)
  const closing =
    key.kind === 'private' || file.is === 'private key' ? await permissionFindings(key.path, file, context, 'keys') : []
  if (refused !== undefined) return { findings: [refused, ...closing] }
  const sort = key.kind === 'private' ? 'private key' : 'public key'
  const found = 'pem' in file ? keyIn(file.pem, sort) : undefined
  if (found === undefined)
    return {
      findings: [
        failed(`${where}: the PEM block cannot be decoded`, `Copy the ${sort} again, as a whole file: ${key.path}`),
      ],
    }
  const weak = strengthFinding(found.asymmetricKeyType, found.asymmetricKeyDetails?.modulusLength ?? 0, where, key)
  return {
    findings: [...(weak === undefined ? [] : [weak]), ...closing],
    key: { ...key, fingerprint: spkiFingerprint(found) },
  }
}

/** Undefined when it is what it has to be. */
function sortFinding(key: NamedKey, file: PemFile, where: string): Finding | undefined {
  const { path, role } = key
  if (file.is === 'unreadable') {
    const fix =
      file.errno === 'EACCES'
        ? `chown it to the user of the service: chown <user> '${path}'`
        : key.kind === 'private'
          ? `Put the key there, or write the right path into ${key.field}; a new one: callback-quorum keys generate --dir DIR --name NAME`
          : `Copy the public key of ${role} there, or write the right path into ${key.field}`
    return failed(`${where}: ${file.why}; expected a ${key.kind} RSA key in PEM`, fix)
  }
  const wanted = key.kind === 'private' ? 'private key' : 'public key'
  if (file.is !== wanted) return failed(`${where}: is ${named(file.is)}; expected a ${wanted}`, sortFix(file.is, key))
  if (file.blocks > 1)
    return failed(
      `${where}: holds ${file.blocks} PEM blocks; expected one`,
      `Leave one key in ${path}; several keys are several entries of a list`,
    )
  if (key.kind === 'private' && path.endsWith('.pub'))
    return failed(
      `${where}: a private key in a file that is named like a public one`,
      `Rename it to .pem, put its public half in its place, and treat the key as lost if the file was handed on`,
    )
  return undefined
}

const named = (sort: string): string => `${/^[aeiou]/i.test(sort) ? 'an' : 'a'} ${sort}`

function sortFix(found: string, { kind, path, role, field }: NamedKey): string {
  if (kind === 'private') {
    if (found === 'public key')
      return `Name the private half in ${field}: usually the file ending in .pem beside this one`
    if (found === 'encrypted private key')
      return `Take the passphrase off: openssl pkey -in '${path}' -out KEY.pem, and chmod 0600 KEY.pem`
    return `Name a private key in ${field}: PKCS#8 ("PRIVATE KEY") or PKCS#1 ("RSA PRIVATE KEY")`
  }
  if (found === 'private key')
    return `Put the public half there: openssl pkey -in '${path}' -pubout; the private key of ${role} belongs to ${role} alone, so have it replaced`
  if (found === 'certificate') return `Put the key of the certificate there: openssl x509 -in '${path}' -noout -pubkey`
  return `Copy the public key of ${role} there (SPKI "PUBLIC KEY" or PKCS#1 "RSA PUBLIC KEY")`
}

function strengthFinding(
  type: string | undefined,
  bits: number,
  where: string,
  { role }: NamedKey,
): Finding | undefined {
  const fix = `Have ${role} make an RSA key: callback-quorum keys generate --dir DIR --name NAME`
  if (type !== 'rsa') return failed(`${where}: is a key of type ${type ?? 'unknown'}; expected rsa (RS256)`, fix)
  if (bits < BITS_MIN) return failed(`${where}: has ${bits} bits; expected at least ${BITS_MIN}`, fix)
  return bits > 8192 ? warning(`${where}: has ${bits} bits; expected up to 8192`, fix) : undefined
}

function sharedKeys(keys: readonly ReadKey[]): readonly Finding[] {
  const byFingerprint = Map.groupBy(keys, ({ fingerprint }) => fingerprint)
  return [...byFingerprint.values()].flatMap((same) => {
    const roles = [...new Set(same.map(({ role }) => role))]
    if (same.length < 2) return []
    const where = same.map(({ field, path }) => `${field} (${path})`).join(', ')
    return [
      failed(
        `${roles.join(' and ')} have one key: ${where}; expected a key of its own for each`,
        `Find out whose it is (fingerprint ${same[0]?.fingerprint.slice(0, 16) ?? ''}...) and copy the right key over the other`,
      ),
    ]
  })
}
