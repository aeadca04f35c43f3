import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const NAME = /name: ['`](callback_quorum_[a-z0-9_]+)['`]/g

/** Names of metrics as they stand in the sources, so that nothing is forgotten because no test starts it. */
export async function namesInSources(): Promise<readonly string[]> {
  const names: string[] = []
  for await (const file of glob('packages/*/src/**/*.ts', { cwd: ROOT }))
    for (const [, name] of (await readFile(join(ROOT, file), 'utf8')).matchAll(NAME))
      if (name !== undefined) names.push(name)
  return names
}
