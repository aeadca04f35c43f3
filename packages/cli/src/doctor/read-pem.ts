import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { errnoOf } from '@callback-quorum/service'

/** Bundles of authorities are the longest. */
const FILE_BYTES_MAX = 1024 * 1024

/** What stands in a PEM file, by the words of its first line, and how it lies on the disk. Never what it holds. */
export type PemFile =
  | { readonly is: 'unreadable'; readonly why: string; readonly errno?: string }
  | { readonly is: PemSort; readonly pem: string; readonly mode: number; readonly uid: number; readonly blocks: number }

export type PemSort =
  | 'private key'
  | 'encrypted private key'
  | 'public key'
  | 'certificate'
  | 'certificate request'
  | 'OpenSSH key'
  | 'other PEM'
  | 'no PEM'

const SORTS: readonly (readonly [label: RegExp, sort: PemSort])[] = [
  [/^ENCRYPTED PRIVATE KEY$/, 'encrypted private key'],
  [/^OPENSSH /, 'OpenSSH key'],
  [/PRIVATE KEY$/, 'private key'],
  [/PUBLIC KEY$/, 'public key'],
  [/CERTIFICATE REQUEST$/, 'certificate request'],
  [/CERTIFICATE$/, 'certificate'],
]

/** Reads one file, at once: a pipe in its place keeps nobody waiting. */
export async function readPem(path: string): Promise<PemFile> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { mode, uid, size, isFile } = await statOf(file)
      if (!isFile) return { is: 'unreadable', why: 'is not a regular file' }
      if (size > FILE_BYTES_MAX) return { is: 'unreadable', why: 'is far too large' }
      const pem = await file.readFile('latin1')
      const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label ?? '')
      return { is: sortOf(labels[0], pem), pem, mode: mode & 0o7777, uid, blocks: labels.length }
    } finally {
      await file.close()
    }
  } catch (error) {
    const errno = errnoOf(error)
    const why =
      errno === 'ENOENT' ? 'does not exist' : errno === 'EACCES' ? 'may not be read' : `cannot be opened (${errno})`
    return { is: 'unreadable', why, errno }
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>

async function statOf(file: OpenFile) {
  const stat = await file.stat()
  return { mode: stat.mode, uid: stat.uid, size: stat.size, isFile: stat.isFile() }
}

function sortOf(label: string | undefined, pem: string): PemSort {
  if (label === undefined) return 'no PEM'
  // PKCS#1 keys say it in a header of their own (RFC 1421).
  if (/^Proc-Type: 4,ENCRYPTED/m.test(pem)) return 'encrypted private key'
  return SORTS.find(([pattern]) => pattern.test(label))?.[1] ?? 'other PEM'
}

/** The key in a PEM of this sort; undefined when it cannot be decoded. */
export function keyIn(pem: string, sort: 'private key' | 'public key' | 'certificate'): KeyObject | undefined {
  try {
    return sort === 'private key' ? createPrivateKey(pem) : createPublicKey(pem)
  } catch {
    return undefined
  }
}
