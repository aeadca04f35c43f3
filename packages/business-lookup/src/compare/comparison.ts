import type { Evidence, Objection } from '@callback-quorum/checker-kit'
import { textOf, type Field } from '../record/field.ts'

/** What is set side by side: which field, how, what the business system says, what the request says. For the record, never for a log. */
export interface Compared {
  readonly field: string
  readonly comparator: string
  readonly expected: string | null
  readonly actual: string | null
}

/** One comparison. That it came out equal has to be said; leaving the objection out is not enough. */
export type Comparison = Compared &
  ({ readonly ok: true; readonly objection?: undefined } | { readonly ok: false; readonly objection: Objection })

export const agrees = (compared: Compared): Comparison => ({ ...compared, ok: true })

/** `text` is public: it names the field and no value. */
export const differs = (compared: Compared, code: string, text: string): Comparison => ({
  ...compared,
  ok: false,
  objection: { code, text },
})

/** The business system's own field cannot be read, so nothing is compared with it. */
export const invalid = (compared: Compared, expected: string): Comparison =>
  differs(compared, 'FIELD_INVALID', `${compared.field} of the business system is not ${expected}`)

/** Long enough for every address, tag and amount; a record of others can hold a field of any length. */
const SHOWN_CHARACTERS_MAX = 512

/** Cut where it is longer; the cut may not leave half a character, which the database would refuse. */
export const shown = (text: string): string =>
  text.length > SHOWN_CHARACTERS_MAX
    ? `${text.slice(0, SHOWN_CHARACTERS_MAX).toWellFormed()}... (${text.length} characters)`
    : text

export function shownField(field: Field): string | null {
  const text = textOf(field)
  return text === null ? null : shown(text)
}

/** A row of the evidence. */
export const evidenceOf = ({ field, comparator, expected, actual, ok }: Comparison): Evidence => ({
  field,
  comparator,
  expected,
  actual,
  ok,
})
