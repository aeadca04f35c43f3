import type { Chain } from '@callback-quorum/chains'
import type { FireblocksTransaction } from '@callback-quorum/protocol'
import type { KeyUse, Operation } from '../question.ts'
import type { Refuse } from './refuse.ts'

/** SLIP-44. The vendor derives the keys of test networks under coin type 1, which the standard reserves for them. */
const COIN_TYPES: Readonly<Partial<Record<Chain['family'], number>>> = { evm: 60, bitcoin: 0, litecoin: 2, dogecoin: 3 }
const TESTNET_COIN_TYPE = 1

type Path = readonly number[]

/**
 * Which key signs (protocol/fireblocks.md 2.6): purpose, coin type, vault account, change, index. No public key stands beside the path, so
 * what can be told is that it is of the vault account that the request names, and of the chain.
 */
export function readKeyUseFireblocks(
  transaction: FireblocksTransaction,
  operation: Operation,
  chain: Chain | undefined,
  refuse: Refuse,
): KeyUse {
  const written = pathsOf(transaction)
  const paths = written.filter((path) => path !== undefined)
  if (paths.length > 0 && paths.length !== written.length) {
    refuse('LISTS_UNEQUAL', 'some of what is signed has a derivation path and some has none')
  }
  if (paths.some((path) => String(path[2]) !== transaction.sourceId)) {
    refuse('WALLET_MISMATCH', 'a key of another vault account would sign')
  }
  // The initiator of a raw signature chooses the path.
  if (operation !== 'raw' && paths.some(([, coinType]) => !isCoinOf(coinType, chain))) {
    refuse('CHAIN_MISMATCH', 'a key of another chain would sign')
  }
  return {
    nodeIds: transaction.players ?? [],
    paths: paths.map((path) => ['m', ...path].join('/')),
    tweaks: [],
    sourceAddresses: [],
    vaultRootPubKeys: [],
  }
}

function pathsOf({ rawTx = [], extraParameters }: FireblocksTransaction): readonly (Path | undefined)[] {
  if (rawTx.length > 0) return rawTx.map(({ keyDerivationPath }) => keyDerivationPath)
  const { messages = [] } = extraParameters?.rawMessageData ?? {}
  return messages.map(({ derivationPath }) => derivationPath)
}

/**
 * Of chains that are not decoded here, nothing is known and nothing is refused. The bytes of a Bitcoin-like payment name no network: a key of the
 * main one would spend real coins as those of a test network. EVM bytes name their chain.
 */
function isCoinOf(coinType: number | undefined, chain: Chain | undefined): boolean {
  const known = chain && COIN_TYPES[chain.family]
  if (known === undefined) return true
  if (chain?.network === 'testnet' && coinType === TESTNET_COIN_TYPE) return true
  return coinType === known && (chain?.network !== 'testnet' || chain.family === 'evm')
}
