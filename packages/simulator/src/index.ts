export {
  type Cosigner,
  type CosignerAskOptions,
  type CosignerOptions,
  type CosignerRetry,
  createCosigner,
} from './co-signer/cosigner.ts'
export type { CosignerExchange, CosignerExchangeResult } from './co-signer/cosigner-exchange.ts'
export { type CosignerGroup, createCosignerGroup } from './co-signer/cosigner-group.ts'
export {
  type CosignerKind,
  type CosignerRequest,
  cosignerContent,
  cosignerRequestIdOf,
  writeJson,
} from './co-signer/cosigner-request.ts'
export { FIREBLOCKS_BEHAVIOURS, type FireblocksBehaviour } from './co-signer/fireblocks-behaviours.ts'
export { WRONG_FIREBLOCKS_VERDICT_MEMBERS } from './co-signer/lying-reply.ts'
export type { CosignerQuestion } from './co-signer/received-question.ts'
export {
  FIREBLOCKS_FORGERIES,
  type FireblocksForgery,
  forgeQuestion,
  type ForgeQuestionOptions,
} from './co-signer/forge-question.ts'
export type { CosignerFailure, CosignerResult } from './co-signer/cosigner-result.ts'
export { signCosignerToken } from './co-signer/cosigner-token.ts'
export { type CosignerTrust, PIN_DIFFERS, pinOf } from './co-signer/cosigner-trust.ts'
export {
  type FireblocksBitcoinOptions,
  type FireblocksBitcoinOutput,
  makeFireblocksBitcoinTransfer,
  testBitcoinAddress,
} from './co-signer/requests/bitcoin-transfer.ts'
export { type FireblocksConfigChangeOptions, makeFireblocksConfigChange } from './co-signer/requests/config-change.ts'
export { type FireblocksContractCallOptions, makeFireblocksContractCall } from './co-signer/requests/contract-call.ts'
export {
  COSIGNER_REQUEST_NAMES,
  type CosignerRequestName,
  type CosignerRequestOptions,
  makeCosignerRequest,
} from './co-signer/requests/make-cosigner-request.ts'
export {
  type FireblocksRawOptions,
  type FireblocksTypedMessageOptions,
  makeFireblocksRaw,
  makeFireblocksTypedMessage,
} from './co-signer/requests/messages.ts'
export type { FireblocksPlaceKind } from './co-signer/requests/destination.ts'
export { type FireblocksTransferOptions, makeFireblocksTransfer } from './co-signer/requests/evm-transfer.ts'
export { type FireblocksTransactionOptions, TEST_PLAYER } from './co-signer/requests/transaction.ts'
export { type CoboPackage, isPing, packageBytes, type PackageContent, requestIdOf } from './cobo-package.ts'
export { type Exchange, type ExchangeResult, fingerprintOf, type SimulatedServer } from './exchange.ts'
export { FORGERIES, type Forgery, forgeToken, type ForgeTokenOptions } from './forge-token.ts'
export { type LoadOptions, type LoadReport, runLoad } from './load.ts'
export { type Behaviour, BEHAVIOURS, type PlainBehaviour, WRONG_VERDICT_MEMBERS } from './lying-answer.ts'
export {
  type CallbackDouble,
  type CallbackDoubleOptions,
  type ReceivedOutcome,
  type ReceivedRequest,
  startCallbackDouble,
} from './lying-server.ts'
export {
  makeV1KeyGen,
  makeV1KeyReshare,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeyShareSign,
  type CeremonyOptions,
} from './package/ceremonies.ts'
export { CUSTODY } from './package/custody.ts'
export { makeRequest, REQUEST_NAMES, type RequestName, type RequestOptions } from './package/make-request.ts'
export { makeV1Ping, makeV2Ping } from './package/ping.ts'
export type { SigningOptions, TransferOptions } from './package/transfer.ts'
export { makeV1KeySign } from './package/v1-keysign.ts'
export {
  type ContractCallOptions,
  makeV2ContractCall,
  makeV2Eip191Message,
  makeV2Eip712Message,
  makeV2KeySign,
  makeV2RawKeySign,
  type PlainMessageOptions,
  type RawKeySignOptions,
  type TypedMessageOptions,
} from './package/v2-keysign.ts'
export { type PostOptions, type PostResult, postForm, postToken, type TransportOptions } from './post-token.ts'
export { type RequestTokenOptions, signRequestToken } from './request-token.ts'
export { EVENT_PING, type EventContent, makeEvent, sendEvent, type SendEventOptions } from './send-event.ts'
export { judgeExchange, type OnError, type TaskResult } from './task.ts'
export { type AskOptions, createTssNode, type Monitoring, type TssNode, type TssNodeOptions } from './tss-node.ts'
export { EVM_ASSETS, type EvmChain, type EvmToken } from './evm/evm-assets.ts'
export { eip191Digest, eip712Digest, type TypedData } from './evm/message-digest.ts'
export { type TestAddress, testAddress, testAddressAt, testPublicKey, testRootPubkey } from './evm/test-wallet.ts'
export { encodeErc20Transfer, encodeUnsigned, type UnsignedTransaction } from './evm/unsigned-transaction.ts'
