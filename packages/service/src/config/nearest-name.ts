/** Names are short; a longer text is not a mistyped one. */
const LENGTH_MAX = 64

/**
 * The known name that was probably meant, or undefined when none is within a third of its length in single-character changes.
 */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > LENGTH_MAX) return undefined
  const [best] = known
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return best?.name
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment): what fingers do wrong. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  const distance = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = distance(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? distance(i - 2, j - 2) + 1 : replaced
      row.push(Math.min(replaced, swapped, distance(i - 1, j) + 1, distance(i, j - 1) + 1))
    }
  }
  return distance(a.length, b.length)
}
