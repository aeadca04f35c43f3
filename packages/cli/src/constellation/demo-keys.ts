import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAdminToken, generateRsaKeyFiles, type AdminRole } from '@callback-quorum/service'
import { stringify } from 'yaml'

export interface KeyFilePair {
  readonly privatePath: string
  readonly publicPath: string
}

/** Makes the key pairs that are not there yet in `<directory>/keys`. */
export async function ensureKeys<Name extends string>(
  directory: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, KeyFilePair>>> {
  const keys = join(directory, 'keys')
  await mkdir(keys, { recursive: true, mode: 0o700 })
  const made = await Promise.all(names.map(async (name) => [name, await ensureKey(keys, name)] as const))
  return Object.fromEntries(made) as Record<Name, KeyFilePair>
}

async function ensureKey(keys: string, name: string): Promise<KeyFilePair> {
  const files = { privatePath: join(keys, `${name}.pem`), publicPath: join(keys, `${name}.pub`) }
  return (await exists(files.privatePath)) ? files : generateRsaKeyFiles(keys, name)
}

export interface AdminTokenFiles {
  /** What `admin.tokens` names: hashes only. */
  readonly hashes: string
  /** One bearer token in each, by what its holder may do. */
  readonly tokens: Readonly<Record<AdminRole, string>>
}

const HOLDERS: readonly (readonly [role: AdminRole, name: string])[] = [
  ['viewer', 'demo-viewer'],
  ['operator', 'demo-operator'],
  ['approver', 'demo-approver'],
]

/** Makes one admin token of each role in `<directory>/admin`, unless they are there. */
export async function ensureAdminTokens(directory: string): Promise<AdminTokenFiles> {
  const folder = join(directory, 'admin')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fileOf = (role: AdminRole): string => join(folder, `${role}.token`)
  const files: AdminTokenFiles = {
    hashes: join(folder, 'tokens.yaml'),
    tokens: { viewer: fileOf('viewer'), operator: fileOf('operator'), approver: fileOf('approver') },
  }
  if (await exists(files.hashes)) return files
  const entries: object[] = []
  for (const [role, name] of HOLDERS) {
    const { token, sha256 } = createAdminToken()
    await writeFile(fileOf(role), `${token}\n`, { mode: 0o600 })
    entries.push({ name, role, sha256 })
  }
  // Last: with it the set is complete.
  await writeFile(files.hashes, stringify({ tokens: entries }), { mode: 0o600 })
  return files
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
