import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dashboardFiles } from './dashboard-files.ts'

const root = join(import.meta.dirname, '../../..')

for (const [file, text] of dashboardFiles()) {
  const path = join(root, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  process.stdout.write(`${file}\n`)
}
