import type { AddressKey, AssetRegistry } from '@callback-quorum/chains'
import type { Facts, Part } from './facts/facts.ts'
import type { Groups, Rules } from './rules/rule.ts'
import type { Dimension, Match } from './rules/rules-schema.ts'

/** `lacks`: all that is known speaks for it, and it depends on something that the request does not say. */
export type Matching = 'yes' | 'no' | { readonly lacks: Dimension }

/** Whether a rule speaks of this part of a transaction. Fees have no destination, so rules about destinations do not speak of them. */
export function matchOf(
  match: Match,
  facts: Facts,
  part: Part,
  { groups }: Pick<Rules, 'groups'>,
  assets: AssetRegistry,
): Matching {
  const has = (list: '*' | readonly string[], value: string | null | undefined): boolean =>
    list === '*' || (value !== undefined && value !== null && list.includes(value))
  const isUnnamed = part.unnamed === true
  const isAbout = match.destination === '*' || (!part.fee && part.listed === (match.destination === 'listed'))
  const isKnownToMatch =
    (isUnnamed || isAbout) &&
    has(match.organisation, facts.organisation) &&
    has(match.caller, facts.caller) &&
    has(match.wallet, facts.wallet) &&
    has(match.wallet_group, walletGroupOf(facts, groups)) &&
    has(match.chain, part.asset && assets.asset(part.asset)?.chain.id) &&
    has(match.asset, part.asset) &&
    has(match.operation, facts.operation) &&
    (isUnnamed || has(match.destination_group, destinationGroupOf(part, groups))) &&
    (facts.initiator === null || has(match.initiator, facts.initiator))
  if (!isKnownToMatch) return 'no'
  if (facts.initiator === null && match.initiator !== '*') return { lacks: 'initiator' }
  if (isUnnamed && match.destination !== '*') return { lacks: 'destination' }
  if (isUnnamed && match.destination_group !== '*') return { lacks: 'destination-group' }
  return 'yes'
}

export const walletGroupOf = ({ wallet }: Facts, groups: Groups): string | undefined =>
  wallet === null ? undefined : groups.walletGroup.get(wallet)

export const destinationGroupOf = ({ destination }: Part, groups: Groups): string | undefined =>
  destination === undefined ? undefined : groups.destinationGroup.get(destination as AddressKey)
