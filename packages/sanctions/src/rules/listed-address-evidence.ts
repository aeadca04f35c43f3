import type { Evidence } from '@callback-quorum/checker-kit'
import type { ListedMatch } from '../list/address-index.ts'
import type { ListStanding } from '../list/list-reader.ts'
import type { ScreenedSubject } from './screen-subjects.ts'

/** Longer texts are never addresses (FAQ 563: up to 256 characters); the record keeps their beginning. */
const RAW_LENGTH_MAX = 256

/** What was looked up and found, for the record. */
export function subjectEvidence({ role, raw, address, matches }: ScreenedSubject): Evidence {
  return {
    role,
    raw: raw.slice(0, RAW_LENGTH_MAX),
    keys: address === undefined ? [] : [address.key, ...address.sameKey.filter((key) => key !== address.key)],
    warnings: [...(address?.warnings ?? [])],
    matches: matches.map(matchEvidence),
  }
}

function matchEvidence({ source, versionSha, strength, listRaw, listValueNormalised, row }: ListedMatch): Evidence {
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
    ...(row.comment === undefined ? {} : { comment: row.comment }),
    ...(row.designatedOn === undefined ? {} : { designatedOn: row.designatedOn }),
  }
}

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

/** Raised whenever the same file could give other rows or keys than before: a replay must know which code judged. */
const PARSER_VERSION = 1
