import type { Chain } from '@callback-quorum/chains'
import { readAddress } from './output.ts'

/** The canonical key of a source, or its text when it cannot be read. */
export const sourceKeyOf = (chain: Chain | undefined, text: string): string => readAddress(chain, text)?.key ?? text

/** Each source once, as it was first written: the request names the same address in several places and spellings. */
export function distinctSources(chain: Chain | undefined, written: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>()
  for (const text of written) {
    const key = sourceKeyOf(chain, text)
    if (!byKey.has(key)) byKey.set(key, text)
  }
  return [...byKey.values()]
}
