import type { FormatOptions } from '../../src/formats/format.ts'
import type { ParsedFile } from '../../src/list/listed-row.ts'
import { LOAD_LIMITS, loadList, type LoadLimits } from '../../src/list/load-list.ts'

/** What a list file has to say, by the same thread that loads it in service. */
export async function parseListFile(
  path: string,
  options: FormatOptions,
  limits: LoadLimits = LOAD_LIMITS,
): Promise<ParsedFile> {
  const { file } = await loadList({ from: 'file', path, options, source: 'test-list', loadedAtMs: 0 }, limits)
  return file
}
