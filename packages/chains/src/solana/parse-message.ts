import { malformed, unsupported } from '../faults.ts'
import { ByteReader } from './byte-reader.ts'
import { encodeMessage } from './encode-message.ts'
import { ACCOUNTS_MAX, INSTRUCTION_ACCOUNTS_MAX, INSTRUCTIONS_MAX, KEYS_MAX, PACKET_BYTES_MAX } from './limits.ts'
import { VERSION_MARK, type InstructionParts, type LookupParts, type MessageParts } from './message-parts.ts'

const KEY_BYTES = 32

/** Reads a whole message in its one encoding: nothing stands behind it, and written again it is the same bytes. */
export function parseMessage(bytes: Uint8Array): MessageParts {
  const reader = new ByteReader(bytes)
  const first = reader.byte()
  const isVersioned = first >= VERSION_MARK
  if (isVersioned && first !== VERSION_MARK) throw unsupported('a message of a version above 0')
  const parts: MessageParts = {
    version: isVersioned ? 'v0' : 'legacy',
    header: {
      signers: isVersioned ? reader.byte() : first,
      readOnlySigners: reader.byte(),
      readOnlyOthers: reader.byte(),
    },
    keys: Array.from({ length: reader.compact(KEYS_MAX, 'accounts') }, () => reader.take(KEY_BYTES)),
    lifetime: reader.take(KEY_BYTES),
    instructions: Array.from({ length: reader.compact(INSTRUCTIONS_MAX, 'instructions') }, () => instruction(reader)),
    lookups: isVersioned
      ? Array.from({ length: reader.compact(KEYS_MAX, 'address tables') }, () => lookup(reader))
      : [],
  }
  if (reader.left > 0) throw malformed('bytes behind the message')
  checkHeader(parts)
  const encoded = encodeMessage(parts)
  if (encoded.length !== bytes.length || encoded.some((byte, index) => byte !== bytes[index]))
    throw malformed('another encoding than the one a message has')
  return parts
}

function instruction(reader: ByteReader): InstructionParts {
  return {
    program: reader.byte(),
    accounts: indices(reader),
    data: reader.take(reader.compact(PACKET_BYTES_MAX, 'bytes of data')),
  }
}

const indices = (reader: ByteReader): Uint8Array =>
  reader.take(reader.compact(INSTRUCTION_ACCOUNTS_MAX, 'accounts of an instruction'))

function lookup(reader: ByteReader): LookupParts {
  const table = reader.take(KEY_BYTES)
  const writable = reader.take(reader.compact(ACCOUNTS_MAX, 'accounts of an address table'))
  const readOnly = reader.take(reader.compact(ACCOUNTS_MAX, 'accounts of an address table'))
  if (writable.length + readOnly.length === 0) throw malformed('an address table of which nothing is used')
  return { table, writable, readOnly }
}

/** As the runtime checks it (solana_message, sanitize): the payer signs and is writable, and both halves have room for their read-only accounts. */
function checkHeader({ header: { signers, readOnlySigners, readOnlyOthers }, keys }: MessageParts): void {
  if (signers === 0 || signers > keys.length) throw malformed('more signers than accounts, or none')
  if (readOnlySigners >= signers || readOnlyOthers > keys.length - signers)
    throw malformed('more read-only accounts than accounts')
}
