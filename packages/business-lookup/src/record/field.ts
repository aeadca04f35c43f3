import { NumberText } from '@callback-quorum/protocol'

/** One field of a record, as it was found there. Nothing but `text` is ever compared; `absent` says that the record leaves it open. */
export type Field =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'absent' }
  | { readonly is: 'invalid'; readonly why: string }

export interface FieldPlace {
  readonly at: string
  /** Only of JSON: the place may be missing, which then says the same as null. */
  readonly optional?: boolean | undefined
  /** Only of JSON: a number is taken as it was written. Where it is not said, a number is refused: most writers of JSON lose digits. */
  readonly allow_number?: boolean | undefined
}

export const ABSENT: Field = { is: 'absent' }

/** Digits with one point at most: no exponent, no sign. */
const PLAIN_NUMBER = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/

/** What stands at a place: undefined where there is no such place. Text is taken as it is; space is not cut off. */
export function fieldOf(
  value: unknown,
  { optional = false, allow_number: isNumberAllowed = false }: Omit<FieldPlace, 'at'> = {},
): Field {
  if (value === undefined) return optional ? ABSENT : invalid('missing')
  if (value === null || value === '') return ABSENT
  if (typeof value === 'string') return { is: 'text', text: value }
  if (!(value instanceof NumberText)) return invalid('not a text')
  if (!isNumberAllowed) return invalid('a number, expected a decimal text')
  return PLAIN_NUMBER.test(value.text)
    ? { is: 'text', text: value.text }
    : invalid('a number with a sign or an exponent')
}

const invalid = (why: string): Field => ({ is: 'invalid', why })

/** For the record: null where there is nothing that could be shown. */
export const textOf = (field: Field): string | null => (field.is === 'text' ? field.text : null)
