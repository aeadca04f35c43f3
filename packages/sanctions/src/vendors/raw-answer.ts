import type { Credentials } from './vendor.ts'

/** What the record keeps of an answer: the beginning, where vendors put what decides. */
const RAW_LENGTH_MAX = 4_096

/** The answer for the record: printable, bounded, and without our credentials, should a vendor repeat them. */
export function rawAnswer(body: Uint8Array, { key, secret }: Credentials): string {
  const text = Buffer.from(body).toString('utf8')
  const parts = [key, secret].flatMap((credential) =>
    credential === undefined ? [] : [credential, ...credential.split(':')],
  )
  const clean = parts
    .filter((part) => part.length >= PART_LENGTH_MIN)
    .reduce((cleaned, part) => cleaned.replaceAll(part, '[redacted]'), text)
  return clean.replace(/[^\x20-\x7e]/g, '?').slice(0, RAW_LENGTH_MAX)
}

/** Shorter parts are no secret, and cutting them out would make the record unreadable. */
const PART_LENGTH_MIN = 4
