import { expecting } from '@callback-quorum/service'
import { z } from 'zod'

const LINE_LENGTH_MAX = 500
/** FAQ 563 of OFAC: addresses have up to 256 characters. */
const ADDRESS_LENGTH_MAX = 256
/** numeric(78, 0): any 256-bit amount. */
const AMOUNT_DIGITS_MAX = 78

/** Printable, on one line: it stands in tables and in logs. */
const line = (what: string, example: string) =>
  z
    .string({ error: expecting(what, example) })
    .max(LINE_LENGTH_MAX, { error: expecting(`at most ${String(LINE_LENGTH_MAX)} characters`) })
    .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, { error: expecting(what, example) })

export const reasonText = line('why, on one line', '"false positive, ticket 4711"')
export const referenceText = line('a reference, on one line', '"case 2026-17"')
export const nameText = line('a name', '"W1"')

/** Letters that only look like those of an address would make an entry that never matches. */
export const addressText = z
  .string({ error: expecting('an address') })
  .max(ADDRESS_LENGTH_MAX, { error: expecting(`at most ${String(ADDRESS_LENGTH_MAX)} characters`) })
  .regex(/^[\x21-\x7e]+$/, { error: expecting('an address of printable ASCII characters without spaces') })

export const sha256Text = z
  .string({ error: expecting('the SHA-256 of a version') })
  .regex(/^[0-9a-f]{64}$/, { error: expecting('64 lower-case hexadecimal digits') })

export const idText = z
  .string({ error: expecting('an id', '"7"') })
  .regex(/^\d{1,18}$/, { error: expecting('an id', '"7"') })

export const atomicText = z
  .string({ error: expecting('a decimal string in atomic units', '"1000000"') })
  .max(AMOUNT_DIGITS_MAX, { error: expecting(`at most ${String(AMOUNT_DIGITS_MAX)} digits`) })
  .regex(/^[1-9]\d*$/, { error: expecting('a decimal string in atomic units', '"1000000"') })

export const timeText = z.iso
  .datetime({ offset: true, error: expecting('a time with its zone', '"2026-10-01T00:00:00Z"') })
  .transform((text) => new Date(text))
