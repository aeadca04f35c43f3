/**
 * The same value with every member's name in snake_case, for `--output json`. Whole numbers beyond what JSON's numbers hold become decimal
 * text. Undefined members are left out.
 */
export function snakeCased(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(snakeCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[snakeName(name), snakeCased(member)] as const],
    ),
  )
}

const snakeName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
