/** More than any supply: with 18 decimals, 340 trillion trillion whole tokens. */
const ANY_SUPPLY_ATOMIC = 2n ** 128n
/** COMP, UNI and tokens made after them count in 96 bits and read the largest as "without end". */
const UINT96_MAX = 2n ** 96n - 1n

/**
 * Whether an allowance is one without end: the largest number of a standard (2^256 - 1 in ERC-20, 2^160 - 1 in Permit2), and every other that
 * no balance reaches, so that "one less than the largest" is no way around a rule.
 */
export const isUnlimitedAmount = (amountAtomic: bigint): boolean =>
  amountAtomic >= ANY_SUPPLY_ATOMIC || amountAtomic === UINT96_MAX
