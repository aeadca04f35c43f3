import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { getuid } from 'node:process'
import type { DoctorContext } from './check.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { PemFile } from './read-pem.ts'

const OTHERS = 0o007
const OTHERS_READ = 0o004
const OTHERS_WRITE = 0o002
const STICKY = 0o1000
const GROUP_READ = 0o040

/** Whether a file that holds a secret is closed to others, and open to whoever runs the service. */
export async function permissionFindings(
  path: string,
  file: PemFile,
  context: DoctorContext,
  check: string,
): Promise<readonly Finding[]> {
  if (file.is === 'unreadable') return []
  const { failed, warning } = findingsOf(check)
  const findings: Finding[] = []
  if ((file.mode & OTHERS) !== 0)
    findings.push(
      failed(
        `${path}: is open to others (mode ${octal(file.mode)}); expected 0600, or 0640 for a group`,
        `chmod 0600 '${path}'`,
      ),
    )
  const runs = await runningUser(context)
  if (runs !== undefined && runs !== file.uid && (file.mode & GROUP_READ) === 0)
    findings.push(
      warning(
        `${path}: belongs to user ${file.uid}, and data_dir to user ${runs}, who is to run the service and cannot read it`,
        `chown ${runs} '${path}'`,
      ),
    )
  // Kubernetes mounts a secret as a link into a folder of its own that nobody else has in its sight.
  const real = await realpath(path).catch(() => path)
  if (real.includes('/..')) return findings
  const folder = dirname(real)
  const mode = (await stat(folder).catch(() => undefined))?.mode ?? 0
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0)
    findings.push(
      failed(
        `${folder}: others may exchange the keys in it (mode ${octal(mode)}); expected 0700`,
        `chmod 0700 '${folder}'`,
      ),
    )
  else if ((mode & OTHERS_READ) !== 0)
    findings.push(
      warning(
        `${folder}: others may see which keys are in it (mode ${octal(mode)}); expected 0700 or 0750`,
        `chmod o-rwx '${folder}'`,
      ),
    )
  return findings
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

/** For root, who may read everything: the owner of data_dir is taken for the user of the service. */
async function runningUser({ common, pathOf }: DoctorContext): Promise<number | undefined> {
  if (getuid?.() !== 0 || common.data_dir === undefined) return undefined
  const owner = (await stat(pathOf(common.data_dir)).catch(() => undefined))?.uid
  return owner === 0 ? undefined : owner
}
