import type { IncomingMessage } from 'node:http'
import { InboxRefusal } from './inbox-refusal.ts'
import type { Push } from './push.ts'
import { readEvent } from './read-event.ts'
import { readJson, type PushRules } from './read-push.ts'

const PREFIX = 'ce-'

/** CloudEvents over HTTP, binary mode: attributes in `ce-*` headers, the record is the body. Throws InboxRefusal. */
export function readBinaryEvent(req: IncomingMessage, body: Buffer, organisation: string, rules: PushRules): Push {
  if (body.length > 0) readJson(body)
  return readEvent(attributesOf(req.rawHeaders), body.length === 0 ? undefined : body, organisation, rules)
}

/** Names and values alternate in `rawHeaders`; a name twice would be read by one as the first and by another as both. */
function attributesOf(rawHeaders: readonly string[]): Readonly<Record<string, string>> {
  const attributes = new Map<string, string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = (rawHeaders[at] ?? '').toLowerCase()
    if (!header.startsWith(PREFIX)) continue
    if (attributes.has(header.slice(PREFIX.length)))
      throw new InboxRefusal(400, `${header}: expected this header once`, { field: header })
    attributes.set(header.slice(PREFIX.length), decoded(header, rawHeaders[at + 1] ?? ''))
  }
  return Object.fromEntries(attributes)
}

/** CloudEvents HTTP binding 1.0.2 section 3.1.3.2: quotes are undone first (RFC 9110 section 5.6.4), then percent-encoding, once. */
function decoded(header: string, value: string): string {
  const text = /^"(?:[^"\\]|\\.)*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
  try {
    if (!/^[ -~]*$/.test(text)) throw new URIError('not ASCII')
    return decodeURIComponent(text)
  } catch {
    throw new InboxRefusal(400, `${header}: expected ASCII with percent-encoding`, { field: header })
  }
}
