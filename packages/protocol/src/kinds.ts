/** How a platform words its question; the path it is posted to decides (DESIGN.md, glossary). */
export const DIALECTS = ['cobo-v1', 'cobo-v2', 'fireblocks-jwt', 'fireblocks-json'] as const
export type Dialect = (typeof DIALECTS)[number]
export type CoboDialect = 'cobo-v1' | 'cobo-v2'
export type FireblocksDialect = 'fireblocks-jwt' | 'fireblocks-json'

/** What is asked. The first five are Cobo's request types 0, 1, 2, 3 and 5; the last three are Fireblocks'. */
export const KINDS = [
  'ping',
  'keygen',
  'keysign',
  'keyreshare',
  'keysharesign',
  'tx-approval',
  'tx-signing',
  'config-change',
] as const
export type Kind = (typeof KINDS)[number]

export const COBO_CHECK_PATHS: Readonly<Record<CoboDialect, string>> = {
  'cobo-v1': '/v1/check',
  'cobo-v2': '/v2/check',
}
export const OUTCOME_PATH = '/v2/outcome'
/** Where a node posts its events by default (protocol/cobo.md section 6). */
export const EVENT_PATH = '/v2/event'

/** The one form field of a Cobo callback request or event. */
export const TOKEN_FIELD = 'TSS_JWT_MSG'
