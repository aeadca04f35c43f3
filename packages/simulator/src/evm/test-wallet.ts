import { createECDH, createHash, createHmac } from 'node:crypto'
import { addr } from 'micro-eth-signer'

/**
 * TEST ONLY. Keys derived from a published seed: anybody can spend what is sent to these addresses. The simulated custody group has
 * this root key, so that a checker which derives source addresses from `root_pub_key` and a path finds them true.
 */
const TEST_SEED = createHash('sha256').update('callback-quorum simulator test wallet, do not use').digest()

/** Order of secp256k1 (SEC 2). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
/** Version bytes of a mainnet extended public key (BIP-32). */
const XPUB_VERSION = 0x0488b21e
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

interface Node {
  readonly privateKey: Buffer
  readonly chainCode: Buffer
  readonly depth: number
  readonly parentFingerprint: Buffer
  readonly index: number
}

export interface TestAddress {
  readonly path: string
  /** With EIP-55 checksum. */
  readonly address: string
  /** Extended public key of this very node. */
  readonly pubkey: string
}

/** Extended public key of the simulated custody group. */
export const testRootPubkey = (): string => xpubOf(master(TEST_SEED))

/** The account at `m/44/60/0/0/<index>`: unhardened, as custody groups derive from a public root (protocol 3.7). */
export function testAddress(index = 0): TestAddress {
  return testAddressAt(`m/44/60/0/0/${String(index)}`)
}

/** The account at any unhardened path. */
export function testAddressAt(path: string): TestAddress {
  const node = deriveNode(TEST_SEED, path)
  return { path, address: addr.fromPrivateKey(node.privateKey), pubkey: xpubOf(node) }
}

/** The compressed public key (33 bytes) at an unhardened path of the test wallet. */
export const testPublicKey = (path: string): Uint8Array => publicKeyOf(deriveNode(TEST_SEED, path).privateKey)

/** BIP-32 along an unhardened path; exported for its vectors. */
export const derivePubkey = (seed: Uint8Array, path: string): string => xpubOf(deriveNode(seed, path))

function deriveNode(seed: Uint8Array, path: string): Node {
  return path
    .split('/')
    .slice(1)
    .reduce((node, step) => child(node, Number(step)), master(seed))
}

function master(seed: Uint8Array): Node {
  const digest = createHmac('sha512', 'Bitcoin seed').update(seed).digest()
  return {
    privateKey: digest.subarray(0, 32),
    chainCode: digest.subarray(32),
    depth: 0,
    parentFingerprint: Buffer.alloc(4),
    index: 0,
  }
}

function child(parent: Node, index: number): Node {
  const publicKey = publicKeyOf(parent.privateKey)
  const number = Buffer.alloc(4)
  number.writeUInt32BE(index)
  const digest = createHmac('sha512', parent.chainCode)
    .update(Buffer.concat([publicKey, number]))
    .digest()
  const key = (BigInt(`0x${digest.toString('hex', 0, 32)}`) + BigInt(`0x${parent.privateKey.toString('hex')}`)) % ORDER
  const privateKey = Buffer.from(key.toString(16).padStart(64, '0'), 'hex')
  return {
    privateKey,
    chainCode: digest.subarray(32),
    depth: parent.depth + 1,
    parentFingerprint: hash160(publicKey).subarray(0, 4),
    index,
  }
}

function publicKeyOf(privateKey: Buffer): Buffer {
  const ecdh = createECDH('secp256k1')
  ecdh.setPrivateKey(privateKey)
  return ecdh.getPublicKey(null, 'compressed')
}

function xpubOf({ privateKey, chainCode, depth, parentFingerprint, index }: Node): string {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(XPUB_VERSION)
  head.writeUInt8(depth, 4)
  parentFingerprint.copy(head, 5)
  head.writeUInt32BE(index, 9)
  const body = Buffer.concat([head, chainCode, publicKeyOf(privateKey)])
  return base58(Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]))
}

/** Without leading zero bytes, which an extended key never has. */
function base58(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = `${BASE58.charAt(Number(value % 58n))}${text}`
  return text
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
const hash160 = (bytes: Buffer): Buffer => createHash('ripemd160').update(sha256(bytes)).digest()
