export type ChainsFaultCode =
  | 'ADDRESS_INVALID'
  | 'CHAIN_UNSUPPORTED'
  | 'ASSET_UNKNOWN'
  | 'AMOUNT_INVALID'
  | 'REGISTRY_INVALID'
  | 'KEY_INVALID'
  /** Not the one canonical encoding of a transaction or message of this chain. */
  | 'TRANSACTION_MALFORMED'
  /** Well formed, and of a kind whose meaning is not fully understood here. */
  | 'TRANSACTION_UNSUPPORTED'
  /** Over a named limit. */
  | 'TRANSACTION_TOO_LARGE'

/**
 * Nothing was decided: the text is not what it has to be. A caller never reads a fault as "not on the list" or "zero".
 * `detail` says which check failed and never repeats the text itself, which may be another customer's data.
 */
export class ChainsFault extends Error {
  override readonly name = 'ChainsFault'
  readonly code: ChainsFaultCode
  readonly detail?: string

  constructor(code: ChainsFaultCode, message: string, detail?: string) {
    super(detail === undefined ? message : `${message}: ${detail}`)
    this.code = code
    if (detail !== undefined) this.detail = detail
  }
}

export function invalidAddress(detail: string): ChainsFault {
  return new ChainsFault('ADDRESS_INVALID', 'not an address of this chain and network', detail)
}

export function malformed(detail: string): ChainsFault {
  return new ChainsFault('TRANSACTION_MALFORMED', 'not a transaction of this chain', detail)
}

export function unsupported(detail: string): ChainsFault {
  return new ChainsFault('TRANSACTION_UNSUPPORTED', 'the transaction is not of a kind that is understood', detail)
}

export function tooLarge(detail: string): ChainsFault {
  return new ChainsFault('TRANSACTION_TOO_LARGE', 'the transaction is over a limit', detail)
}
