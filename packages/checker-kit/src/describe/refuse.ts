/** Why a request cannot be described. Codes never change and are never reused. */
export type DescribeCode =
  | 'AMOUNT_INVALID'
  | 'ASSET_UNKNOWN'
  | 'CALLDATA_INVALID'
  | 'CHAIN_MISMATCH'
  | 'CONFIG_INFO_UNREADABLE'
  | 'CONFIG_TYPE_UNKNOWN'
  | 'DECIMALS_MISMATCH'
  | 'DESTINATION_UNSUPPORTED'
  | 'HASHES_DUPLICATE'
  | 'HASHES_INVALID'
  | 'HASHES_MISSING'
  | 'LISTS_UNEQUAL'
  | 'ORGANISATION_MISMATCH'
  | 'OUTPUTS_CONTRADICT'
  | 'TASK_MISMATCH'
  | 'TRANSACTION_ID_MISSING'
  | 'TYPE_UNSUPPORTED'
  | 'WALLET_MISMATCH'
  | 'WALLET_MISSING'

/** Collects an objection and lets the description go on, so that all of them are reported at once. `text` is public. */
export type Refuse = (code: DescribeCode, text: string) => void

/** The caller chose the value, and it travels in our answer. */
const QUOTED_LENGTH_MAX = 40

/** A value of the request as it may stand in a public text: printable ASCII, bounded. */
export function quoted(value: string): string {
  const shown = value.length > QUOTED_LENGTH_MAX ? `${value.slice(0, QUOTED_LENGTH_MAX)}...` : value
  return `"${shown.replace(/[^\x20-\x7e]/g, '?')}"`
}
