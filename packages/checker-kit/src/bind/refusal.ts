/** Beside a payment that is described, the bytes do this too: the name of an effect or a power in capitals, RAW_HIDES_TOKEN_AUTHORITY. */
type HiddenCode = `RAW_HIDES_${string}`

/** Why the bytes of a request do not bind. Codes never change and are never reused. */
export type BindCode =
  | 'RAW_MALFORMED'
  | 'RAW_UNSUPPORTED'
  | 'RAW_TOO_LARGE'
  | 'RAW_CONTRADICTS'
  | 'RAW_HASHES_DIFFER'
  | 'RAW_CHAIN_DIFFERS'
  | 'RAW_ASSET_DIFFERS'
  | 'RAW_DESTINATION_DIFFERS'
  | 'RAW_AMOUNT_DIFFERS'
  | 'RAW_MEMO_DIFFERS'
  | 'RAW_CALL_DIFFERS'
  | 'RAW_SENDER_DIFFERS'
  | 'RAW_OUTPUT_MISSING'
  | HiddenCode
  | 'RAW_NONCE_DIFFERS'
  | 'RAW_FEE_DIFFERS'
  | 'KEY_MISSING'
  | 'KEY_INVALID'
  | 'KEY_UNKNOWN'
  | 'KEY_DIFFERS'
  | 'KEY_TWEAKED'
  | 'SIGNATURE_TYPE_DIFFERS'

/** Why there is nothing that could bind; an operator may accept this for chosen callers, chains and operations. */
export type UnboundCode = 'RAW_MISSING' | 'CHAIN_UNSUPPORTED' | 'OPERATION_UNBOUND'

/** Collects an objection and goes on, so that all of them are reported at once. `text` is public. */
export type RefuseBinding = (code: BindCode, text: string) => void
