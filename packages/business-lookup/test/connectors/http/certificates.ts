import { execFile } from 'node:child_process'
import { createHash, createPublicKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

const NAMES = 'subjectAltName=IP:127.0.0.1,DNS:payouts.test,DNS:login.test,DNS:localhost'
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Writes NAME.pem and NAME.key: a certificate that is its own authority, for the names of the rig. */
export async function selfSigned(directory: string, name: string): Promise<KeyPair> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-addext', NAMES]
  await run('openssl', ['req', '-x509', ...EC_KEY, ...files, ...subject], { cwd: directory })
  return readKeyPair(directory, name)
}

/** Writes NAME.pem and NAME.key: a certificate for a client, signed by another pair of the directory. */
export async function signedBy(directory: string, authority: string, name: string): Promise<KeyPair> {
  const request = ['req', ...EC_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`]
  await run('openssl', request, { cwd: directory })
  await writeFile(join(directory, `${name}.ext`), 'extendedKeyUsage=clientAuth\n')
  const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`]
  const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2']
  await run('openssl', ['x509', '-req', ...files, ...signer], { cwd: directory })
  return readKeyPair(directory, name)
}

async function readKeyPair(directory: string, name: string): Promise<KeyPair> {
  const [cert, key] = await Promise.all([
    readFile(join(directory, `${name}.pem`)),
    readFile(join(directory, `${name}.key`)),
  ])
  return { cert, key }
}

/** SHA-256 of the public key, base64: what `pin_sha256` is. */
export const pinOf = ({ cert }: KeyPair): string =>
  createHash('sha256')
    .update(createPublicKey(cert).export({ type: 'spki', format: 'der' }))
    .digest('base64')
