import type { AssetRegistry } from '@callback-quorum/chains'
import type { AddressBook, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Kind } from '@callback-quorum/protocol'
import type { ConfigFile } from '@callback-quorum/service'
import type { IntegrityConfig } from './config.ts'
import { createPolicy, type Policy } from './policy.ts'
import { keyCeremony } from './rules/key-ceremony.ts'
import { cappedFee } from './rules/capped-fee.ts'
import { knownContract } from './rules/known-contract.ts'
import { knownMessage } from './rules/known-message.ts'
import { knownRecipient } from './rules/known-recipient.ts'
import { knownVault } from './rules/known-vault.ts'
import { lookAlike } from './rules/look-alike.ts'
import { noPower } from './rules/no-power.ts'
import { shownPayment } from './rules/shown-payment.ts'
import { signingGroup } from './rules/signing-group.ts'

/** One reason to say no: every objection it has, none when it has nothing against the question. */
export type IntegrityRule = (question: Question, policy: Policy) => readonly Objection[]

const PAYMENT = ['keysign', 'tx-approval', 'tx-signing'] as const
const APPROVAL = ['tx-approval'] as const
const SIGNING = ['keysign', 'tx-signing'] as const
const COBO = ['keysign'] as const
const FIREBLOCKS = ['tx-approval', 'tx-signing'] as const
const CEREMONY = ['keygen', 'keyreshare', 'keysharesign'] as const

// prettier-ignore
const RULES: readonly (readonly [name: string, kinds: Rule['kinds'], rule: IntegrityRule])[] = [
  ['signing-group',   COBO,       signingGroup],
  ['known-vault',     FIREBLOCKS, knownVault],
  ['shown-payment',   APPROVAL,   shownPayment],
  ['no-power',        PAYMENT,    noPower],
  ['known-contract',  PAYMENT,    knownContract],
  ['known-recipient', PAYMENT,    knownRecipient],
  ['look-alike',      PAYMENT,    lookAlike],
  ['capped-fee',      SIGNING,    cappedFee],
  ['known-message',   PAYMENT,    knownMessage],
  ['key-ceremony',    CEREMONY,   keyCeremony],
]

/** What this checker judges. */
export const INTEGRITY_KINDS: readonly Kind[] = [...new Set(RULES.flatMap(([, kinds]) => kinds))]

/** Throws ConfigError for entries that cannot be read. That hashes, description and bytes agree was found before any rule is asked. */
export function createIntegrityRules(
  { value, path }: Pick<ConfigFile<IntegrityConfig>, 'value' | 'path'>,
  files: { readonly assets: AssetRegistry; readonly addresses: AddressBook },
): readonly Rule[] {
  const policy = createPolicy(value, files, path)
  return RULES.map(([name, kinds, rule]) => ({
    name,
    kinds,
    judge: (question) => {
      const [first, ...others] = rule(question, policy)
      return Promise.resolve(
        first === undefined ? { outcome: 'approve' } : { outcome: 'reject', objections: [first, ...others] },
      )
    },
  }))
}
