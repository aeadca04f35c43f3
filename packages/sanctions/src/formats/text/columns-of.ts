import { misbuilt } from '../faults.ts'

/** Where each named column stands. Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE` when one of `required` is missing or there twice. */
export function columnsOf(header: readonly string[], required: readonly string[]): ReadonlyMap<string, number> {
  const names = header.map((name) => name.trim())
  for (const name of required) {
    const times = names.filter((other) => other === name).length
    if (times !== 1) throw misbuilt(`${times === 0 ? 'no column' : 'more than one column'} "${name}"`)
  }
  return new Map(names.map((name, position) => [name, position]))
}
