import { ProtocolFault } from './protocol-fault.ts'
import { JSON_TEXT_LENGTH_MAX } from './strict-json.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * What stands in a body that is a token: a compact JWS, bare or inside one pair of double quotes, white space around it ignored
 * (protocol/cobo.md 1.5, protocol/fireblocks.md 1.2). Throws ProtocolFault for what is too long or no UTF-8; whether it is a token is not looked at.
 */
export function tokenTextOf(body: Uint8Array): string {
  return unquoted(textOf(body)).trim()
}

function textOf(body: Uint8Array): string {
  if (body.length > JSON_TEXT_LENGTH_MAX) throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'body too long')
  try {
    return utf8.decode(body).trim()
  } catch (cause) {
    throw new ProtocolFault('ERR_PROTOCOL_TOKEN_MALFORMED', 'body is not UTF-8', { cause })
  }
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
