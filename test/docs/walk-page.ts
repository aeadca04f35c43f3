import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'

export interface Walk {
  readonly exitCode: number | null
  /** Standard output and error of every command, in order, each command preceded by its own text. */
  readonly said: string
}

/** The blocks of a page that are to be typed into a shell, in order. */
const shellBlocks = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n(?<block>[\s\S]*?)^```$/gm)].map(({ groups }) => groups?.['block'] ?? '')

/**
 * Types every command of a page into one shell, in an empty folder, and stops at the first one that fails. The shell leads a process group of its own:
 * what a page leaves running is ended with it.
 */
export async function walkPage(path: string, folder: string, env: NodeJS.ProcessEnv): Promise<Walk> {
  const script = ['set -Eeuo pipefail', ...shellBlocks(await readFile(path, 'utf8'))].join('\n')
  const shell = spawn('bash', ['-c', `set -v\n${script}`], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const [exitCode] = (await once(shell, 'exit')) as [number | null]
  endGroup(shell.pid)
  return { exitCode, said: said.join('') }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // Nobody is left: the page stopped what it had started.
  }
}
