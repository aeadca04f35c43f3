import { ChainsFault, malformed, tooLarge, unsupported } from '../faults.ts'
import { ByteReader } from './byte-reader.ts'
import { KEYS_MAX, PACKET_BYTES_MAX } from './limits.ts'
import type { MessageParts } from './message-parts.ts'
import { parseMessage } from './parse-message.ts'

export interface FoundMessage {
  /** The very slice that is signed. */
  readonly bytes: Uint8Array
  readonly parts: MessageParts
}

const SIGNATURE_BYTES = 64

/**
 * The bytes are a message, or places for signatures and a message: exactly one of the two readings may hold. Bytes that somebody has
 * signed already are refused: what is asked for is the first signature.
 */
export function findMessage(raw: Uint8Array): FoundMessage {
  if (raw.length > PACKET_BYTES_MAX) throw tooLarge(`more than ${String(PACKET_BYTES_MAX)} bytes`)
  const places = findPlaces(raw)
  const alone = attempt(raw)
  const behind = places && attempt(places.message)
  if (!(alone instanceof ChainsFault)) {
    if (behind !== undefined && !(behind instanceof ChainsFault))
      throw malformed('ambiguous: both a message and a transaction')
    return fitting(raw, alone)
  }
  if (places === undefined || behind === undefined) throw alone
  // Neither holds: told is what is wrong with the one that was meant.
  if (behind instanceof ChainsFault) throw places.isEmpty ? behind : alone
  if (places.count !== 0 && places.count !== behind.header.signers)
    throw malformed('another number of signatures than of signers')
  if (!places.isEmpty) throw unsupported('already signed')
  return fitting(places.message, behind)
}

interface Places {
  readonly count: number
  readonly isEmpty: boolean
  readonly message: Uint8Array
}

/** The places for signatures that a transaction begins with; undefined when these bytes do not. */
function findPlaces(raw: Uint8Array): Places | undefined {
  const reader = new ByteReader(raw)
  return withoutFault(() => {
    const count = reader.compact(KEYS_MAX, 'signatures')
    const isEmpty = reader.take(count * SIGNATURE_BYTES).every((byte) => byte === 0)
    return { count, isEmpty, message: raw.slice(reader.at) }
  })
}

function attempt(bytes: Uint8Array): MessageParts | ChainsFault {
  try {
    return parseMessage(bytes)
  } catch (error) {
    if (error instanceof ChainsFault) return error
    throw error
  }
}

function withoutFault<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}

/** One packet has to hold the signatures too, whose number takes one byte here. */
function fitting(bytes: Uint8Array, parts: MessageParts): FoundMessage {
  if (1 + parts.header.signers * SIGNATURE_BYTES + bytes.length > PACKET_BYTES_MAX)
    throw tooLarge(`with its signatures more than ${String(PACKET_BYTES_MAX)} bytes`)
  return { bytes, parts }
}
