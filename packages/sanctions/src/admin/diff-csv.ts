import type { DiffLine } from './diff-lines.ts'

type Dated = DiffLine & { readonly first_seen: string | null }

const COLUMNS = [
  'change',
  'code',
  'value',
  'party_id',
  'party_name',
  'programs',
  'list_ids',
  'feature_id',
  'former_party_id',
  'first_seen',
] as const satisfies readonly (keyof Dated)[]

/** RFC 4180, with a line of names. Lists within a cell are separated by spaces. */
export const diffCsv = (lines: readonly Dated[]): string =>
  [COLUMNS.join(','), ...lines.map((line) => COLUMNS.map((column) => cellOf(line[column])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('')

/** Programs that read a cell as a formula when it begins so are kept from it by an apostrophe: what stands here was chosen by others. */
const FORMULA = /^[=+\-@\t\r]/

function cellOf(value: string | readonly string[] | null): string {
  const text = value === null ? '' : typeof value === 'string' ? value : value.join(' ')
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
