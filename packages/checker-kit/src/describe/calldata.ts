import type { Refuse } from './refuse.ts'

/** protocol/cobo.md 3.8.2: the platform accepts 65,000 characters; the two of `0x` come on top. */
const CALLDATA_CHARACTERS_MAX = 65_002

/** Call data as lower-case hex without 0x; undefined when it is refused. Empty is a plain payment to a contract. */
export function readCalldata(text: string, refuse: Refuse): string | undefined {
  const hex = text.replace(/^0[xX]/, '').toLowerCase()
  if (text.length <= CALLDATA_CHARACTERS_MAX && /^(?:[0-9a-f]{2})*$/.test(hex)) return hex
  refuse('CALLDATA_INVALID', 'the call data is not hex or too long')
  return undefined
}
