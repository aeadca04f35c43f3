import type { Kind } from '@callback-quorum/protocol'

/** Requests that name an address which money may go to, now or later. */
export const SCREENED_KINDS: readonly Kind[] = ['keysign', 'tx-approval', 'tx-signing', 'config-change']
