import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { dockerfileStages, isInContext } from './dockerfile-stages.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** They fetch what a machine that runs these tests has already. */
const FETCHES = ['["npm"', 'pnpm fetch']
const STEP_MS_MAX = 180_000

/** The pnpm of this installation: as the bootstrap found it, or on the PATH. */
export function findPnpm(): string | undefined {
  try {
    const { pnpm } = JSON.parse(readFileSync(join(root, 'node_modules/.callback-quorum.json'), 'utf8')) as {
      pnpm?: string
    }
    if (pnpm !== undefined && existsSync(pnpm)) return pnpm
  } catch {
    // Installed by hand.
  }
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => [join(folder, 'pnpm'), join(folder, '../pnpm/bin/pnpm.cjs')])
    .find((path) => path.endsWith('.cjs') && existsSync(path))
}

/**
 * Runs the RUN steps of the Dockerfile's stage `build`, letter by letter, in a copy of the build context below `folder`. What `tsc -b` made here is
 * taken along, so that it has nothing to do but to see that. Returns the collected root file system.
 */
export async function runBuildStage(folder: string, pnpm: string): Promise<string> {
  const [source, out, bin] = [join(folder, 'src'), join(folder, 'out'), join(folder, 'bin')]
  await copyContext(source)
  await Promise.all([mkdir(out), mkdir(bin)])
  await symlink(process.execPath, join(bin, 'node'))
  await writeFile(join(bin, 'pnpm'), `#!/bin/sh\nexec '${process.execPath}' '${pnpm}' "$@"\n`)
  await chmod(join(bin, 'pnpm'), 0o755)
  const [build] = dockerfileStages(await readFile(join(root, 'deploy/image/Dockerfile'), 'utf8'))
  const steps = (build?.instructions ?? [])
    .filter(({ keyword, text }) => keyword === 'RUN' && !FETCHES.some((fetch) => text.startsWith(fetch)))
    .map(({ text }) => text.replaceAll('/out/', `${out}/`))
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    SOURCE_DATE_EPOCH: '0',
    CI: 'true',
  }
  for (const step of steps) await run('sh', ['-ec', step], { cwd: source, env, timeout: STEP_MS_MAX })
  return join(out, 'root')
}

async function copyContext(target: string): Promise<void> {
  const ignore = await readFile(join(root, 'deploy/image/Dockerfile.dockerignore'), 'utf8')
  const patterns = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const entry of [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'tsconfig.json',
    'test',
    'packages',
    'deploy',
  ])
    await cp(join(root, entry), join(target, entry), {
      recursive: true,
      preserveTimestamps: true,
      filter: async (path) => {
        const inside = relative(root, path)
        if (inside.endsWith('/node_modules')) return false
        const isFolder = (await readdir(path).catch(() => undefined)) !== undefined
        return isFolder || isInContext(inside, patterns) || /^packages\/[^/]+\/dist\//.test(inside)
      },
    })
}
