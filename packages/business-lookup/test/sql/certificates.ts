import { execFile } from 'node:child_process'
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverAccount } from '../../../service/src/database/embedded/server-account.ts'

/** Makes `name.pem`, signed by itself and good for `host`, and `name.key`, which only the account of a server may read. */
export async function certify(folder: string, name: string, host: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', cert, '-addext', `subjectAltName=${host}`]
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject])
  await chmod(key, 0o600)
  const account = await serverAccount('')
  if (account !== undefined) await chown(key, account.uid, account.gid)
  return { cert, key }
}
