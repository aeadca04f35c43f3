import { HDKey } from '@scure/bip32'
import { ChainsFault } from '../faults.ts'

/** BIP-44 needs five steps; custody platforms add one or two. */
const DEPTH_MAX = 10
/** Steps at and above it are hardened and need the private key (BIP-32). */
const HARDENED = 0x80000000

/**
 * The compressed public key (33 bytes) at an unhardened path under an extended public key (BIP-32 public derivation).
 * The path may begin with `m/`. Throws ChainsFault KEY_INVALID.
 */
export function childPublicKey(rootPubKey: string, path: string): Uint8Array {
  const steps = path.replace(/^m\//, '').split('/')
  if (steps.length > DEPTH_MAX) throw invalidKey(`a path of more than ${String(DEPTH_MAX)} steps`)
  const numbers = steps.map(readStep)
  const child = parentOf(rootPubKey, numbers.slice(0, -1)).deriveChild(numbers.at(-1) ?? 0)
  if (child.publicKey === null) throw new Error('invariant: a public node has a public key')
  return child.publicKey
}

function readStep(step: string): number {
  if (!/^(?:0|[1-9]\d{0,9})$/.test(step) || Number(step) >= HARDENED)
    throw invalidKey('a path has steps that are plain numbers below 2147483648')
  return Number(step)
}

/** A wallet's addresses share their parent, and each step costs about a millisecond. Nodes are values: remembering them changes nothing. */
const PARENTS_MAX = 1_000
const parents = new Map<string, HDKey>()

function parentOf(rootPubKey: string, steps: readonly number[]): HDKey {
  const place = `${rootPubKey} ${steps.join('/')}`
  const known = parents.get(place)
  if (known !== undefined) return known
  const parent = steps.reduce((node, step) => node.deriveChild(step), readRoot(rootPubKey))
  const [oldest] = parents.keys()
  if (parents.size >= PARENTS_MAX && oldest !== undefined) parents.delete(oldest)
  parents.set(place, parent)
  return parent
}

function readRoot(text: string): HDKey {
  try {
    const key = HDKey.fromExtendedKey(text)
    if (key.privateKey === null) return key
  } catch {
    throw invalidKey('not an extended public key (xpub)')
  }
  // A private key has no business in a request or in an operator's file.
  throw invalidKey('an extended private key where a public one is expected')
}

const invalidKey = (detail: string): ChainsFault => new ChainsFault('KEY_INVALID', 'no key can be derived', detail)
