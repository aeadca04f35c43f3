import type { Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { Database, Logger, Sql } from '@callback-quorum/service'
import { NO_ENTRIES } from '../desk/desk-entries.ts'
import { holdDesk } from '../desk/desk-lock.ts'
import type { DeskMetrics } from '../desk/desk-metrics.ts'
import { readDeskEntries } from '../desk/read-desk-entries.ts'
import { recordUses } from '../desk/record-uses.ts'
import { standingOf, type ListReader } from '../list/list-reader.ts'
import { judgeScreening, type Screening } from './judge-screening.ts'
import { SCREENED_KINDS } from './screened-kinds.ts'
import { ListedTokenAccounts } from './listed-token-accounts.ts'
import { screenSubjects } from './screen-subjects.ts'
import { screenedKeys } from './screened-keys.ts'
import type { ScreeningPolicy } from './screening-policy.ts'
import { withListedOwners } from './with-listed-owners.ts'

/** Where the rule finds what people decided, and tells what they must hear. */
export interface DeskContext {
  readonly database: Database
  readonly metrics: DeskMetrics
  readonly log: Logger
}

export interface ListedAddressOptions extends ScreeningPolicy {
  readonly lists: readonly ListReader[]
  /** Left out: there are no blocks and no overrides; for tests of lists alone. */
  readonly desk?: DeskContext
}

/**
 * Rejects a payment, or a whitelisting, that names an address on a sanctions list, in any encoding of it, or one that people blocked, and one whose addresses
 * cannot be screened. Approves only when every list is loaded and recently checked. An objection stands even on a stale list; without
 * one, a stale or missing list is `unable`. Codes, strengths and precedence: domain/sanctions 1.4 and 1.5.
 *
 * It is judged twice: before the claim, and in it, by the clock of that transaction and with the desk held, so that a block made or an
 * override that ended in between counts. What the claim saw stands in the record.
 */
export function listedAddress(options: ListedAddressOptions): Rule {
  const { lists, desk } = options
  if (lists.length === 0) throw new Error('invariant: screening needs at least one list')
  const screening = { ...options, tokenAccounts: new ListedTokenAccounts() }
  const rule = {
    name: 'listed-address',
    kinds: SCREENED_KINDS,
    judge: async (question, { now }) => told(desk, question, await screen(screening, desk?.database, question, now)),
  } satisfies Rule
  if (desk === undefined) return rule
  return {
    ...rule,
    claim: async (question, tx) => {
      await holdDesk(tx)
      const screened = await screen(screening, tx, question, await tx.clockNow())
      if (screened.judgement.outcome === 'approve' && screened.used.length > 0)
        await recordUses(
          tx,
          screened.used.map(({ overrideId }) => overrideId),
          question.businessKey,
        )
      return told(desk, question, screened)
    },
  }
}

interface ScreeningOptions extends ListedAddressOptions {
  readonly tokenAccounts: ListedTokenAccounts
}

/** The database bounds its own statements, and checker-kit the whole by its signal. */
async function screen(
  { lists, tokenAccounts, sameKey, addressChecksum, reportOnlyListIds }: ScreeningOptions,
  sql: Sql | undefined,
  question: Question,
  now: Date,
): Promise<Screening> {
  // One state of every list for the whole judgement: a swap in between changes nothing.
  const standings = lists.map((list) => standingOf(list, now.getTime()))
  const indexes = standings.flatMap((standing) => (standing.state === 'absent' ? [] : [standing.active.index]))
  const named = screenSubjects(question, indexes, now)
  const owned = await withListedOwners(question, named, indexes, tokenAccounts, now)
  const subjects = owned ?? named
  const desk = sql === undefined ? NO_ENTRIES : await readDeskEntries(sql, subjects.flatMap(screenedKeys), now)
  const policy = { sameKey, addressChecksum, ...(reportOnlyListIds !== undefined && { reportOnlyListIds }) }
  const hasUnderivedOwners = owned === undefined
  return judgeScreening({ question, subjects, hasUnderivedOwners, standings, desk, policy, now })
}

function told(desk: DeskContext | undefined, question: Question, { judgement, voided }: Screening): Judgement {
  for (const { overrideId, wallet } of voided) {
    desk?.metrics.overridesVoid.inc()
    desk?.log.error(
      { override: overrideId.toString(), wallet, businessKey: question.businessKey },
      'an override is void: a list changed what it says of its address',
    )
  }
  return judgement
}
