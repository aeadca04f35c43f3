import { X509Certificate } from 'node:crypto'
import { ConfigError } from '../config/config-error.ts'
import { readSmallFile } from './read-small-file.ts'

/** Reads the certificates that are trusted instead of the public authorities. Throws ConfigError. */
export async function readAuthority(path: string): Promise<string> {
  try {
    const pem = await readSmallFile(path)
    // What is no certificate would be passed over in silence, and every connection fail.
    if (new X509Certificate(pem).publicKey.type !== 'public') throw new TypeError('not a certificate')
    return pem
  } catch {
    throw new ConfigError([`${path}: cannot be read as a certificate; expected one or more in PEM`])
  }
}
