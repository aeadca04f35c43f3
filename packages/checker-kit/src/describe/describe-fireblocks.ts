import type { FireblocksDialect, FireblocksRequest } from '@callback-quorum/protocol'
import type { DescribeContext, Described } from './describe-cobo.ts'

export interface FireblocksAsked {
  readonly requestId: string
  readonly txId?: string
  readonly request: FireblocksRequest
}

export interface FireblocksContext extends DescribeContext {
  readonly dialect: FireblocksDialect
  readonly kind: 'tx-approval' | 'tx-signing' | 'config-change'
  /** The API user that is asked for. */
  readonly signerId: string
}

/** A Co-signer's request seen neutrally (DESIGN.md, "One request, seen neutrally"). Pure: the same request and operator files, the same question. */
export function describeFireblocks(_asked: FireblocksAsked, _context: FireblocksContext): Described {
  return { objections: [{ code: 'TYPE_UNSUPPORTED', text: 'requests of Fireblocks are not described yet' }] }
}
