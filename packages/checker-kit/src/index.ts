export { readRawText } from './bind/raw-text.ts'
export { shownByDescription, type Shown, type Unshown } from './bind/shown-by-description.ts'
export { whatIsSigned, type Seeing } from './bind/what-is-signed.ts'
export { checkCheckerConfig } from './check-checker-config.ts'
export { createChecker, type CheckerContext, type CheckerOptions, type CheckerStart, type RuleSet } from './checker.ts'
export type { Binding, Outflow } from './bind/binding.ts'
export {
  acceptUnbound,
  checkerConfigSchema,
  checkerConfigShape,
  type AcceptUnbound,
  type CheckerConfig,
} from './config.ts'
export { describe } from './describe/describe.ts'
export { describeCobo } from './describe/describe-cobo.ts'
export type { Described } from './describe/question-of-draft.ts'
export type { OnEvent, PlatformEvent } from './event-ledger.ts'
export { keyDigestOf } from './key-digest.ts'
export { loadAddressBook, type AddressBook } from './operator-files/address-book.ts'
export { loadAssets } from './operator-files/asset-file.ts'
export type { Proposal } from './proposals/proposal.ts'
export type { Applied, ProposalKinds, WrittenProposal } from './proposals/proposal-kinds.ts'
export { proposalRoutes } from './proposals/proposal-routes.ts'
export {
  slotsSeen,
  type Ceremony,
  type ConfigChange,
  type KeyShareGroup,
  type KeyUse,
  type Operation,
  type Output,
  type Question,
} from './question.ts'
export { readStoredQuestion } from './read-stored-question.ts'
export { storedJson } from './stored-json.ts'
export type { ClaimContext, Evidence, JudgeContext, Judgement, Objection, Rule } from './rule.ts'
export { checkerKitMigrations } from './migrations.ts'
