import type { FireblocksConfigChange } from '@callback-quorum/protocol'
import type { Draft, Reading } from './draft.ts'

/** Placeholder while transactions come first. */
export function readConfigChange(_change: FireblocksConfigChange, { refuse }: Reading): Draft {
  refuse('CONFIG_TYPE_UNKNOWN', 'changes of a workspace are not described yet')
  return { sources: [], movement: { operation: 'config-change', outputs: [] }, signingHashes: [] }
}
