import { readFile, stat } from 'node:fs/promises'

/** The user as whom the server runs. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** `nobody` on Linux, also where /etc/passwd does not name it. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 }

export const isRoot = (): boolean => process.getuid?.() === 0

/**
 * PostgreSQL refuses to run as root, so root hands it to another user: the one that owns the existing files of the server, else
 * `postgres`, else `nobody`. Undefined for an ordinary user: the server runs as that user.
 */
export async function serverAccount(existingData: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined
  const owner = await ownerOf(existingData)
  return owner ?? (await namedAccount('postgres')) ?? (await namedAccount('nobody')) ?? NOBODY
}

async function ownerOf(path: string): Promise<Account | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid }
}

async function namedAccount(name: string): Promise<Account | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')
  const [, , uid = '', gid = ''] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
  return /^[1-9]\d*$/.test(uid) && /^\d+$/.test(gid) ? { uid: Number(uid), gid: Number(gid) } : undefined
}
