import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface DemoFolder {
  readonly path: string
  readonly isKept: boolean
  /** Removes it, unless it is kept. */
  dispose(): Promise<void>
}

/** Others may pass through and see nothing: root's PostgreSQL runs as another user. */
const MODE = 0o711

/** The folder `--dir` names, or a fresh one in the temporary folder. */
export async function openDemoFolder(o: { readonly dir?: string; readonly keep?: boolean }): Promise<DemoFolder> {
  if (o.dir !== undefined) {
    const path = resolve(o.dir)
    const made = await mkdir(path, { recursive: true })
    if (made !== undefined) await chmod(path, MODE)
    return { path, isKept: true, dispose: () => Promise.resolve() }
  }
  const path = await mkdtemp(join(tmpdir(), 'callback-quorum-demo-'))
  await chmod(path, MODE)
  const isKept = o.keep === true
  return { path, isKept, dispose: () => (isKept ? Promise.resolve() : rm(path, { recursive: true, force: true })) }
}
