/**
 * How many asked-for traces may be ahead of the ratio. A gateway of the same ratio comes in lumps around it: with 100, fewer than one
 * trace in a thousand loses a checker's part.
 */
const AHEAD_MAX = 100

/**
 * Whether a request that another process wants traced is traced: on average no more than `ratio` of all requests, whatever is asked for.
 * To be called once for each request.
 */
export function createSamplingBudget(ratio: number): (isWanted: boolean) => boolean {
  let left = ratio === 0 ? 0 : AHEAD_MAX
  return (isWanted) => {
    left = Math.min(AHEAD_MAX, left + ratio)
    if (!isWanted || left < 1) return false
    left -= 1
    return true
  }
}
