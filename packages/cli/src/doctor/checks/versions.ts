import { readFile } from 'node:fs/promises'
import { version as node } from 'node:process'
import type { Check } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'

/** What bootstrap.mjs fetches and every test runs on. */
const NODE_MAJOR_MIN = 24
/** A callback listener takes 1,024 connections; databases, checkers and files come on top. */
const FILES_MIN = 2_048
const { ok, failed, warning } = findingsOf('versions')

/** The programs this runs on and what the system lets it open. The database's version is told with the database. */
export const versions: Check = {
  name: 'versions',
  run: async () => {
    const findings: Finding[] = [nodeFinding(node)]
    const files = await openFilesMax()
    if (files !== undefined && files < FILES_MIN)
      findings.push(
        warning(
          `at most ${files} files and connections may be open (ulimit -n); expected ${FILES_MIN} or more`,
          'Raise it for the service: LimitNOFILE=65536 in its systemd unit, or ulimit -n 65536',
        ),
      )
    return findings
  },
}

export function nodeFinding(version: string): Finding {
  const program = `callback-quorum ${ownVersion}, Node ${version}`
  const major = Number(/^v(\d+)\./.exec(version)?.[1])
  return major >= NODE_MAJOR_MIN
    ? ok(program)
    : failed(
        `${program}; expected Node ${NODE_MAJOR_MIN} or newer`,
        `Run the service with Node ${NODE_MAJOR_MIN} (node --version says which one it is)`,
      )
}

const { version: ownVersion } = JSON.parse(
  await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string }

/** Linux: the limit of this process, which a shell hands on to what it starts. */
async function openFilesMax(): Promise<number | undefined> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? []
  return soft === undefined ? undefined : Number(soft)
}
