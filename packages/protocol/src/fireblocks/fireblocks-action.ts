/** IGNORE drops an approval request without denying it; it is not allowed where a transaction is signed (protocol/fireblocks.md 4). */
export const FIREBLOCKS_ACTIONS = ['APPROVE', 'REJECT', 'RETRY', 'IGNORE'] as const
export type FireblocksAction = (typeof FIREBLOCKS_ACTIONS)[number]
