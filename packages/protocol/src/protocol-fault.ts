export type ProtocolFaultCode =
  | 'ERR_PROTOCOL_TOKEN_MALFORMED'
  | 'ERR_PROTOCOL_TOKEN_ALGORITHM'
  | 'ERR_PROTOCOL_TOKEN_HEADER'
  | 'ERR_PROTOCOL_TOKEN_SIGNATURE'
  | 'ERR_PROTOCOL_TOKEN_EXPIRED'
  | 'ERR_PROTOCOL_TOKEN_NOT_YET_VALID'
  | 'ERR_PROTOCOL_TOKEN_EXP_MISSING'
  | 'ERR_PROTOCOL_TOKEN_EXP_TOO_FAR'
  | 'ERR_PROTOCOL_PACKAGE_DATA'
  | 'ERR_PROTOCOL_JSON'
  | 'ERR_PROTOCOL_REPLY_MALFORMED'
  | 'ERR_PROTOCOL_OUTCOME_MALFORMED'
  | 'ERR_PROTOCOL_MANIFEST_MALFORMED'

const TEXTS: Readonly<Record<ProtocolFaultCode, string>> = {
  ERR_PROTOCOL_TOKEN_MALFORMED: 'the token is not a compact JWS with a JSON object as payload',
  ERR_PROTOCOL_TOKEN_ALGORITHM: 'the token is not signed with RS256',
  ERR_PROTOCOL_TOKEN_HEADER: 'the token has a header that is not accepted',
  ERR_PROTOCOL_TOKEN_SIGNATURE: 'the signature of the token does not verify with any accepted key',
  ERR_PROTOCOL_TOKEN_EXPIRED: 'the token has expired',
  ERR_PROTOCOL_TOKEN_NOT_YET_VALID: 'the token is not valid yet',
  ERR_PROTOCOL_TOKEN_EXP_MISSING: 'the token has no usable exp',
  ERR_PROTOCOL_TOKEN_EXP_TOO_FAR: 'the exp of the token is further ahead than its key may ask for',
  ERR_PROTOCOL_PACKAGE_DATA: 'package_data is not standard padded base64',
  ERR_PROTOCOL_JSON: 'the text is not strict JSON',
  ERR_PROTOCOL_REPLY_MALFORMED: 'the reply is not a callback response',
  ERR_PROTOCOL_OUTCOME_MALFORMED: 'the outcome notice is not one for this audience',
  ERR_PROTOCOL_MANIFEST_MALFORMED: 'the signed text is not the manifest of an export',
}

/** Something on the wire could not be trusted or read. Message and code hold nothing of the input; `detail` is for logs. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault'
  readonly code: ProtocolFaultCode
  declare readonly detail?: string
  /** Whose key signed, where one did: the token is theirs, and its content is not good. */
  declare readonly owner?: string

  constructor(code: ProtocolFaultCode, detail?: string, options?: ErrorOptions & { readonly owner?: string }) {
    super(TEXTS[code], options)
    this.code = code
    if (detail !== undefined) this.detail = detail
    if (options?.owner !== undefined) this.owner = options.owner
  }
}
