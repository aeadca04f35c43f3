import { generateKeyPair } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ServiceFault } from '../faults.ts'
import { placeNewFiles } from './place-new-files.ts'

const BITS_DEFAULT = 2048
const NAME = /^[a-z0-9][a-z0-9.-]*$/

/**
 * Makes an RSA key pair as `<name>.pem` (PKCS#8, mode 0600) and `<name>.pub` (SPKI, mode 0644) in `directory`, which is made
 * when it is not there. Never overwrites: when either file exists it throws ERR_SERVICE_KEY_EXISTS and changes nothing.
 * A reader sees a whole file or none.
 */
export async function generateRsaKeyFiles(
  directory: string,
  name: string,
  bits: number = BITS_DEFAULT,
): Promise<{ readonly privatePath: string; readonly publicPath: string }> {
  if (!NAME.test(name)) throw new ServiceFault('ERR_SERVICE_KEY_NAME', `a key name matches ${NAME.source}`)
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const privatePath = join(directory, `${name}.pem`)
  const publicPath = join(directory, `${name}.pub`)
  await placeNewFiles([
    { path: privatePath, content: privateKey, mode: 0o600 },
    { path: publicPath, content: publicKey, mode: 0o644 },
  ])
  return { privatePath, publicPath }
}
