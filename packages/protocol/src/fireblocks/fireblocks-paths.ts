import type { FireblocksDialect } from '../kinds.ts'

/** Which of its two questions a Co-signer asks: about a transaction, or about a change of the workspace. */
export type FireblocksEndpoint = 'tx' | 'config'

/** `/v2` says that the body is a token; without it the body is bare JSON (protocol/fireblocks.md 1.1). A Co-signer may put a prefix before them. */
export const FIREBLOCKS_PATHS: Readonly<Record<FireblocksDialect, Readonly<Record<FireblocksEndpoint, string>>>> = {
  'fireblocks-jwt': { tx: '/v2/tx_sign_request', config: '/v2/config_change_sign_request' },
  'fireblocks-json': { tx: '/tx_sign_request', config: '/config_change_sign_request' },
}
