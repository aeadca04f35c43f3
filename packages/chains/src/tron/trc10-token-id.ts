import { malformed } from '../faults.ts'

/** java-tron `VMConstant.MIN_TOKEN_ID`: the first token has the number after it. */
const TOKEN_ID_FLOOR = 1_000_000n
const TOKEN_ID_MAX = 2n ** 63n - 1n

/** The text of a TRC-10 token's number; a number that no token can have is refused. */
export function trc10TokenId(id: bigint): string {
  if (id <= TOKEN_ID_FLOOR || id > TOKEN_ID_MAX) throw malformed('no TRC-10 token has this number')
  return id.toString()
}
