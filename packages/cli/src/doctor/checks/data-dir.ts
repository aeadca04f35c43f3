import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Check } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'

const GIB = 1024 ** 3
/** An embedded PostgreSQL keeps up to 1 GiB of its log beside the data before it starts afresh. */
const FREE_BYTES_WARN = 5 * GIB
const FREE_BYTES_MIN = GIB / 2
const { ok, failed, warning, skipped } = findingsOf('data dir')

/** `data_dir`: may be written, and has room for what lies in it. */
export const dataDir: Check = {
  name: 'data dir',
  run: async ({ common, pathOf }) => {
    if (common.data_dir === undefined) return [skipped('data_dir cannot be read from the configuration')]
    const path = pathOf(common.data_dir)
    const existing = await nearest(path)
    const isEmbedded = (common.database_url ?? '') === ''
    const use = isEmbedded ? 'the embedded database' : 'temporary files'
    const closed = await closedFinding(path, existing)
    if (closed !== undefined) return [closed]
    const { bavail, bsize } = await statfs(existing)
    const free = bavail * bsize
    const room = `${path}: ${(free / GIB).toFixed(1)} GiB free, for ${use}`
    const fix = `Make room on that disk (df -h '${existing}'), or move data_dir to a larger one`
    if (free < FREE_BYTES_MIN && isEmbedded) return [failed(room, fix)]
    return [free < (isEmbedded ? FREE_BYTES_WARN : FREE_BYTES_MIN) ? warning(room, fix) : ok(room)]
  },
}

async function closedFinding(path: string, existing: string): Promise<Finding | undefined> {
  if (!(await stat(existing)).isDirectory())
    return failed(
      `${existing} is a file; expected the folder data_dir (${path})`,
      `Move the file away, or write another data_dir`,
    )
  const isOpen = await access(existing, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (isOpen) return undefined
  return failed(
    `${existing} may not be written by this user; expected data_dir (${path}) to be its own`,
    `chown the folder to the user of the service: install -d -m 0700 -o <user> '${path}'`,
  )
}

/** The folder itself, or the one in which it would be made. */
async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || dirname(path) === path ? path : nearest(dirname(path))
}
