export { businessKey } from './business-key.ts'
export type { BusinessKey } from './business-key.ts'
export { transactionIdOf } from './cobo/cobo-request.ts'
export type {
  CoboRequest,
  CoboV1KeyGen,
  CoboV1KeyReshare,
  CoboV1KeySign,
  CoboV2Destination,
  CoboV2Fee,
  CoboV2KeyGen,
  CoboV2KeyReshare,
  CoboV2KeyShareSign,
  CoboV2KeySign,
  CoboV2RawTxInfo,
  CoboV2Source,
  CoboV2Transaction,
} from './cobo/cobo-request.ts'
export { readCoboRequest } from './cobo/read-cobo-request.ts'
export type { CoboReading, MalformedCode } from './cobo/read-cobo-request.ts'
export { readTssEvent } from './cobo/read-tss-event.ts'
export type { TssEvent, TssEventKind, TssEventReading, TssEventStatus } from './cobo/tss-event.ts'
export { readCoboReply } from './cobo-reply.ts'
export type { CoboReply } from './cobo-reply.ts'
export { signCoboResponse } from './cobo-response.ts'
export type { CoboResponse } from './cobo-response.ts'
export { COBO_STATUS } from './cobo-status.ts'
export { digestOf } from './digest.ts'
export type { Digest } from './digest.ts'
export type { FireblocksAction } from './fireblocks/fireblocks-action.ts'
export { FIREBLOCKS_PATHS } from './fireblocks/fireblocks-paths.ts'
export type { FireblocksEndpoint } from './fireblocks/fireblocks-paths.ts'
export { readFireblocksReply } from './fireblocks/fireblocks-reply.ts'
export type { FireblocksReply } from './fireblocks/fireblocks-reply.ts'
export { CHANGE_TYPES } from './fireblocks/config-schema.ts'
export { fireblocksTransactionIdOf } from './fireblocks/fireblocks-request.ts'
export type {
  FireblocksChangeType,
  FireblocksConfigChange,
  FireblocksRequest,
  FireblocksTransaction,
} from './fireblocks/fireblocks-request.ts'
export { fireblocksResponseJson, signFireblocksResponse } from './fireblocks/fireblocks-response.ts'
export type { FireblocksResponse } from './fireblocks/fireblocks-response.ts'
export { checkJsonTimes, verifyFireblocksToken } from './fireblocks/fireblocks-token.ts'
export type { VerifiedFireblocksToken } from './fireblocks/fireblocks-token.ts'
export { verifyJsonWrap, wrapJsonRequest } from './fireblocks/json-wrap.ts'
export type { VerifiedJsonWrap, WrapOrigin } from './fireblocks/json-wrap.ts'
export { readFireblocksRequest } from './fireblocks/read-fireblocks-request.ts'
export type { FireblocksMalformedCode, FireblocksReading } from './fireblocks/read-fireblocks-request.ts'
export { stageOf } from './fireblocks/stage-of.ts'
export type { FireblocksStage } from './fireblocks/stage-of.ts'
export { COBO_CHECK_PATHS, DIALECTS, EVENT_PATH, KINDS, OUTCOME_PATH, TOKEN_FIELD } from './kinds.ts'
export type { CoboDialect, Dialect, FireblocksDialect, Kind } from './kinds.ts'
export { signOutcome, verifyOutcome } from './outcome.ts'
export type { OutcomeNotice } from './outcome.ts'
export { signPackageToken, verifyPackageToken } from './package-token.ts'
export type { SigningIdentity, VerifiedToken } from './package-token.ts'
export { signExportManifest, verifyExportManifest } from './export-manifest.ts'
export type { ExportManifest } from './export-manifest.ts'
export { ProtocolFault } from './protocol-fault.ts'
export type { ProtocolFaultCode } from './protocol-fault.ts'
export type { VerificationKey } from './signed-token.ts'
export { NumberText, parseStrictJson, parseWrittenJson } from './strict-json.ts'
export type { JsonValue, WrittenJson, WrittenObject } from './strict-json.ts'
export { readVerdict } from './verdict.ts'
export type { Verdict, VerdictExpectation } from './verdict.ts'
