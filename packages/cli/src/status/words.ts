const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** One bar for each value, as high as its share of the largest; nothing happened is the lowest. */
export function sparkline(values: readonly number[]): string {
  const largest = Math.max(0, ...values)
  return values
    .map((value) => BARS[largest === 0 ? 0 : Math.ceil((Math.max(0, value) / largest) * (BARS.length - 1))] ?? BARS[0])
    .join('')
}

const STEPS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
] as const

/** `12 s`, `3 m 5 s`, `4 d 2 h`: two units at most. `-` for what is not known. */
export function spanText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '-'
  if (seconds < 0) return `-${spanText(-seconds)}`
  const whole = Math.round(seconds)
  const at = STEPS.findIndex(([size]) => whole >= size)
  const [size, unit] = STEPS[at] ?? [1, 's']
  if (size === 1) return `${whole} s`
  const [lower, lowerUnit] = STEPS[at + 1] ?? [1, 's']
  const rest = Math.floor((whole % size) / lower)
  return rest === 0 ? `${Math.floor(whole / size)} ${unit}` : `${Math.floor(whole / size)} ${unit} ${rest} ${lowerUnit}`
}

/** `3 ms`, `1.25 s`; `-` for what is not known. */
export function waitText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '-'
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${seconds.toFixed(2)} s`
}

export const countText = (count: number | null | undefined): string =>
  count === null || count === undefined || Number.isNaN(count) ? '-' : String(Math.round(count))
