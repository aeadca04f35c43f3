/** Named, so that nobody reads through thousands of them. */
const DIFFERENCES_MAX = 100

/** Where two JSON values differ, as paths. */
export function differences(recorded: unknown, replayed: unknown): readonly string[] {
  const found: string[] = []
  compare(recorded, replayed, '', found)
  return found.slice(0, DIFFERENCES_MAX)
}

function compare(one: unknown, other: unknown, path: string, found: string[]): void {
  if (found.length > DIFFERENCES_MAX || one === other) return
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    found.push(path)
    return
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
    compare(one[name], other[name], path === '' ? name : `${path}.${name}`, found)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
