import type { Account, Decoded, Effect, Holding } from '@callback-quorum/chains'
import type { Subject, SubjectRole } from './subject.ts'

/** What is done, as far as screening looks at it: decoded from bytes, or shown by a description. */
export type Doing = Pick<Decoded, 'effects' | 'inputs' | 'signers' | 'fee' | 'call' | 'message'> &
  Partial<Pick<Decoded, 'toSign'>>

/** Every account that the bytes name, in the role it has there (domain/sanctions.md 1.4: every role of every effect). */
export function accountsOf({ effects, inputs, signers, fee, toSign, call, message }: Doing): readonly Subject[] {
  const subjects = new Map<string, Subject>()
  const add = (role: SubjectRole, account: Account | undefined): void => {
    if (account !== undefined) subjects.set(`${role} ${account.key}`, { role, raw: account.text })
  }
  for (const effect of effects) addEffect(effect, add)
  for (const { account } of inputs ?? []) add('source', account)
  for (const account of signers ?? []) add('source', account)
  for (const { account } of toSign ?? []) add('source', account)
  // A plain transfer of coins calls nobody: its recipient is an effect.
  if (call !== undefined && call.data !== '') add('contract', call.to)
  add('contract', message?.domain?.verifyingContract)
  add('payer', fee?.payer)
  return [...subjects.values()]
}

type Add = (role: SubjectRole, account: Account | undefined) => void

function addEffect(effect: Effect, add: Add): void {
  switch (effect.effect) {
    case 'transfer':
      addHolding(effect.holding, add)
      add('payer', effect.from)
      add('destination', effect.to)
      add('destination', effect.owner)
      return
    case 'allowance':
      addHolding(effect.holding, add)
      add('payer', effect.owner)
      add('spender', effect.spender)
      return
    case 'power':
      add('contract', effect.subject)
      add('grantee', effect.grantee)
      return
    case 'wrap':
    case 'unwrap':
      add('contract', effect.contract)
      return
    case 'stake':
      add('destination', effect.account)
      return
    case 'create-account':
      add('destination', effect.account)
      add('destination', effect.owner)
      return
    case 'burn':
      addHolding(effect.holding, add)
      add('payer', effect.from)
      return
    case 'unknown':
      add('contract', effect.target)
      return
    case 'nonce':
      add('contract', effect.account)
      return
    case 'deploy':
    case 'memo':
      return
    default:
      effect satisfies never
  }
}

function addHolding(holding: Holding, add: Add): void {
  if (holding.kind !== 'coin' && holding.kind !== 'trc10') add('contract', holding.contract)
}
