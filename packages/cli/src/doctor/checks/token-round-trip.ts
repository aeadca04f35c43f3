import { existsSync } from 'node:fs'
import type { KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import { basename } from 'node:path'
import { ProtocolFault, signPackageToken, verifyPackageToken } from '@callback-quorum/protocol'
import { spkiFingerprint } from '@callback-quorum/service'
import type { Check, DoctorContext } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { namedKeys, type NamedKey } from '../key-files.ts'
import { keyIn, readPem } from '../read-pem.ts'

const { ok, failed, skipped } = findingsOf('token round trip')
const CONTENT = new TextEncoder().encode('{"doctor":true}')

/** Signs as this service signs, and verifies as its callers do. */
export const tokenRoundTrip: Check = {
  name: 'token round trip',
  run: async (context) => {
    const own = namedKeys(context).filter(({ kind }) => kind === 'private')
    const findings = (await Promise.all(own.map((key) => roundTrip(key, context)))).flat()
    return findings.length > 0 ? findings : [skipped('identity cannot be read from the configuration')]
  },
}

async function roundTrip(named: NamedKey, context: DoctorContext): Promise<readonly Finding[]> {
  const file = await readPem(named.path)
  const key = file.is === 'private key' ? keyIn(file.pem, 'private key') : undefined
  if (key === undefined) return [skipped(`${named.field}: no private key to sign with, see keys`)]
  const beside = named.path.replace(/\.[^./]+$/, '.pub')
  const hasPublic = beside !== named.path && existsSync(beside)
  const publicFile = hasPublic ? await readPem(beside) : undefined
  const publicKey = publicFile?.is === 'public key' ? keyIn(publicFile.pem, 'public key') : undefined
  const note =
    named.field === 'identity.internal_key'
      ? '; whether the checkers have it as gateway.pubkey_path cannot be seen from here'
      : ''
  if (hasPublic && (publicKey === undefined || spkiFingerprint(publicKey) !== spkiFingerprint(key)))
    return [
      failed(
        `${named.field}: ${beside} is not the public half of ${basename(named.path)}; whoever was given it refuses what is signed here`,
        `openssl pkey -in '${named.path}' -pubout -out '${beside}', and hand that file to those who verify`,
      ),
    ]
  try {
    await verify(key, publicKey ?? createPublicKey(key), context)
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error
    return [
      failed(
        `${named.field}: a token signed with it is refused (${error.code})`,
        `Make a new RSA key of at least 2048 bits: callback-quorum keys generate --dir DIR --name NAME`,
      ),
    ]
  }
  const by = hasPublic
    ? `verified with ${basename(beside)}`
    : 'verified with its own public half, no .pub lies beside it'
  return [ok(`${named.field}: signed and ${by}, fingerprint ${spkiFingerprint(key).slice(0, 16)}...${note}`)]
}

async function verify(privateKey: KeyObject, publicKey: KeyObject, { common, nowMs }: DoctorContext): Promise<void> {
  const tokenExpireMs = (common.identity?.token_expire_minutes ?? 2) * 60_000
  const now = nowMs()
  const token = await signPackageToken(
    CONTENT,
    { privateKey, issuer: common.service_name ?? 'doctor', tokenExpireMs },
    now,
  )
  const key = { owner: 'doctor', fingerprint: spkiFingerprint(publicKey), key: publicKey, maxTokenAgeMs: tokenExpireMs }
  await verifyPackageToken(token, [key], now)
}
