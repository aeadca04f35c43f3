import { digestOf, type Digest } from '@callback-quorum/protocol'
import { canonicalJson } from './describe/canonical-json.ts'
import type { KeyUse } from './question.ts'

/**
 * The key that is asked to sign: equal for two requests only where group, root key, paths and tweaks are. What a node signs with is its group and
 * the path, so that equal ones lead to one account even where a root key is a lie. Which nodes take part is no difference.
 */
export function keyDigestOf(keyUse: Pick<KeyUse, 'groupId' | 'rootPubKey' | 'paths' | 'tweaks'> | undefined): Digest {
  const { groupId = null, rootPubKey = null, paths = [], tweaks = [] } = keyUse ?? {}
  // That nothing is tweaked is written in several ways: no list, empty texts, zeros.
  const isTweaked = tweaks.some((tweak) => !/^0*$/.test(tweak))
  return digestOf(new TextEncoder().encode(canonicalJson([groupId, rootPubKey, paths, isTweaked ? tweaks : []])))
}
