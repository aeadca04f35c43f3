import { generateKeyPair, randomUUID } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ServiceFault } from '../faults.ts'

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
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await placeNew(directory, privatePath, privateKey, 0o600)
  try {
    await placeNew(directory, publicPath, publicKey, 0o644)
  } catch (error) {
    await unlink(privatePath)
    throw error
  }
  return { privatePath, publicPath }
}

/** Writes beside and then links: link(2) fails when the target exists, which rename(2) does not. */
async function placeNew(directory: string, path: string, content: string, mode: number): Promise<void> {
  const temporary = join(directory, `.${randomUUID()}.tmp`)
  const file = await open(temporary, 'wx', mode)
  try {
    // The umask may have taken bits away when the file was opened.
    await file.chmod(mode)
    await file.writeFile(content)
    await file.sync()
    await link(temporary, path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new ServiceFault('ERR_SERVICE_KEY_EXISTS', `${path} exists and is left as it is`, { cause })
    }
    throw cause
  } finally {
    await file.close()
    await unlink(temporary)
  }
}
