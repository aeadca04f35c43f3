import { createHash } from 'node:crypto'
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailed } from './faults.ts'

/** What was written: lines of JSON, each with its line end. */
export interface WrittenLines {
  readonly lines: number
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

export interface ExportFile<Manifest extends object> {
  /** Made when missing, closed to others. */
  readonly directory: string
  /** Without ending. */
  readonly name: string
  readonly pages: AsyncIterable<readonly string[]>
  /** What goes into the manifest; what it throws undoes the export. */
  readonly manifest: (written: WrittenLines, file: string) => Promise<Manifest>
}

/**
 * Writes NAME.jsonl and then NAME.manifest.json: a file without a manifest was not finished. Never overwrites. Throws CommandFailed when one of the two
 * exists; nothing is left of an export that fails.
 */
export async function writeExport<Manifest extends object>(o: ExportFile<Manifest>): Promise<Manifest> {
  await mkdir(o.directory, { recursive: true, mode: 0o700 })
  const [file, manifestPath] = [`${o.name}.jsonl`, join(o.directory, `${o.name}.manifest.json`)]
  await assertNew(manifestPath)
  const handle = await createFile(join(o.directory, file))
  try {
    const manifest = await o.manifest(await writeLines(o.pages, handle), file)
    await handle.sync()
    const manifestHandle = await createFile(manifestPath)
    await manifestHandle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
    await manifestHandle.sync()
    await manifestHandle.close()
    return manifest
  } catch (error) {
    await rm(join(o.directory, file), { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

async function writeLines(pages: AsyncIterable<readonly string[]>, handle: FileHandle): Promise<WrittenLines> {
  const hash = createHash('sha256')
  let [lines, bytes] = [0, 0]
  for await (const page of pages) {
    const content = Buffer.from(page.map((line) => `${line}\n`).join(''))
    await handle.writeFile(content)
    hash.update(content)
    lines += page.length
    bytes += content.length
  }
  return { lines, bytes, sha256: hash.digest('hex') }
}

async function createFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new CommandFailed(`${path} exists already, or cannot be made; nothing was changed`, { cause })
  })
}

async function assertNew(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined) throw new CommandFailed(`${path} exists already; nothing was changed`)
}
