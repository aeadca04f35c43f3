import { readStoredQuestion, storedJson, type Judgement } from '@callback-quorum/checker-kit'
import type { Database } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'
import type { FormatOptions } from '../formats/format.ts'
import type { ListStanding } from '../list/list-reader.ts'
import { LOAD_LIMITS } from '../list/load-list.ts'
import { judgeScreening } from '../rules/judge-screening.ts'
import { ListedTokenAccounts } from '../rules/listed-token-accounts.ts'
import { screenSubjects } from '../rules/screen-subjects.ts'
import { withListedOwners } from '../rules/with-listed-owners.ts'
import { readHeldThen } from '../versions/held-removals.ts'
import { loadRaw } from '../versions/stored-version.ts'
import { findVersion } from '../versions/version-store.ts'
import { differences } from './differences.ts'
import { recordedScreening, type RecordedList, type RecordedScreening } from './recorded-screening.ts'

export interface ReplayContext {
  readonly database: Database
  /** How the lists of today's configuration are read. */
  readonly formats: ReadonlyMap<string, FormatOptions>
  /** Of our own, where stored bytes are unpacked. */
  readonly directory: string
}

export interface Told {
  readonly outcome: Judgement['outcome']
  readonly codes: readonly string[]
}

export interface Replayed {
  readonly recordedAt: Date
  readonly recorded: Told
  readonly replayed: Told
  /** Paths of what the evidence says otherwise now; none when it is the same. */
  readonly differences: readonly string[]
  readonly lists: readonly { readonly source: string; readonly versionSha: string; readonly rows: number }[]
}

interface Row {
  readonly question: unknown
  readonly evidence: Readonly<Record<string, unknown>>
  readonly recorded_at: Date
}

const RULE = 'listed-address'

/**
 * Judges a recorded screening once more: by the raw bytes of the very versions that screened then, with the blocks, overrides and policies that the
 * record names, at its time, by the code of today. Undefined: there is no such record, or it was refused before anything was screened.
 * Vendors and other rules are not asked again: what they said stands in the record.
 * @throws SanctionsFault when a version is gone or cannot be read any more
 */
export async function replayVerdict(context: ReplayContext, recordId: bigint): Promise<Replayed | undefined> {
  const [row] = await context.database.query<Row>({
    text: 'select question, evidence, recorded_at from verdict_record where record_id = $1',
    values: [recordId],
  })
  const written = row?.evidence[RULE]
  if (row === undefined || row.question === null || written === undefined) return undefined
  const recorded = recordedScreening.parse(written)
  const question = readStoredQuestion(row.question)
  // One after the other: a list is some hundred megabytes while it is read.
  const standings: ListStanding[] = []
  for (const list of recorded.lists)
    standings.push(list.state === 'absent' ? { state: 'absent', why: list.why } : await standingThen(context, list))
  const indexes = standings.flatMap((standing) => (standing.state === 'absent' ? [] : [standing.active.index]))
  const now = recorded.at
  const named = screenSubjects(question, indexes, now)
  const owned = await withListedOwners(question, named, indexes, new ListedTokenAccounts(), now)
  const { judgement } = judgeScreening({
    question,
    subjects: owned ?? named,
    hasUnderivedOwners: owned === undefined,
    standings,
    desk: { blocks: recorded.blocks, overrides: recorded.overrides },
    policy: recorded.policy,
    now,
  })
  return {
    recordedAt: row.recorded_at,
    recorded: toldThen(recorded),
    replayed: toldNow(judgement),
    differences: differences(written, evidenceOf(judgement)),
    lists: indexes.map(({ source, versionSha, rows }) => ({ source, versionSha, rows })),
  }
}

async function standingThen(
  { database, formats, directory }: ReplayContext,
  list: RecordedList,
): Promise<Exclude<ListStanding, { readonly state: 'absent' }>> {
  const { source, versionSha, loadedAt, checkedAt, starter, state, why } = list
  const version = await findVersion(database, source, versionSha)
  const format = formats.get(source)
  if (version === undefined || format === undefined)
    throw new SanctionsFault(
      'ERR_SANCTIONS_STORE_BROKEN',
      version === undefined
        ? `version ${versionSha} of ${source} is not stored`
        : `${source} is not among the lists of the configuration, so nothing says how to read it`,
    )
  const reading = { database, format, directory, limits: LOAD_LIMITS }
  const held = await readHeldThen(database, source, loadedAt)
  const { index } = await loadRaw(reading, version, loadedAt.getTime(), held)
  const active = { index, isStarter: starter, ...(checkedAt !== null && { checkedAtMs: checkedAt.getTime() }) }
  return state === 'fresh' ? { state, active } : { state, active, why: why ?? '' }
}

function toldThen({ objections = [], unable }: RecordedScreening): Told {
  if (objections.length > 0) return { outcome: 'reject', codes: objections.map(({ code }) => code) }
  return unable === undefined ? { outcome: 'approve', codes: [] } : { outcome: 'unable', codes: [unable.code] }
}

function toldNow(judgement: Judgement): Told {
  switch (judgement.outcome) {
    case 'approve':
      return { outcome: 'approve', codes: [] }
    case 'reject':
      return { outcome: 'reject', codes: judgement.objections.map(({ code }) => code) }
    case 'unable':
      return { outcome: 'unable', codes: [judgement.code] }
    default:
      return judgement satisfies never
  }
}

/** As checker-kit writes it into a record. */
function evidenceOf(judgement: Judgement): unknown {
  const { evidence } = judgement
  switch (judgement.outcome) {
    case 'approve':
      return JSON.parse(storedJson(evidence))
    case 'reject':
      return JSON.parse(storedJson({ ...evidence, objections: judgement.objections }))
    case 'unable':
      return JSON.parse(storedJson({ ...evidence, unable: { code: judgement.code, text: judgement.text } }))
    default:
      return judgement satisfies never
  }
}
