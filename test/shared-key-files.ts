import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateRsaKeyFiles } from '../packages/service/src/keys/index.ts'

interface KeyTexts {
  readonly privateKey: string
  readonly publicKey: string
}

const made = new Map<string, Promise<KeyTexts>>()

/**
 * As generateRsaKeyFiles, but a name has one key for the whole test file: finding two primes takes longer than most tests. For rigs that are
 * started for every test; whoever needs another key of the same name makes one.
 */
export async function sharedKeyFiles(
  directory: string,
  name: string,
): Promise<{ readonly privatePath: string; readonly publicPath: string }> {
  const known = made.get(name) ?? makeKey(name)
  made.set(name, known)
  const { privateKey, publicKey } = await known
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const privatePath = join(directory, `${name}.pem`)
  const publicPath = join(directory, `${name}.pub`)
  await writeFile(privatePath, privateKey, { mode: 0o600, flag: 'wx' })
  await writeFile(publicPath, publicKey, { flag: 'wx' })
  return { privatePath, publicPath }
}

async function makeKey(name: string): Promise<KeyTexts> {
  const folder = await mkdtemp(join(tmpdir(), 'cq keys '))
  try {
    const { privatePath, publicPath } = await generateRsaKeyFiles(folder, name)
    return { privateKey: await readFile(privatePath, 'utf8'), publicKey: await readFile(publicPath, 'utf8') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
