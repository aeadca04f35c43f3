import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** OpenSSL with a database of its own, so that the dates of a certificate can lie anywhere. */
const CONFIG = `
[ca]
default_ca = any
[any]
database = index.txt
serial = serial
new_certs_dir = .
policy = policy
default_md = sha256
unique_subject = no
[policy]
commonName = supplied
`

/** One folder of keys and certificates. Everything is made by `openssl`. */
export async function certificatesIn(directory: string) {
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: directory })
  const read = (file: string): Promise<Buffer> => readFile(join(directory, file))
  await writeFile(join(directory, 'ca.cnf'), CONFIG)
  await writeFile(join(directory, 'index.txt'), '')
  await writeFile(join(directory, 'serial'), '1000\n')

  async function request(name: string): Promise<void> {
    const ec = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    await openssl('genpkey', ...ec, '-out', `${name}.key`)
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`)
  }

  const authority = async (name: string): Promise<KeyPair> => {
    await request(name)
    await openssl('req', '-x509', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.pem`)
    return { cert: await read(`${name}.pem`), key: await read(`${name}.key`) }
  }

  /** A certificate of an existing or a new key, good for `host` until `end` (YYMMDDHHMMSSZ). */
  const issued = async (
    by: string,
    name: string,
    { host = 'IP:127.0.0.1', end = '491231235959Z', keepKey = false } = {},
  ): Promise<KeyPair> => {
    if (!keepKey) await request(name)
    await writeFile(join(directory, `${name}.ext`), `subjectAltName=${host}\nextendedKeyUsage=serverAuth\n`)
    const signer = ['-config', 'ca.cnf', '-batch', '-notext', '-cert', `${by}.pem`, '-keyfile', `${by}.key`]
    const content = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`]
    await openssl('ca', ...signer, ...content, '-startdate', '200101000000Z', '-enddate', end)
    return { cert: await read(`${name}.pem`), key: await read(`${name}.key`) }
  }
  return { authority, issued }
}
