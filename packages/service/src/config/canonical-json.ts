/** What a YAML file can hold once it is read. */
export type ConfigValue =
  null | boolean | number | string | readonly ConfigValue[] | { readonly [key: string]: ConfigValue }

/** One text for one content: members sorted by UTF-16 code units and no white space, as in RFC 8785. */
export function canonicalJson(value: ConfigValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** Array.isArray does not narrow a readonly array. */
function isList(value: object): value is readonly ConfigValue[] {
  return Array.isArray(value)
}
