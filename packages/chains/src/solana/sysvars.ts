/** Accounts through which programs read the state of the chain (solana_sdk_ids sysvar). */
export const CLOCK = 'SysvarC1ock11111111111111111111111111111111'
export const RENT = 'SysvarRent111111111111111111111111111111111'
export const RECENT_BLOCKHASHES = 'SysvarRecentB1ockHashes11111111111111111111'
export const STAKE_HISTORY = 'SysvarStakeHistory1111111111111111111111111'
