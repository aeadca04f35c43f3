import type { Evidence } from '@callback-quorum/checker-kit'
import type { AllowOverride, ManualBlock } from '../desk/desk-entries.ts'
import { entryFingerprint } from '../desk/entry-fingerprint.ts'
import type { ListedMatch } from '../list/address-index.ts'
import type { ListStanding } from '../list/list-reader.ts'
import { PARSER_VERSION } from '../versions/reading.ts'
import { screenedKeys } from './screened-keys.ts'
import type { ScreeningPolicy } from './screening-policy.ts'
import type { SubjectFinding } from './subject-finding.ts'

/** Longer texts are never addresses (FAQ 563: up to 256 characters); the record keeps their beginning. */
const RAW_LENGTH_MAX = 256

/** What was looked up and found, for the record. */
export function findingEvidence(finding: SubjectFinding): Evidence {
  const { subject, blocks, blocking, allowedBy, notApplied } = finding
  const { role, raw, address, matches, owners } = subject
  const voided = voidOverrides(finding)
  return {
    role,
    raw: raw.slice(0, RAW_LENGTH_MAX),
    keys: screenedKeys(subject),
    warnings: [...(address?.warnings ?? [])],
    matches: matches.map((match) => matchEvidence(match, blocking.includes(match))),
    ...(owners !== undefined && { token_account_of: owners }),
    ...(blocks.length > 0 && { blocks: blocks.map(({ blockId }) => blockId.toString()) }),
    ...(allowedBy !== undefined && { overrideId: allowedBy.overrideId.toString() }),
    ...(notApplied.length > 0 && {
      override_not_applied: notApplied.map(({ override, why }) => ({
        overrideId: override.overrideId.toString(),
        why,
      })),
    }),
    ...(voided.length > 0 && { override_void: voided.map(({ overrideId }) => overrideId.toString()) }),
  }
}

/** Overrides that allowed this address until a list changed what it says of it. None while another one allows it. */
export const voidOverrides = ({ allowedBy, notApplied }: SubjectFinding): readonly AllowOverride[] =>
  allowedBy === undefined
    ? notApplied.flatMap(({ override, why }) => (why === 'entries-changed' ? [override] : []))
    : []

function matchEvidence(
  { source, versionSha, strength, listRaw, listValueNormalised, row }: ListedMatch,
  isBlocking: boolean,
): Evidence {
  return {
    source,
    versionSha,
    featureId: row.featureId,
    partyId: row.partyId,
    partyName: row.partyName,
    programs: row.programs,
    listIds: row.listIds,
    code: row.code,
    strength,
    listRaw,
    list_value_normalised: listValueNormalised,
    entryFingerprint: entryFingerprint(source, row),
    blocking: isBlocking,
    ...(row.comment === undefined ? {} : { comment: row.comment }),
    ...(row.designatedOn === undefined ? {} : { designatedOn: row.designatedOn }),
    ...(row.until === undefined ? {} : { until: row.until }),
    ...(row.extracted === undefined ? {} : { extracted: row.extracted }),
    ...(row.removedBy === undefined ? {} : { removed_by: row.removedBy }),
  }
}

/** Every block that names one of the addresses, in force or not yet. */
export const blockEvidence = ({ blockId, keys, scope, reason, sourceRef, ...times }: ManualBlock): Evidence => ({
  blockId: blockId.toString(),
  keys,
  scope,
  reason,
  sourceRef,
  effectiveFrom: times.effectiveFrom.toISOString(),
  expiresAt: times.expiresAt?.toISOString() ?? null,
})

/** Every override that names one of the addresses, applied or not. */
export const overrideEvidence = (override: AllowOverride): Evidence => ({
  overrideId: override.overrideId.toString(),
  keys: override.keys,
  boundTo: override.boundTo.map((entry) => ({ ...entry })),
  organisation: override.organisation,
  wallet: override.wallet,
  maximum:
    override.maximum === undefined
      ? null
      : { asset: override.maximum.asset, amountAtomic: override.maximum.amountAtomic.toString() },
  licenceRef: override.licenceRef ?? null,
  expiresAt: override.expiresAt.toISOString(),
})

export const policyEvidence = ({ sameKey, addressChecksum, reportOnlyListIds }: ScreeningPolicy): Evidence => ({
  same_key: sameKey,
  address_checksum: addressChecksum,
  report_only_list_ids: Object.fromEntries(reportOnlyListIds ?? []),
})

/** Which version of which list was used, and how sure it is that it still is the published one. */
export function listEvidence(standing: ListStanding): Evidence {
  if (standing.state === 'absent') return { state: standing.state, why: standing.why }
  const { index, checkedAtMs, isStarter } = standing.active
  return {
    state: standing.state,
    source: index.source,
    versionSha: index.versionSha,
    canonicalSetSha: index.canonicalSetSha,
    dateOfIssue: index.dateOfIssue ?? null,
    rows: index.rows,
    parties: index.parties,
    parserVersion: PARSER_VERSION,
    loadedAt: new Date(index.loadedAtMs).toISOString(),
    checkedAt: checkedAtMs === undefined ? null : new Date(checkedAtMs).toISOString(),
    starter: isStarter,
  }
}
