import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping } from '@callback-quorum/cli'

/** Name of the list in records and metrics. */
export const HOUSE_LIST = 'house'
export const HOUSE_LIST_FILE = 'house-list.txt'

/** Of the configuration of sanctions: one address a line, delivered with a manifest. */
export const houseListEntry = (file = HOUSE_LIST_FILE): Mapping => ({ source: HOUSE_LIST, format: 'plain', file })

export interface HouseDelivery {
  readonly file?: string
  /** When somebody last looked at the publication. Default: now. */
  readonly checkedAt?: Date
  /** The manifest names other bytes. */
  readonly isTampered?: boolean
}

/** Delivers these lines, each an address or what the configuration says. The manifest comes first: without one a file is refused. */
export async function deliverHouseList(
  folder: string,
  lines: readonly string[],
  { file = HOUSE_LIST_FILE, checkedAt = new Date(), isTampered = false }: HouseDelivery = {},
): Promise<void> {
  const text = `${lines.join('\n')}\n`
  const sha256 = createHash('sha256')
    .update(isTampered ? `${text}\n` : text)
    .digest('hex')
  const manifest = { checked_at: checkedAt.toISOString(), sha256 }
  await writeFile(join(folder, `${file}.manifest.json`), JSON.stringify(manifest))
  await writeFile(join(folder, file), text)
}
