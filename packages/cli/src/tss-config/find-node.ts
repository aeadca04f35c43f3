import type { CoboDialect } from '@callback-quorum/protocol'
import type { CallerConfig } from '@callback-quorum/service'
import type { KeyFile } from './member.ts'
import { readNodeKeys } from './read-member-keys.ts'
import type { ReadService } from './read-service.ts'

/** The node, as the first service knows it. */
export interface FoundNode {
  readonly caller: CallerConfig
  readonly keys: readonly KeyFile[]
}

/** The caller of this name, or the only node where none is named. */
export function nodeOf({ file }: ReadService, name: string | undefined): CallerConfig | { readonly problem: string } {
  const nodes = file.value.callers.filter(({ platform }) => platform === 'cobo')
  const names = nodes.map((node) => node.name).join(', ')
  const [only, second] = name === undefined ? nodes : nodes.filter((node) => node.name === name)
  if (only !== undefined && second === undefined) return only
  if (nodes.length === 0)
    return { problem: `${file.path}: has no caller of platform cobo; expected one for the node, with its key` }
  return {
    problem:
      name === undefined
        ? `${file.path}: has several nodes; expected --caller with one of ${names}`
        : `${file.path}: does not know the node ${name} as a caller; expected one of ${names}`,
  }
}

/**
 * The same node in the configuration of another service: whoever has one of its keys, whatever it is called there. Throws ConfigError
 * where a key file is missing.
 */
export async function sameNode(
  { file }: ReadService,
  node: FoundNode,
  nowMs: number,
): Promise<FoundNode | { readonly problem: string }> {
  for (const caller of file.value.callers.filter(({ platform }) => platform === 'cobo')) {
    const keys = await readNodeKeys(caller, file, nowMs)
    if (keys.some(({ fingerprint }) => node.keys.some((key) => key.fingerprint === fingerprint)))
      return { caller, keys }
  }
  const key = node.keys.map(({ fingerprint }) => fingerprint).join(' or ')
  return {
    problem: `${file.path}: does not know the node ${node.caller.name} as a caller: none of its callers has the key SHA-256 ${key}; expected an entry under callers with that key`,
  }
}

/** Cobo's own words for the two: what is asked for, else what the node and the services both know. */
export function dialectOf(asked: CoboDialect | undefined, { dialects }: CallerConfig, isOldNode: boolean): CoboDialect {
  if (asked !== undefined) return asked
  if (isOldNode) return 'cobo-v1'
  return dialects.includes('cobo-v2') || !dialects.includes('cobo-v1') ? 'cobo-v2' : 'cobo-v1'
}

export const dialectProblem = (
  { file }: ReadService,
  { name, dialects }: CallerConfig,
  dialect: CoboDialect,
): string | undefined =>
  dialects.includes(dialect)
    ? undefined
    : `${file.path}: the node ${name} asks in ${dialects.join(', ')} and not in ${dialect}, which ${
        dialect === 'cobo-v2' ? 'cb_server_v2' : 'cb_server'
      } means; expected dialects: [${dialect}], or --dialect`
