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
  const root = readRoot(rootPubKey)
  const child = steps.reduce((node, step) => {
    if (!/^(?:0|[1-9]\d{0,9})$/.test(step) || Number(step) >= HARDENED)
      throw invalidKey('a path has steps that are plain numbers below 2147483648')
    return node.deriveChild(Number(step))
  }, root)
  if (child.publicKey === null) throw new Error('invariant: a public node has a public key')
  return child.publicKey
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
