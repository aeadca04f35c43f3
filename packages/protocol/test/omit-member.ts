/** A copy without the named members. */
export function omitMember<V>(object: Readonly<Record<string, V>>, ...names: readonly string[]): Record<string, V> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
