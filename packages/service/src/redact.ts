import { KeyObject } from 'node:crypto'
import { stdSerializers } from 'pino'

export const REDACTED = '[redacted]'

/** Deeper members are dropped: a log line is for reading, and a cycle must end. */
const DEPTH_MAX = 8

/** A member is secret when its name, without case, `-` and `_`, ends in one of these. */
const SECRET_NAME_ENDS = [
  'apikey',
  'authorization',
  'cookie',
  'credential',
  'credentials',
  'databaseurl',
  'internalkey',
  'jwt',
  'packagedata',
  'passphrase',
  'password',
  'privatekey',
  'secret',
  'token',
  'tokens',
  'tssjwtmsg',
] as const

/** Secrets recognised by their form in a line of JSON. None takes a quote or a lone backslash: what is left must be JSON again. */
const SECRET_FORMS: readonly (readonly [form: RegExp, replacement: string])[] = [
  // Compact JWS, RFC 7515 section 7.1: its header is a JSON object, so in base64url it begins with `{"` (eyJ) or `{ ` (eyA).
  [/ey[AJ][A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/Bearer\s+[A-Za-z0-9._~+/=-]+/gi, `Bearer ${REDACTED}`],
  // PEM, RFC 7468, with its line ends escaped; cut short it has no last line.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\+[nrt]|[A-Za-z0-9+/=:,. -])*/g, REDACTED],
  // The password of a URL's user information, RFC 3986 section 3.2.1. Greedy: a password may hold an unescaped "@".
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"]*):[^\s/?#"]+@/gi, `$1:${REDACTED}@`],
]

export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '')
  return SECRET_NAME_ENDS.some((end) => plain.endsWith(end))
}

/** A copy of a log object in which members with a secret's name are replaced, at every depth, errors and their causes included. */
export function redactMembers(object: object): Record<string, unknown> {
  return redactObject(object, 0)
}

/** A line without what looks like a secret: the backstop for message texts and stacks, where no member name helps. */
export function redactText(line: string): string {
  return SECRET_FORMS.reduce((text, [form, replacement]) => text.replace(form, replacement), line)
}

function redactObject(object: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      isSecretName(name) ? REDACTED : redactValue(value, depth + 1),
    ]),
  )
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > DEPTH_MAX) return '[deep]'
  if (value instanceof URL) return value.href
  if (value instanceof KeyObject) return `[${value.type} key]`
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return redactObject(stdSerializers.err(value), depth)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1))
  return redactObject(value, depth)
}
