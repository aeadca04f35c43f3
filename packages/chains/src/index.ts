export type { AddressKey } from './address/address-key.ts'
export type { AddressWarning, CanonicalAddress, ChainFamily } from './address/canonical-address.ts'
export type { Network } from './address/network.ts'
export { CHAIN_FAMILIES } from './address/canonical-address.ts'
export { NETWORKS } from './address/network.ts'
export { canonicalizeAddress } from './address/canonicalize-address.ts'
export { readListedAddress } from './address/read-listed-address.ts'
export { associatedTokenAccount } from './address/solana-token-account.ts'
export { formatAmount, parseAmount, parseAtomic } from './amount.ts'
export type { Asset, AssetRegistry, AssetRegistryData, Chain } from './asset-registry.ts'
export { assetRegistrySchema, createAssetRegistry } from './asset-registry.ts'
export type { ChainsFaultCode } from './faults.ts'
export { ChainsFault } from './faults.ts'
export { STARTER_ASSETS } from './starter-assets.ts'
export { childPublicKey } from './key/child-public-key.ts'
export { addressKeysOf } from './key/address-keys-of.ts'
export type {
  Decoded,
  Fee,
  MessageDomain,
  MessageFacts,
  OuterCall,
  ProgramCall,
  SpentOutput,
  ToSign,
  TransactionForm,
} from './transaction/decoded.ts'
export { TRANSACTION_FORMS } from './transaction/decoded.ts'
export type { Prevout } from './bitcoin/prevout.ts'
export { decodeTransaction, type DecodeContext } from './transaction/decode-transaction.ts'
export { describeEffect } from './transaction/describe-effect.ts'
export type { Account, Effect, Holding, PowerName, Transfer } from './transaction/effect.ts'
export { POWERS } from './transaction/effect.ts'
export { decodePersonalMessage } from './evm/message/decode-personal-message.ts'
export { decodeTypedData } from './evm/message/decode-typed-data.ts'
export { decodeDescribedCall } from './evm/decode-described-call.ts'
export { tronAccount } from './tron/tron-account.ts'
export {
  decodeBitcoinPreimages,
  type ChangeCandidates,
  type OutputCandidate,
} from './bitcoin/decode-bitcoin-preimages.ts'
