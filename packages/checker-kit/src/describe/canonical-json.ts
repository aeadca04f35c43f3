/** What can be hashed: JSON, with members that may be undefined, which is the same as absent. */
export type JsonContent =
  undefined | null | boolean | number | string | readonly JsonContent[] | { readonly [member: string]: JsonContent }

/**
 * One text for one JSON value: members sorted by code unit, no white space, so that equal content hashes equally whatever the
 * order in which it was written. Numbers are already exact: the strict reader refuses those that lose digits.
 */
export function canonicalJson(value: JsonContent): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

// Array.isArray does not narrow a readonly array.
const isList = (value: object): value is readonly JsonContent[] => Array.isArray(value)
