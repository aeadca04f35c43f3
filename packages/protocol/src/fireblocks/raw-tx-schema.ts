import { z } from 'zod'
import { tryWrittenJson } from '../strict-json.ts'
import { hexText, uint32, writtenObject } from './written-schema.ts'

// protocol/fireblocks.md 2.6

/** One element per input to sign, or per transaction where a request stands for several; more is refused, never cut off. */
export const RAW_TX_MAX = 500
/** Purpose, coin type, vault account, change, index. */
const PATH_LEVELS = 5
const PATH_TEXT_LENGTH_MAX = 128

export type KeyDerivationPath = readonly [
  purpose: number,
  coinType: number,
  vaultAccount: number,
  change: number,
  index: number,
]

/** On the wire a text that holds a JSON list: "[ 44, 60, 0, 0, 0 ]". */
const keyDerivationPath = z
  .string()
  .max(PATH_TEXT_LENGTH_MAX)
  .transform((text, context): KeyDerivationPath => {
    const list = tryWrittenJson(text)
    const levels = Array.isArray(list) ? list.map((level) => uint32.safeParse(level).data) : []
    const [purpose, coinType, vaultAccount, change, index] = levels
    if (
      levels.length === PATH_LEVELS &&
      purpose !== undefined &&
      coinType !== undefined &&
      vaultAccount !== undefined &&
      change !== undefined &&
      index !== undefined
    ) {
      return [purpose, coinType, vaultAccount, change, index]
    }
    context.addIssue({ code: 'custom', message: 'not the text of a list of five whole numbers' })
    return z.NEVER
  })

export const rawTxElement = writtenObject({
  /** The bytes that are hashed and signed. */
  rawTx: hexText,
  keyDerivationPath: keyDerivationPath.optional(),
  /** The digest that is signed. In every sample, though not in the vendor's table of members. */
  payload: hexText.optional(),
})
