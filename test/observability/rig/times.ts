/** 0 to count - 1. */
export const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
