import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Name of the list in records and metrics. */
export const HOUSE_LIST = 'house'
export const HOUSE_LIST_FILE = 'house-list.txt'

/** Of the configuration of sanctions: one address a line, delivered with a manifest. */
export const HOUSE_LIST_ENTRY = { source: HOUSE_LIST, format: 'plain', file: HOUSE_LIST_FILE }

/** Delivers these addresses, as checked at `checkedAt`. The manifest comes first: a file without it would be refused, not kept. */
export async function deliverHouseList(
  folder: string,
  addresses: readonly string[],
  checkedAt = new Date(),
): Promise<void> {
  const text = `${addresses.join('\n')}\n`
  const manifest = { checked_at: checkedAt.toISOString(), sha256: createHash('sha256').update(text).digest('hex') }
  const file = join(folder, HOUSE_LIST_FILE)
  await writeFile(`${file}.manifest.json`, JSON.stringify(manifest))
  await writeFile(file, text)
}
