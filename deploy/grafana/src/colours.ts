/** One colour for one word, on every panel. */
export const OUTCOME_COLOURS = { approved: 'green', rejected: 'orange', failed: 'red' } as const

export const GOOD = 'green'
export const WATCH = 'yellow'
export const ACT_SOON = 'orange'
export const ACT_NOW = 'red'
export const NEUTRAL = 'blue'
